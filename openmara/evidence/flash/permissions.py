"""Who drafts, clears and sends; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.evidence.flash.models import Flash
from openmara.security.models import Person
from openmara.security.permissions import check_role


def check_can_draft() -> None:
    check_role("flash_writers", reason=_("Flash reports are drafted by the advisers, human rights and the operations centre. Your role does not include it."))


def check_can_clear(by: Person, flash: Flash) -> None:
    """Another person than the author, with the right to let it go."""
    check_role("flash_clearers", reason=_("A flash report is cleared by the senior adviser or the head of mission."))
    if flash.made_by_id == by.id:
        raise NotAllowed(_("Who wrote a flash report does not clear it. Ask the senior adviser or the head of mission."))


def check_can_raise() -> None:
    check_role("alert_writers", reason=_("Alerts are raised by those who hear of danger in the field. Your role does not include it."))
