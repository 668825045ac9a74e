"""One reader's copy of a flash report: recorded before it is made."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from openmara.errors import NotNow
from openmara.evidence import pages
from openmara.evidence.flash import desk, paper, queries
from openmara.evidence.queries import names
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person


def copy(person: Person, ref: str) -> bytes:
    """Only what is cleared leaves as a file; who took it stands in the log and on every page."""
    flash = queries.find_flash(for_user=person, ref=ref)
    if flash.state == "draft":
        raise NotNow(_("A draft does not leave. It must be cleared first."))
    record("evidence:flash:file", objects=[flash.id, person.id], sensitivity="S2")
    mission = desk.mission_of(person)
    taken = clock.now().astimezone(ZoneInfo(mission.zone or "UTC")).strftime(desk.TIME)
    note = _("Replaced by a newer one: do not use.") if flash.state == "superseded" else _("It renews an earlier flash report.") if flash.replaces_id else ""
    marked = paper.Copy(
        ref=flash.ref, reader=person.shown_name, taken=taken, mission=getattr(mission, f"name_{pages.language()}"),
        classification=pages.label("classification", flash.classification), synthetic=mission.synthetic, language=pages.language(), note=note,
    )  # fmt: skip
    return paper.written(marked, desk.facts(flash, names(for_user=person)))
