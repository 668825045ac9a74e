"""The register of parties: refused, loaded, loaded again, audited; names over time."""

import tomllib
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import connection

from openmara import ROOT
from openmara.errors import NotAllowed, NotValid
from openmara.parties import actions, queries
from openmara.parties.models import Party, PartyName
from openmara.security.context import acting
from openmara.security.models import Mission

pytestmark = pytest.mark.django_db
CARANA: dict[str, Any] = tomllib.loads((ROOT / "openmara/carana/parties.toml").read_text(encoding="utf-8"))


def mission() -> Mission:
    return Mission.objects.get(code="carana")


def test_it_refuses_a_register_from_a_role_that_does_not_keep_it() -> None:
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.load_parties(by=person, mission=mission(), register=CARANA)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda register: register["party"][0].update(category="militia"), "CDF"),
        (lambda register: register["party"][0].update(name={"en": "Only English"}), "CDF"),
        (lambda register: register["party"][1].update(code="CDF"), "CDF"),
        (lambda register: register["party"][0].update(aliases=[{"text": "x", "from": date(2025, 1, 2), "to": date(2025, 1, 1)}]), "CDF"),
        (lambda register: register["event"][0].update(to=["NOBODY"]), "event"),
        (lambda register: register.update(party=[]), "party"),
    ],
)
def test_it_refuses_a_register_that_is_not_sound_and_stores_nothing(change: Any, where: str) -> None:
    register = deepcopy(CARANA)
    change(register)
    with acting("swpa", "carana") as person:
        with pytest.raises(NotValid) as refused:
            actions.load_parties(by=person, mission=mission(), register=register)
        assert where in refused.value.problems
        assert Party.objects.count() == PartyName.objects.count() == 0


def test_it_loads_the_register_once_and_changes_what_differs() -> None:
    with acting("swpa", "carana") as person:
        first = actions.load_parties(by=person, mission=mission(), register=CARANA)
        assert (first.added, first.changed) == (7, 0)
        assert actions.load_parties(by=person, mission=mission(), register=CARANA) == actions.Loaded(0, 0, 0)
        ended = deepcopy(CARANA)
        ended["party"][3]["status"] = "dormant"
        ended["party"][3]["aliases"][2]["to"] = date(2026, 1, 31)
        assert actions.load_parties(by=person, mission=mission(), register=ended) == actions.Loaded(0, 1, 1)
        assert Party.objects.get(code="MPC").status == "dormant"
        splinter = Party.objects.get(code="MLCS")
        assert (splinter.parent_code, splinter.parent_event, splinter.parent_since) == ("ICSC", "split", date(2025, 1, 15))
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit.entry where event = 'parties:party:load'")
        assert cursor.fetchone() == (3,)


def test_names_follow_language_and_time() -> None:
    with acting("swpa", "carana") as person:
        actions.load_parties(by=person, mission=mission(), register=CARANA)
        assert queries.party_name("CDF", "fr", for_user=person) == "Forces de défense de Carana"
        assert queries.party_name("CDF", "ar", for_user=person) == "Carana Defence Forces"
        assert queries.party_name("NONE", "en", for_user=person) == "NONE"
        assert queries.party_names(for_user=person)["MLCS"] == "Movement for the Liberation of South Carana"
        PartyName.objects.bulk_create(
            [PartyName(mission=mission(), party=Party.objects.get(code="CNP"), name="Gendarmerie", language="en", is_main=True, valid_to=date(1961, 12, 31))]
        )
        assert queries.party_name("CNP", "en", date(1961, 6, 1), for_user=person) == "Gendarmerie"
        assert queries.party_name("CNP", "en", date(2026, 6, 1), for_user=person) == "Carana National Police"
        assert [party.code for party in queries.parties(for_user=person)][0] == "CDF"
