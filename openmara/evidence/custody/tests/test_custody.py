"""The timeline from arrival, and a hand-over that needs two decisions, consent and a signature. Refusals first."""

from datetime import date

import pytest
from django.db import connection

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence.consent import actions as consent
from openmara.evidence.consent.tests.people import case, mission, report
from openmara.evidence.custody import actions, manifest, queries
from openmara.evidence.custody.models import Custody, HandOver
from openmara.evidence.models import Incident
from openmara.security.actions import enrol, give_grant, installing
from openmara.security.context import acting
from openmara.security.models import Mission

pytestmark = pytest.mark.usefixtures("committed")
SHA = "a" * 64
TO = {"body": "national_court", "purpose": "proceedings"}


@pytest.fixture
def headquarters(committed: None) -> None:
    with installing():
        person = enrol(username="hq.legal", code="hq.legal", display_name="hq.legal", password="a long enough pass phrase")
        give_grant(person=person, mission=Mission.objects.using("owner").get(code="carana"), roles=["hq"], clearance=1)


def agreed(ref: str) -> None:
    with acting("hr.1", "carana") as person:
        consent.answer(by=person, report=report(ref), scope="accountability", recipient="national_court", answer="given", answered_on=date(2026, 8, 11), limits="No contact.")


def asked(ref: str, incident: str, by: str = "hr.1") -> HandOver:
    with acting(by, "carana") as person:
        return actions.ask_hand_over(by=person, report=report(ref), incident=Incident.objects.get(ref=incident), **TO)


def decided(found: HandOver, agreed: bool = True, reference: str = "SRSG-2026-17") -> HandOver:
    with acting("hom", "carana") as person:
        return actions.decide(by=person, hand_over=queries.find_hand_over(for_user=person, key=found.id), agreed=agreed, reference=reference)


def cleared(found: HandOver, agreed: bool = True) -> HandOver:
    with acting("hq.legal", "carana") as person:
        again = queries.find_hand_over(for_user=person, key=found.id)
        return actions.record_legal(by=person, hand_over=again, agreed=agreed, reference="OLA-2026-3", on=date(2026, 8, 20))


def handed(found: HandOver, by: str = "swpa") -> bytes:
    with acting(by, "carana") as person:
        return actions.hand_over(by=person, hand_over=queries.find_hand_over(for_user=person, key=found.id))


def test_it_refuses_physical_evidence_words_and_events_without_an_end() -> None:
    ref, _incident = case()
    with acting("hr.1", "carana") as person:
        for kind in ("physical_evidence", "body_injuries_scars", "nothing"):
            with pytest.raises(NotValid) as refused:
                actions.add_exhibit(by=person, report=report(ref), kind=kind, description_code="DOC-1", kept_at="safe.1", sha256=SHA)
            assert "kind" in refused.value.problems
        with pytest.raises(NotValid) as refused:
            actions.add_exhibit(by=person, report=report(ref), kind="document", description_code="a letter from her", kept_at="", sha256="12")
        assert set(refused.value.problems) == {"description_code", "kept_at", "sha256"}
        with pytest.raises(NotValid) as refused:
            actions.note_event(by=person, report=report(ref), event="handed_over", purpose="", counterpart="two words")
        assert set(refused.value.problems) == {"event", "purpose", "counterpart"}


def test_the_timeline_begins_with_the_arrival_and_is_only_added_to() -> None:
    ref, _incident = case()
    with acting("hr.1", "carana") as person:
        exhibit = actions.add_exhibit(by=person, report=report(ref), kind="document", description_code="DOC-1", kept_at="safe.1", sha256=SHA)
        actions.note_event(by=person, report=report(ref), event="sealed", purpose="safekeeping", exhibit=exhibit)
        found = queries.timeline(for_user=person, report=report(ref))
        assert sorted(one.event for one in found) == ["received", "received", "sealed"]
        first = next(one for one in found if one.exhibit is None)
        assert (first.counterpart, bytes(first.content_sha256)) == ("hr_office", bytes(report(ref).content_sha256))
        assert first.made_by.code == "hr.2"
    with acting("swpa", "carana"):
        for statement in ("update evidence_custody set event = 'copied'", "delete from evidence_custody", "update evidence_exhibit set kept_at = 'x'"):
            with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
                cursor.execute("savepoint s")
                try:
                    cursor.execute(statement)
                finally:
                    cursor.execute("rollback to s")


def test_it_is_refused_without_consent_to_this_body_and_before_release() -> None:
    ref, incident = case(released=False)
    with pytest.raises(NotNow, match="released"):
        asked(ref, incident)
    other, second = case("A-2", areas=False)
    with pytest.raises(NotNow, match="Missing means no"):
        asked(other, second)
    with acting("unpol.1", "carana") as person, acting("swpa", "carana"):
        found = report(other)
    with acting("unpol.1", "carana") as person, pytest.raises(NotAllowed):
        actions.ask_hand_over(by=person, report=found, incident=found.links.model(), **TO)


