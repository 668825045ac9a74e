"""What meetings add to an incident's own page: what they took of it, and the one click that confirms a recommendation."""

from typing import Any

from django.urls import reverse

from openmara.evidence.meetings import presenters, queries
from openmara.evidence.models import Incident
from openmara.security.models import Person


def shown(person: Person, incident: Incident) -> list[dict[str, Any]]:
    """Outcomes, the latest first; reasons of a recommendation where they are open to the reader."""
    code = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    return [
        {
            "day": one.held_on, "what": presenters.outcome_text(one.outcome), "by": one.outcome.made_by.code, "to_confirm": one.to_confirm,
            "rationale": one.rationale, "outcome": str(one.outcome.id), "href": reverse("meeting", args=[code, one.outcome.item.meeting_id]),
        }
        for one in queries.of_incident(for_user=person, incident=incident)
    ]  # fmt: skip
