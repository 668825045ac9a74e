"""Who may do what at a meeting; the reason is what a refused person reads. Who decides on an incident is verification's matter."""

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotNow
from openmara.evidence import pages
from openmara.evidence.meetings import rules
from openmara.evidence.meetings.models import ConflictOfInterest, Meeting, Participant
from openmara.security import scope
from openmara.security.models import Person
from openmara.security.permissions import check_can, check_role


def check_can_plan() -> None:
    check_can("evidence_meeting", "insert", _("Meetings are called by the women’s protection advisers."))


def check_can_run() -> None:
    check_can("evidence_meeting", "update", _("Meetings are run by the women’s protection advisers, human rights and child protection."))


def check_in_working_group() -> None:
    check_role("working_group", reason=_("The working group’s meetings are open to its members."))


def check_not_minuted(meeting: Meeting) -> None:
    if meeting.state == "minuted":
        raise NotNow(_("The minutes of this meeting are closed. Bring it to the next one."))


def check_is_present(by: Person, meeting: Meeting) -> None:
    """A decision of the meeting is recorded by somebody who is there."""
    if not Participant.objects.filter(meeting=meeting, person=by, present=True).exists():
        raise NotAllowed(_("You are not marked as present. Decisions of a meeting are recorded by somebody who is there."))


def check_no_conflict(by: Person, item: uuid.UUID) -> None:
    if ConflictOfInterest.objects.filter(item_id=item, person=by).exists():
        raise NotAllowed(_("You have declared a conflict of interest here, and take no part in this item."))


def check_quorum(functions: Collection[str], meeting: Meeting) -> None:
    """Nothing is decided without quorum; whoever steps back from an item does not count for it."""
    found = rules.quorum(functions, meeting.quorum_least, meeting.quorum_functions)
    if not found.met:
        raise NotNow(_("There is no quorum: %(why)s") % {"why": why_no_quorum(found)})


def why_no_quorum(found: rules.Quorum) -> str:
    parts = []
    if found.present < found.least:
        parts.append(_("%(present)s present, %(least)s needed.") % {"present": found.present, "least": found.least})
    for group in found.lacking:
        parts.append(_("Nobody is present for: %(who)s.") % {"who": _(" or ").join(pages.label("meeting_function", one) for one in group.split("|"))})
    return " ".join(parts)


def check_sees_everything() -> None:
    """A figure of the whole mission is not made by somebody to whom a part of it is closed."""
    standing = scope.now()
    if standing is None or standing.areas is not None or standing.walled or not standing.roles & {"swpa", "hr"}:
        raise NotAllowed(_("Figures of the whole mission are made by somebody to whom every area is open: the senior adviser or human rights."))