@pytest.mark.usefixtures("headquarters")
def test_it_is_refused_before_both_have_decided_and_by_those_who_decided() -> None:
    ref, incident = case()
    agreed(ref)
    found = asked(ref, incident)
    with pytest.raises(NotNow, match="head of mission"):
        handed(found)
    with pytest.raises(NotNow):
        cleared(found)  # the mission first
    with acting("swpa", "carana") as person, pytest.raises(NotAllowed):
        actions.decide(by=person, hand_over=found, agreed=True, reference="X-1")
    with pytest.raises(NotValid):
        decided(found, reference="a letter")
    decided(found)
    with pytest.raises(NotNow, match="legal office"):
        handed(found)
    with pytest.raises(NotNow):
        decided(found)  # once
    cleared(found)
    with acting("hom", "carana") as person, pytest.raises(NotAllowed):
        actions.hand_over(by=person, hand_over=queries.find_hand_over(for_user=person, key=found.id))
    with acting("hr.1", "carana") as person:
        consent.withdraw(by=person, report=report(ref), scopes=[("accountability", "national_court")])
    with pytest.raises(NotNow, match="withdrawn"):
        handed(found)
    assert not HandOver.objects.filter(done_at__isnull=False).exists()


@pytest.mark.usefixtures("headquarters")
def test_a_refused_hand_over_stays_refused_in_the_database_too() -> None:
    ref, incident = case()
    agreed(ref)
    found = decided(asked(ref, incident), agreed=False)
    with pytest.raises(NotNow, match="refused"):
        handed(found)
    for username, change in (("hom", "decision = 'agreed'"), ("swpa", "legal = 'agreed'"), ("swpa", "done_at = now()"), ("hom", "body = 'icc'")):
        with acting(username, "carana"), connection.cursor() as cursor:
            cursor.execute("savepoint s")
            with pytest.raises(Exception, match="once|does not change|done once"):
                cursor.execute(f"update evidence_handover set {change}")
            cursor.execute("rollback to s")


@pytest.mark.usefixtures("headquarters")
def test_handed_over_it_has_a_manifest_that_holds_and_no_other_package_passes() -> None:
    ref, incident = case()
    agreed(ref)
    with acting("hr.1", "carana") as person:
        actions.add_exhibit(by=person, report=report(ref), kind="document", description_code="DOC-1", kept_at="safe.1", sha256=SHA)
    found = asked(ref, incident)
    decided(found)
    cleared(found)
    package = handed(found)
    vkey = actions.key().verifier.vkey()
    assert manifest.problems(package, vkey) == []
    with acting("swpa", "carana") as person:
        done = queries.find_hand_over(for_user=person, key=found.id)
        note = queries.manifest_of(for_user=person, hand_over=done)
        facts = manifest.facts_of(note)
        assert (facts["decision"]["reference"], facts["legal"]["reference"], facts["handed_over_by"]) == ("SRSG-2026-17", "OLA-2026-3", "swpa")
        assert facts["items"][0]["consent"]["limits"] == "No contact." and facts["items"][0]["exhibits"][0]["sha256"] == SHA
        assert [one.event for one in queries.timeline(for_user=person, report=report(ref))].count("handed_over") == 2
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select purpose from audit.entry where event = 'evidence:handover:done'")
        assert cursor.fetchall() == [(f"sha256:{bytes(done.manifest_sha256).hex()}",)]
    assert handed(found) == package  # made again for the same person, byte for byte
    with pytest.raises(NotAllowed):
        handed(found, by="hr.1")
    assert manifest.problems(package, manifest.signer(b"\1" * 32, "x").verifier.vkey())
    assert manifest.problems(b"no package", vkey)
    forged = manifest.pack(note, actions.key(), {f"accounts/{ref}.json": b"{}", "more.json": b""})
    assert len(manifest.problems(forged, vkey)) == 2


def test_nothing_of_a_hand_over_is_open_to_those_it_does_not_concern() -> None:
    with acting("gender", "carana") as person, pytest.raises(NotAllowed):
        queries.hand_overs(for_user=person)
    assert mission() and not Custody.objects.exists()


@pytest.mark.usefixtures("headquarters")
def test_the_home_page_says_who_is_awaited_and_nothing_else() -> None:
    ref, incident = case()
    agreed(ref)
    found = asked(ref, incident)

    def lines(username: str) -> list[str]:
        with acting(username, "carana") as person:
            return [str(one.label) for one in queries.waiting_for(for_user=person)]

    assert lines("hom") == ["hand-over waits for you"] and lines("hq.legal") == lines("hr.1") == lines("swpa") == []
    decided(found)
    assert lines("hom") == [] and lines("hq.legal") == ["hand-over waits for you"]
    cleared(found)
    with acting("hr.1", "carana") as person:
        consent.withdraw(by=person, report=report(ref), everything=True)
    assert lines("swpa") == ["hand-over waits for you", "account to be erased"] and lines("wpa") == []
