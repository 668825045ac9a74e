"""Routes, drafts for the conduct channel, the short form, coverage and modules: refused, works, audited."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import actions, queries
from openmara.evidence.models import Incident, IncidentText, Link, Report, SeaRouting
from openmara.evidence.sea import actions as sea
from openmara.evidence.tests.desk import events, opened, received
from openmara.evidence.triage import actions as triage
from openmara.evidence.triage import queries as reads
from openmara.evidence.triage.models import SeaDraft, ServiceInfo, TriageDecision
from openmara.linkage.models import CandidatePair
from openmara.places.actions import set_coverage
from openmara.security.context import acting
from openmara.security.models import Mission, Module, Person
from openmara.security.people.training.actions import enter_module
from openmara.security.people.training.queries import held
from tests.cases import make_areas_and_parties

pytestmark = pytest.mark.django_db
ROWS = [("What", "Words for the channel alone. Synthetic.")]


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])


def test_a_route_is_refused_to_who_does_not_triage(mission: Mission) -> None:
    ref = received(mission)
    with acting("auditor", "carana") as by, pytest.raises(NotAllowed):
        actions.route_report(by=by, report=Report(mission=mission, route="untriaged"), route="gbv_context")
    with acting("hr.1", "carana") as by:
        report = Report.objects.get(ref=ref)
        with pytest.raises(NotNow):  # an incident is the decision
            actions.route_report(by=by, report=report, route="crsv")


def test_every_decision_keeps_wording_author_and_moment_and_changes_with_a_reason(mission: Mission) -> None:
    ref = received(mission)
    with acting("hr.1", "carana") as by:
        report = Report.objects.get(ref=ref)
        actions.route_report(by=by, report=report, route="gbv_context")
        with pytest.raises(NotValid) as refused:
            actions.route_report(by=by, report=report, route="mrm_xref")
        assert "reason" in refused.value.problems
        actions.route_report(by=by, report=report, route="untriaged", reason="Sent there by mistake.")
        incident = actions.open_incident(by=by, report=report, nexus_types=["temporal:indirect"])
        found = list(TriageDecision.objects.order_by("made_at").values_list("from_route", "to_route", "definition", "nexus_types"))
        assert found == [
            ("untriaged", "gbv_context", "v2020", []), ("gbv_context", "untriaged", "v2020", []), ("untriaged", "crsv", "v2020", ["temporal:indirect"]),
        ]  # fmt: skip
        assert incident.nexus_types == ["temporal:indirect"] and Report.objects.get().nexus_types == ["causal:direct"]


def test_nobody_rewrites_or_deletes_a_decision_or_signs_it_for_another(mission: Mission) -> None:
    ref = received(mission)
    with acting("swpa", "carana") as by:
        report = Report.objects.get(ref=ref)
        actions.route_report(by=by, report=report, route="out_of_scope")
    from django.db import transaction
    from django.db.utils import DatabaseError

    with acting("swpa", "carana"):
        for change in ("update evidence_triagedecision set reason = 'x'", "delete from evidence_triagedecision"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
        other = Person.objects.get(username="hr.1")
        row = TriageDecision(
            mission=mission, report=report, from_route="a", to_route="b", definition="v2020", made_by=other, made_at=timezone.now()
        )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


def test_a_report_with_headquarters_opens_no_incident_until_it_is_decided(mission: Mission) -> None:
    ref = received(mission)
    with acting("swpa", "carana") as by:
        report = Report.objects.get(ref=ref)
        actions.route_report(by=by, report=report, route="hq_routing")
        with pytest.raises(NotNow):
            actions.open_incident(by=by, report=report)
        assert Incident.objects.count() == 0
        actions.route_report(by=by, report=report, route="untriaged", reason="Headquarters: under no mandate.")
        actions.open_incident(by=by, report=report)


def test_a_changed_route_takes_the_report_out_and_an_empty_incident_is_counted_no_more(mission: Mission) -> None:
    ref = opened(mission)
    with acting("swpa", "carana") as by:
        actions.route_report(by=by, report=Report.objects.get(), route="gbv_context", reason="No link to the conflict after all.")
        found = Incident.objects.get(ref=ref)
        assert (found.verification_status, found.record_class) == ("out_of_scope", "") and Link.objects.get().undone_at is not None


def test_sea_is_refused_below_class_s4_and_from_under_a_verification(mission: Mission) -> None:
    ref = received(mission)
    with acting("wpa", "carana") as by, pytest.raises(NotAllowed, match="class S4"):
        triage.hand_over(by=by, report=Report.objects.get(ref=ref), rows=ROWS)
    with acting("hr.1", "carana") as by, pytest.raises(NotAllowed, match="advisers"):
        triage.hand_over(by=by, report=Report.objects.get(ref=ref), rows=ROWS)
    opened(mission, "A-2", verifier="hr.2")
    with acting("hr.2", "carana"):
        Incident.objects.update(verification_status="verified")
    with acting("swpa", "carana") as by:
        with pytest.raises(NotNow):
            triage.hand_over(by=by, report=Report.objects.get(their_reference="A-2"), rows=ROWS)
        assert Report.objects.count() == 2 and SeaDraft.objects.count() == 0 and SeaRouting.objects.count() == 0


def test_a_draft_is_its_owners_alone_and_sealed(mission: Mission) -> None:
    received(mission)
    with acting("swpa", "carana") as by:
        draft = triage.hand_over(by=by, report=Report.objects.get(), rows=ROWS)
        assert sea.open_draft(by=by, key=draft.id).rows == ROWS
        assert b"Words" not in bytes(SeaDraft.objects.get().sealed)
        assert [line.count for line in reads.waiting_for(for_user=by)] == [1]
    for name in ("hr.1", "hr.2", "wpa.cr01", "cp.1"):
        with acting(name, "carana") as other:
            assert SeaDraft.objects.count() == 0 and count("evidence_seadraft") == 0
            assert reads.waiting_for(for_user=other) == []
            from openmara.errors import NotFound

            with pytest.raises(NotFound):
                sea.open_draft(by=other, key=draft.id)


def test_nothing_is_left_of_a_report_and_of_an_incident_that_had_no_other(mission: Mission) -> None:
    ref = opened(mission, narrative_confidential="Words of the account. Synthetic.")
    received(mission, "A-2")
    with acting("swpa", "carana") as by:
        incident, report = Incident.objects.get(ref=ref), Report.objects.get(their_reference="A-1")
        IncidentText.objects.filter(incident=incident).update(narrative_confidential="Working words. Synthetic.")
        Incident.objects.filter(id=incident.id).update(women=3, total=3)
        one, two = sorted([report, Report.objects.get(their_reference="A-2")], key=lambda each: each.id)
        CandidatePair.objects.create(mission=mission, report_a=one, report_b=two, weight=1, probability=0.5, features={}, found_at=timezone.now())
        triage.say_services(by=by, report=report, information="yes", referral="declined")
        triage.hand_over(by=by, report=report, rows=ROWS)
        left = Incident.objects.get(ref=ref)
        assert (left.verification_status, left.record_class, left.forms, left.adm2, left.total, left.women) == ("out_of_scope", "", [], "", 1, None)
        assert left.exact.settlement == "" and left.text.narrative_confidential == "" and left.text.nexus_note == ""
        assert Report.objects.count() == 1 and Link.objects.count() == 0 and CandidatePair.objects.count() == 0 and ServiceInfo.objects.count() == 0
        for table in ("report", "reportplace", "reporttext", "source", "consent", "link", "incident", "incidentplace", "incidenttext", "allegedperpetrator"):
            assert count(f"evidence_{table}_history") == 0, table
        assert SeaRouting.objects.count() == 1 and not queries.incident(for_user=by, ref=ref).reports
    assert "evidence:report:route_sea" in events()


def test_an_incident_with_another_report_stays_as_it_is(mission: Mission) -> None:
    ref = opened(mission)
    second = received(mission, "A-2")
    with acting("swpa", "carana") as by:
        incident = Incident.objects.get(ref=ref)
        actions.link_report(by=by, report=Report.objects.get(ref=second), incident=incident)
        triage.hand_over(by=by, report=Report.objects.get(their_reference="A-1"), rows=ROWS)
        left = Incident.objects.get(ref=ref)
        assert (left.verification_status, left.record_class, left.total) == ("received", "crsv", 2) and Link.objects.count() == 1


def test_triage_closes_no_incident_that_has_a_report(mission: Mission) -> None:
    from django.db import transaction
    from django.db.utils import DatabaseError

    opened(mission)
    with acting("swpa", "carana"), pytest.raises(DatabaseError), transaction.atomic():
        Incident.objects.update(verification_status="out_of_scope", record_class="")


def test_earlier_versions_are_forgotten_of_no_incident_that_has_a_report(mission: Mission) -> None:
    ref = opened(mission)
    with acting("swpa", "carana"), connection.cursor() as cursor:
        incident = Incident.objects.get(ref=ref)
        cursor.execute("select public.evidence_forget(%s)", [incident.id])
        assert cursor.fetchone()[0] is False
    with acting("hr.1", "carana"), connection.cursor() as cursor:
        cursor.execute("select public.evidence_forget(%s)", [incident.id])
        assert cursor.fetchone()[0] is False


def test_the_draft_is_erased_with_the_receipt_and_not_before(mission: Mission) -> None:
    received(mission)
    with acting("swpa", "carana") as by:
        draft = triage.hand_over(by=by, report=Report.objects.get(), rows=ROWS)
        with pytest.raises(NotValid) as refused:
            sea.record_receipt(by=by, draft=draft, reference="", received_at=timezone.now() + timedelta(hours=2))
        assert set(refused.value.problems) == {"reference", "received_at"} and SeaDraft.objects.count() == 1
        sea.record_receipt(by=by, draft=draft, reference="CDT-26-0001", received_at=timezone.now())
        assert SeaDraft.objects.count() == 0
        kept = SeaRouting.objects.get()
        assert (kept.receipt_reference, kept.receipt_at is not None) == ("CDT-26-0001", True)
        assert reads.waiting_for(for_user=by) == []
    assert {"evidence:report:route_sea", "evidence:sea:receipt"} <= set(events())


def test_what_was_said_about_services_is_of_two_answers_and_no_provider(mission: Mission) -> None:
    ref = received(mission)
    with acting("hr.1", "carana") as by:
        report = Report.objects.get(ref=ref)
        with pytest.raises(NotValid):
            triage.say_services(by=by, report=report, information="perhaps", referral="")
        triage.say_services(by=by, report=report, information="yes", referral="not_asked")
        triage.say_services(by=by, report=report, information="yes", referral="accepted")
        assert reads.services(for_user=by, report=report).referral == "accepted" and ServiceInfo.objects.count() == 2
    assert "evidence:report:services" in events()


def test_coverage_is_set_by_those_who_may_and_the_last_day_counts(mission: Mission) -> None:
    today = date.today()
    with acting("hr.1", "carana") as by, pytest.raises(NotAllowed):
        set_coverage(by=by, mission=mission, adm2="CR0801", health="yes", psychosocial="yes", as_of=today)
    with acting("swpa", "carana") as by:
        with pytest.raises(NotValid) as refused:
            set_coverage(by=by, mission=mission, adm2="CR01", health="", psychosocial="maybe", as_of=today + timedelta(days=2))
        assert set(refused.value.problems) == {"adm2", "health", "psychosocial", "as_of"}
        assert reads.stops(for_user=by, adm2="CR0801", lang="en") == []
        set_coverage(by=by, mission=mission, adm2="CR0801", health="no", psychosocial="yes", as_of=today)
        assert [stop.code for stop in reads.stops(for_user=by, adm2="CR0801", lang="en")] == ["health_no"]
    assert "places:coverage:set" in events()


def test_modules_are_entered_by_somebody_else_for_a_year_at_most(mission: Mission) -> None:
    today = date.today()
    with acting("swpa", "carana") as by:
        writer = Person.objects.get(username="wpa.cr01")
        assert held(for_user=by, person=writer) == {}
        for changes in ({"code": "x"}, {"completed_on": today + timedelta(days=1)}, {"valid_until": today + timedelta(days=500)}, {"valid_until": None}):
            given = {"code": "murad", "completed_on": today, "valid_until": today + timedelta(days=300)} | changes
            with pytest.raises(NotValid):
                enter_module(by=by, mission=mission, person=writer, **given)
        with pytest.raises(NotAllowed):
            enter_module(by=by, mission=mission, person=by, code="murad", completed_on=today, valid_until=today + timedelta(days=300))
        enter_module(by=by, mission=mission, person=writer, code="murad", completed_on=today, valid_until=today + timedelta(days=300))
        assert held(for_user=by, person=writer) == {"murad": today + timedelta(days=300)}
    with acting("hr.1", "carana") as by:
        with pytest.raises(NotAllowed):
            enter_module(by=by, mission=mission, person=Person.objects.get(username="hr.2"), code="murad", completed_on=today, valid_until=today)
        assert set(Module.objects.values_list("person__username", flat=True)) == {"hr.1"}
    assert "security:module:enter" in events()


def test_incidents_near_a_report_are_of_its_district_not_closed_and_seen_on_record(mission: Mission) -> None:
    ref, elsewhere = received(mission, "N-0"), opened(mission, "N-1", adm1="CR01", adm2="CR0101")
    same, late = opened(mission, "N-2"), opened(mission, "N-3", date_from=date(2026, 9, 3), date_to=date(2026, 9, 3), date_reported=date(2026, 9, 9))
    other = opened(mission, "N-4", total=7, tally={"women": 7})
    with acting("hr.1", "carana") as by:
        report = Report.objects.get(ref=ref)
        found = [one.ref for one in reads.near(for_user=by, report=report)]
        assert found == [same, other] and not {elsewhere, late} & set(found)
    with acting("swpa", "carana") as adviser:
        actions.assign(by=adviser, incident=Incident.objects.get(ref=other), to=Person.objects.get(username="hr.1"))
    with acting("hr.1", "carana") as by:
        actions.decide(by=by, incident=Incident.objects.get(ref=other), to_status="out_of_scope", rationale="Of another kind. Synthetic.", reason_code="other")
        assert [one.ref for one in reads.near(for_user=by, report=report)] == [same]
    with acting("unpol.1", "carana") as outsider:
        assert reads.near(for_user=outsider, report=report) == []
    assert events().count("evidence:incident:near") == 2
