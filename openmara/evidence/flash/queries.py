"""Flash reports and alerts for those who may read them; an alert that is over does not exist."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound
from openmara.evidence.flash import rules
from openmara.evidence.flash.models import Alert, Flash
from openmara.evidence.models import Incident, Link
from openmara.parties.models import Party, PartyName
from openmara.places.models import Area, Settlement
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import can, check_can, has_role
from openmara.security.queries import Waiting

MOST = 100


def flashes(*, for_user: Person) -> Sequence[Flash]:
    """The latest flash reports, the newest first; one audit row."""
    check_can("evidence_flash", "select", _("Flash reports are open to those who draft them and to whom they are addressed."))
    rows = list(Flash.objects.select_related("incident").order_by("-made_at", "-id")[:MOST])
    record("evidence:flash:list", sensitivity="S2", result=[row.id for row in rows])
    return rows


def find_flash(*, for_user: Person, ref: str) -> Flash:
    check_can("evidence_flash", "select", _("Flash reports are open to those who draft them and to whom they are addressed."))
    found = Flash.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such flash report, or it is not open to you."))
    return found


def flash(*, for_user: Person, ref: str) -> Flash:
    """Open one flash report; recorded before it is shown."""
    found = find_flash(for_user=for_user, ref=ref)
    record("evidence:flash:open", objects=[found.id], sensitivity="S2")
    return found


def accounts_behind(*, for_user: Person, flash: Flash) -> int | None:
    """How many accounts speak of the event: a second one is linked and adds nobody. None where incidents are not open."""
    if flash.incident_id is None or not can("evidence_link", "select"):
        return None
    return Link.objects.filter(incident_id=flash.incident_id, undone_at=None).count()


def incident_ref(*, for_user: Person, flash: Flash) -> str:
    return Incident.objects.filter(id=flash.incident_id).values_list("ref", flat=True).first() or "" if flash.incident_id else ""


def same_event(*, for_user: Person, incident: Incident | None, adm2: str, forms: Sequence[str]) -> Flash | None:
    """A live flash report that may speak of the same event: the same incident; else the same district, days and form."""
    live = Flash.objects.exclude(state="superseded").order_by("-made_at")
    if incident is not None:
        return live.filter(incident=incident).first()
    near = live.filter(adm2=adm2, made_at__gte=clock.now() - timedelta(hours=72))
    return next((one for one in near if set(one.forms) & set(forms)), None)


def on_incident(*, for_user: Person, incident: Incident) -> dict[str, Any]:
    """The flash report that stands for an incident now, and whether the reader may write one."""
    if not can("evidence_flash", "select"):
        return {}
    return {"of": Flash.objects.filter(incident=incident).exclude(state="superseded").order_by("-made_at").first(), "may": can("evidence_flash", "insert")}


def known_names(*, for_user: Person) -> rules.Known:
    """Names that tell texts of villages from texts of districts, and parties from people."""
    fine: list[str] = []
    coarse: list[str] = []
    for level, english, french in Area.objects.values_list("level", "name_en", "name_fr"):
        (coarse if level <= 2 else fine).extend([english, french])
    parties = [*PartyName.objects.values_list("name", flat=True), *Party.objects.values_list("code", flat=True)]
    return rules.place_names(list(Settlement.objects.values_list("name", flat=True)), fine, coarse, parties)


def province_of(*, for_user: Person, adm2: str) -> str:
    return Area.objects.filter(pcode=adm2, level=2).values_list("parent_pcode", flat=True).first() or ""


def alerts(*, for_user: Person) -> Sequence[Alert]:
    """Alerts that hold now, the newest first."""
    check_can("evidence_alert", "select", _("Operational alerts are read by those who protect. Your role does not include it."))
    rows = list(Alert.objects.select_related("party").order_by("-made_at", "-id")[:MOST])
    record("evidence:alert:list", sensitivity="S1", result=[row.id for row in rows])
    return rows


def find_alert(*, for_user: Person, ref: str) -> Alert:
    found = Alert.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such alert: it is over, or it is not open to you."))
    return found


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Drafts to clear, updates that are due, alerts that hold."""
    code, out = for_user.active_mission.code, []  # type: ignore[attr-defined]  # carried by the view
    if can("evidence_flash", "select"):
        if has_role("flash_clearers"):
            rows = Flash.objects.filter(state="draft").exclude(made_by_id=for_user.id).aggregate(count=Count("id"), oldest=Min("made_at"))
            label = ngettext("flash report to clear", "flash reports to clear", rows["count"])
            out.append(Waiting(label, rows["count"], rows["oldest"], reverse("flashes", args=[code])))
        if can("evidence_flash", "insert"):
            due = Flash.objects.filter(state="sent", next_update_due__lte=clock.now() + timedelta(hours=12))
            rows = due.aggregate(count=Count("id"), oldest=Min("next_update_due"))
            label = ngettext("flash report whose update is due", "flash reports whose update is due", rows["count"])
            out.append(Waiting(label, rows["count"], rows["oldest"], reverse("flashes", args=[code])))
    if can("evidence_alert", "select"):
        rows = Alert.objects.aggregate(count=Count("id"), oldest=Min("made_at"))
        out.append(Waiting(ngettext("operational alert that holds", "operational alerts that hold", rows["count"]), rows["count"], rows["oldest"], reverse("alerts", args=[code])))
    return [line for line in out if line.count]
