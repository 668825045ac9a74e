"""Pages of gathering: refused first, then works."""

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from openmara.evidence.gathering.models import EditConflict
from openmara.evidence.models import Incident, Report
from openmara.evidence.tests.desk import BASE, body, events, opened
from openmara.evidence.tests.test_views_incident import coded
from openmara.security.context import acting
from openmara.security.models import Mission
from tests.cases import make_areas_and_parties
from tests.people import signed_in

from .cases import LATER, WHY, gathered, lie

pytestmark = pytest.mark.django_db
PAGES = ("split/", "join/", "undo/", "both/")


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def at(ref: str, page: str = "") -> str:
    return f"{BASE}incidents/{ref}/{page}"


def refs(*references: str) -> list[str]:
    with acting("swpa", "carana"):
        return [Report.objects.get(their_reference=one).ref for one in references]


def test_it_asks_for_sign_in_and_tells_strangers_nothing(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2")
    stranger = signed_in("stranger")
    for page in PAGES:
        for method in ("get", "post"):
            assert getattr(Client(), method)(at(ref, page)).status_code == 302
            there, absent = getattr(stranger, method)(at(ref, page)), getattr(stranger, method)(at("00000000", page))
            assert there.status_code == absent.status_code == 404 and body(there) == body(absent)


def test_a_role_that_changes_nothing_is_refused(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2")
    for page in PAGES:
        assert signed_in("gender").get(at(ref, page)).status_code == 403
        assert signed_in("unpol.1").post(at(ref, page)).status_code == 403


def test_an_empty_split_join_or_undoing_says_what_is_missing(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2")
    client = signed_in("hr.1")
    for page, said in (("split/", "#q-reports"), ("join/", "#q-into"), ("undo/", "")):
        answer = client.post(at(ref, page))
        assert answer.status_code == 422 and said in answer.content.decode(), page
    assert client.post(at(ref, "both/")).status_code == 404


def test_a_join_is_closed_to_who_does_not_verify_it_and_says_so(mission: Mission) -> None:
    ref, other = gathered(mission, "A-1"), gathered(mission, "B-1")
    text = signed_in("swpa").get(at(ref, "join/")).content.decode()
    assert "Incidents are verified by human rights and child protection." in text
    sent = {"into": other, "reason": "same_event", "rationale": WHY}
    assert signed_in("swpa").post(at(ref, "join/"), sent).status_code == 403
    assert signed_in("hr.2").post(at(ref, "join/"), sent).status_code == 403


def test_it_splits_shows_the_history_and_takes_it_back(mission: Mission) -> None:
    ref = gathered(mission, "A-1", "A-2", verified=True)
    client = signed_in("hr.1")
    text = client.get(at(ref, "split/")).content.decode()
    assert "This incident is verified." in text and "Reports that speak of the other event" in text
    (second,) = refs("A-2")
    sent = {"reports": [second], "base": second, "reason": "different_events", "rationale": WHY}
    answer = client.post(at(ref, "split/"), sent, follow=True)
    made = answer.redirect_chain[0][0].split("/")[-2]
    assert answer.status_code == 200 and "Made by a split" in answer.content.decode()
    with acting("swpa", "carana"):
        assert lie(made) == {"A-2"}
    page = client.get(at(ref)).content.decode()
    assert "Reports went into an incident of their own" in page and WHY in page
    key = re.search(r"undo/\?judgement=([0-9a-f-]{36})", page)
    assert key
    undoing = client.get(at(ref, "undo/") + f"?judgement={key[1]}").content.decode()
    assert f'value="{key[1]}" checked' in undoing
    done = client.post(at(ref, "undo/"), {"judgement": key[1], "reason": "entry_error", "rationale": LATER}, follow=True).content.decode()
    assert "every report is where it was before" in done and "Taken back: reports went into" in done and "taken back" in done
    assert events().count("evidence:incident:undo_gathering") == 1


def test_both_incidents_stand_side_by_side_before_they_join(mission: Mission) -> None:
    ref, other = gathered(mission, "A-1"), opened(mission, "B-1", total=5, tally={"women": 5}, adm2="CR0802")
    client = signed_in("hr.1")
    assert "There is no such incident" in client.get(at(ref, "join/") + "?into=00000000").content.decode()
    assert "cannot join itself" in client.get(at(ref, "join/") + f"?into={ref}").content.decode()
    text = client.get(at(ref, "join/") + f"?into={other}").content.decode()
    assert f"{other}, which stays" in text and "Where they differ:" in text and text.count('class="differs"') == 6
    answer = client.post(at(ref, "join/"), {"into": other, "reason": "same_event", "rationale": WHY}, follow=True)
    assert "is kept as its duplicate" in answer.content.decode() and "Another incident joined" in answer.content.decode()


def test_what_stands_in_the_way_is_said(mission: Mission) -> None:
    ref, other, third = gathered(mission, "A-1"), gathered(mission, "B-1"), gathered(mission, "C-1")
    client = signed_in("hr.1")
    for one, into in ((ref, other), (other, third)):
        client.post(at(one, "join/"), {"into": into, "reason": "same_event", "rationale": WHY})
    text = client.get(at(ref, "undo/")).content.decode()
    assert "What later judgements rest on" in text and "has been moved again" in text and "There is nothing to take back." in text


def test_a_stale_form_is_kept_and_both_versions_shown(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    first, second = signed_in("hr.1"), signed_in("swpa")
    page = second.get(at(ref, "coding/")).content.decode()
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    seen = json.loads(base[1].replace("&quot;", '"').replace("&#x27;", "'"))
    assert first.post(at(ref, "coding/"), coded() | {"women": "3", "version": "2"}).status_code == 302
    stale = coded() | {"women": "4", "place_type": "road", "version": "2", "base": json.dumps(seen)}
    answer = second.post(at(ref, "coding/"), stale, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[0][0].endswith("/both/") and "What you typed is kept" in text
    assert "<strong>4</strong>" in text and "<strong>3</strong>" in text and "both changed it" in text
    assert "What you typed here met a newer version" in second.get(at(ref)).content.decode()
    assert "edit of a colleague waits" in first.get(at(ref)).content.decode()
    assert "Nothing waits to be settled" in first.get(at(ref, "both/")).content.decode()
    hidden = dict(re.findall(r'name="(kept|version)" value="([^"]*)"', text))
    assert second.post(at(ref, "both/"), hidden).status_code == 422  # both changed the women: the person chooses
    stale_again = second.post(at(ref, "both/"), hidden | {"version": "2", "take-women": "mine", "take-place_type": "mine"})
    assert stale_again.status_code == 422 and "A colleague has changed this incident" in stale_again.content.decode()
    choice = {"take-women": "theirs", "take-place_type": "mine"}
    done = second.post(at(ref, "both/"), hidden | choice, follow=True).content.decode()
    assert "Settled." in done
    with acting("swpa", "carana"):
        found, kept = Incident.objects.get(ref=ref), EditConflict.objects.get()
        assert (found.women, found.place_type, found.version) == (3, "road", 4)
        assert kept.settled_at and kept.typed["mine"]["women"] == "4"
    assert second.post(at(ref, "both/"), hidden | choice).status_code == 404
    assert [one for one in events() if one.startswith("evidence:edit")] == ["evidence:edit:keep", "evidence:edit:settle"]


def test_long_rows_of_accounts_fold(mission: Mission) -> None:
    ref = gathered(mission, *[f"A-{number}" for number in range(1, 10)])
    text = signed_in("swpa").get(at(ref)).content.decode()
    assert text.count("<details><summary>3 more accounts") == 1 and text.count('class="data cards"') == 2


def test_two_people_writing_the_texts_see_both(mission: Mission) -> None:
    ref = opened(mission, verifier="hr.1")
    first, second = signed_in("hr.1"), signed_in("swpa")
    seen = [re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(at(ref, "text/")).content.decode())[1] for client in (first, second)]  # type: ignore[index]
    assert first.post(at(ref, "text/"), {"nexus_note": "Patrol nearby. Synthetic.", "seen": seen[0]}).status_code == 302
    answer = second.post(at(ref, "text/"), {"nexus_note": "Uniforms seen. Synthetic.", "seen": seen[1]})
    text = answer.content.decode()
    assert answer.status_code == 422 and "Patrol nearby." in text and "Uniforms seen." in text
    now = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert now and second.post(at(ref, "text/"), {"nexus_note": "Patrol nearby, uniforms seen. Synthetic.", "seen": now[1]}).status_code == 302
    with acting("swpa", "carana"):
        assert Incident.objects.get(ref=ref).text.nexus_note.startswith("Patrol nearby, uniforms")
