"""Twenty people at once, with real commits: the result is that of some order, and whoever lost keeps what they typed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from openmara.evidence import actions
from openmara.evidence.gathering.models import EditConflict
from openmara.evidence.models import Incident
from openmara.evidence.tests.desk import BASE, opened
from openmara.evidence.tests.test_views_incident import coded
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties
from tests.people import signed_in

PEOPLE = ("swpa", "wpa", "hr.1", "hr.2") * 5


@pytest.fixture
def ref(committed: None, french: None, plain_static: None) -> str:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    return opened(mission, verifier="hr.1")


def test_of_twenty_stale_forms_one_stands_and_nineteen_are_kept(ref: str) -> None:
    sessions = {username: signed_in(username).cookies for username in sorted(set(PEOPLE))}  # a person has few sessions at a time
    ready = Barrier(len(PEOPLE))

    def save(number: int, username: str) -> str:
        client = Client()
        client.cookies = sessions[username]
        ready.wait(60)
        try:
            answer = client.post(f"{BASE}incidents/{ref}/coding/", coded() | {"women": str(number), "version": "2"})
            assert answer.status_code == 302, answer.content.decode()
            return str(answer["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        went = list(pool.map(save, range(1, 21), PEOPLE))
    won = [number for number, where in enumerate(went, 1) if not where.endswith("/both/")]
    assert len(won) == 1
    seen = {}
    for username in set(PEOPLE):
        with acting(username, "carana") as person:
            found = Incident.objects.get(ref=ref)
            assert (found.women, found.total, found.version) == (won[0], won[0], 3)
            seen[username] = sorted(int(one.typed["mine"]["women"]) for one in EditConflict.objects.filter(person=person))
    lost = {username: [n for n, one in enumerate(PEOPLE, 1) if one == username and n not in won] for username in set(PEOPLE)}
    assert seen == lost


def test_changes_of_different_kinds_follow_one_another(ref: str) -> None:
    """Coding, attribution and assignment at once: every one of them stands at the end."""
    ready = Barrier(20)

    def change(number: int) -> None:
        try:
            with acting("hr.1", "carana") as person:
                incident = Incident.objects.get(ref=ref)
                ready.wait(60)
                if number % 2:
                    actions.recode_incident(by=person, incident=incident, changes={"women": number, "total": number})
                else:
                    actions.attribute(by=person, incident=incident, party=None, status="alleged", rationale="As told. Synthetic.")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(change, range(1, 21)))
    with acting("swpa", "carana"):
        found = Incident.objects.get(ref=ref)
        assert found.version == 2 + 20 and found.women == found.total and found.decisions.filter(axis="attribution").count() == 10
