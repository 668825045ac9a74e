"""The cast of the tests: one synthetic mission, a second one, and people with the roles the rules speak of."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from openmara.config.scratch import session_of
from openmara.security import actions, clock
from openmara.security.models import Mission, Organisation, Person
from openmara.security.people.training.actions import give_modules

PASSWORD = "a long enough pass phrase"


@dataclass(frozen=True)
class Cast:
    mission: Mission
    other: Mission
    office: Organisation
    police: Organisation


CAST = (
    ("swpa", ["swpa"], 4, "office"),
    ("wpa", ["wpa"], 3, "office"),
    ("hr.1", ["hr"], 5, "office"),
    ("hr.2", ["hr"], 5, "office"),
    ("cp.1", ["cp"], 5, "office"),
    ("gender", ["gender"], 1, "office"),
    ("unpol.1", ["unpol"], 2, "police"),
    ("ssr.1", ["ssr"], 1, "office"),
    ("hom", ["hom"], 1, "office"),
    ("auditor", ["audit"], 1, "office"),
    ("priv", ["priv"], 2, "office"),
    ("admin", ["admin"], 1, "office"),
    ("nobody", [], 0, None),
    ("hr.nat", ["hr"], 5, "office"),
    ("wpa.cr01", ["wpa"], 4, "office"),
)
WITHOUT_MODULES = ("wpa.cr01",)  # has not taken the modules without which nobody interviews
KINDS: dict[str, dict[str, Any]] = {"hr.nat": {"staff": "national"}, "wpa.cr01": {"areas": ["CR01"]}}


def make_cast() -> Cast:
    """Missions `carana` and `other`, and everybody of CAST in carana; `stranger` only in the other mission."""
    with actions.installing():
        mission = actions.found_mission(code="carana", name_en="UNAC, Carana", name_fr="UNAC, Carana", synthetic=True)
        other = actions.found_mission(code="other", name_en="Other", name_fr="Autre", synthetic=True)
        office = actions.found_organisation(
            mission=mission, code="hr_office", name_en="Human rights office", name_fr="Bureau des droits de l’homme"
        )
        police = actions.found_organisation(mission=mission, code="police", name_en="Police", name_fr="Police")
        there = actions.found_organisation(mission=other, code="hr_office", name_en="Office", name_fr="Bureau")
        places = {"office": office, "police": police, None: None}
        for username, roles, clearance, where in CAST:
            person = actions.enrol(username=username, code=username, display_name=username, password=PASSWORD)
            if roles:
                actions.give_grant(
                    person=person, mission=mission, roles=roles, clearance=clearance, organisation=places[where],
                    **KINDS.get(username, {}),
                )
            if roles and username not in WITHOUT_MODULES:
                give_modules(person=person, mission=mission, completed_on=clock.today(), valid_until=clock.today() + timedelta(days=365))
        stranger = actions.enrol(username="stranger", code="stranger", display_name="stranger", password=PASSWORD)
        actions.give_grant(
            person=stranger, mission=other, roles=["swpa", "hr"], clearance=6, organisation=there
        )
    return Cast(mission, other, office, police)


def person(username: str) -> Person:
    return Person.objects.using("owner").get(username=username)


def signed_in(username: str, strength: int = 2, **of_client: Any) -> Client:
    """A client with a live session of this person: 2 as by a passkey, 1 as by a code, 0 by pass phrase alone."""
    client = Client(**of_client)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(username, strength)
    return client
