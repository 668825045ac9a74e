"""The search page: who may not, where words go, and the jump by reference."""

from collections.abc import Iterator

import pytest
from django.test import Client

from openmara.evidence.search.models import View
from openmara.evidence.tests.desk import BASE, body, opened, signed_in
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
PAGE = BASE + "search/"


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def test_it_asks_for_sign_in_and_refuses_a_role_without_incidents(mission: Mission) -> None:
    assert Client().get(PAGE).status_code == 302
    for username in ("gender", "unpol.1"):
        assert signed_in(username).get(PAGE).status_code == signed_in(username).post(PAGE, {"words": "x"}).status_code == 403
    assert signed_in("stranger").get(PAGE).status_code == 404


def test_words_in_an_address_are_passed_over(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    answer = body(signed_in("swpa").get(PAGE + "?words=crossing"))
    assert ref not in answer and "crossing" not in answer.replace("/search/?words=crossing", "")


def test_a_reference_leads_straight_to_its_record_and_an_unknown_one_says_so(mission: Mission) -> None:
    ref = opened(mission)
    client = signed_in("swpa")
    assert client.post(PAGE, {"ref": ref.upper()})["Location"] == f"{BASE}incidents/{ref}/"
    answer = client.post(PAGE, {"ref": "00000000"})
    assert answer.status_code == 200 and "Nothing that is open to you fits" in answer.content.decode()


def test_words_find_and_the_count_is_said_to_be_exact(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="A crossing by night. Synthetic.")
    opened(mission, "A-2")
    answer = signed_in("swpa").post(PAGE, {"words": "crossing", "adm1": "CR08"}).content.decode()
    assert ref in answer and "1 incident" in answer and "Exact" in answer


def test_a_view_is_kept_used_and_taken_away(mission: Mission) -> None:
    ref = opened(mission)
    client = signed_in("swpa")
    assert client.post(PAGE + "keep/", {"name": "", "adm1": "CR08"}).status_code == 422
    assert client.post(PAGE + "keep/", {"name": "Leppko", "adm1": "CR08", "words": "x", "shared_with": "hr"}).status_code == 302
    assert ref in client.get(PAGE + "?adm1=CR08").content.decode()
    theirs = signed_in("hr.1").get(PAGE).content.decode()
    assert "Leppko" in theirs and "shared with you" in theirs
    with acting("swpa", "carana"):
        key = View.objects.get().id
    assert signed_in("hr.1").post(f"{PAGE}views/{key}/drop/").status_code == 404
    assert client.post(f"{PAGE}views/no-key/drop/").status_code == 404
    assert client.post(f"{PAGE}views/{key}/drop/").status_code == 302
