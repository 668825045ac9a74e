"""Allegations against State forces or a contingent are closed to staff whom these could reach, unless they are named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from openmara.errors import NotAllowed, NotNow
from openmara.evidence import actions, queries, rules
from openmara.evidence.models import AllegedPerpetrator, Incident, IncidentPlace, Link, Report, ReportText
from openmara.security.context import acting
from openmara.security.models import BreakGlass, Mission, Named, Organisation, Person
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def ref() -> Iterator[str]:
    """An incident that alleges the national army, in CR08."""
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
        police = Organisation.objects.get(code="police")
        done = actions.take_in(by=by, mission=mission, organisation=police, accounts=[account(alleged_parties=("CDF",))])
        report = Report.objects.get(id=done.added[0])
        assert report.compartment == ["state"]
        incident = actions.open_incident(by=by, report=report)
        assert incident.compartment == ["state"]
    yield incident.ref


def seen_by(username: str) -> list[int]:
    with acting(username, "carana"):
        return [model.objects.count() for model in (Report, Incident, IncidentPlace, AllegedPerpetrator, Link)]


def test_which_allegations_have_a_compartment() -> None:
    assert rules.compartments([("armed_group", "", "ICSC")]) == []
    assert rules.compartments([("armed_force", "police_forces", "CNP"), ("armed_group", "", "ICSC")]) == ["state"]
    assert rules.compartments([("other_party", "para_military_forces", "X")]) == ["state"]
    assert rules.compartments([("armed_force", "international_forces", "MPC")]) == ["contingent", "contingent:MPC"]


def test_national_staff_see_neither_the_incident_nor_what_hangs_on_it(ref: str) -> None:
    assert seen_by("hr.nat") == [0, 0, 0, 0, 0]
    assert seen_by("hr.1") == [1, 1, 1, 1, 1]
    with acting("hr.nat", "carana"), connection.cursor() as cursor:
        cursor.execute("select count(*) from evidence_report_history")
        assert cursor.fetchone()[0] == 0


def test_an_adviser_of_another_area_sees_nothing_of_it(ref: str) -> None:
    assert seen_by("wpa.cr01") == [0, 0, 0, 0, 0]


def test_a_named_person_sees_it(ref: str) -> None:
    with acting("hr.1", "carana") as by:
        incident = Incident.objects.get(ref=ref)
        Named(
            mission_id=incident.mission_id, object_id=incident.id, person=Person.objects.get(username="hr.nat"), named_by=by, named_at=timezone.now()
        ).save(force_insert=True)
    assert seen_by("hr.nat") == [0, 1, 1, 1, 0]  # the report is a compartment of its own


def test_broken_glass_opens_the_record_and_its_text_and_nothing_else(ref: str) -> None:
    with acting("hr.nat", "carana") as me:
        now = timezone.now()
        BreakGlass(
            mission=me.active_mission, person=me, ref=ref, reason_code="other", asked_at=now, told_at=now, until=now + timedelta(hours=1)  # type: ignore[attr-defined]  # carried
        ).save(force_insert=True)
    assert seen_by("hr.nat") == [0, 1, 1, 1, 0]
    with acting("hr.nat", "carana"):
        assert ReportText.objects.count() == 0
        assert Incident.objects.filter(ref=ref).update(perpetrator_count="several") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            AllegedPerpetrator(mission=me.active_mission, incident=Incident.objects.get(ref=ref), category="unknown").save(force_insert=True)  # type: ignore[attr-defined]  # carried
        assert BreakGlass.objects.update(ended_at=timezone.now()) == 1
    assert seen_by("hr.nat") == [0, 0, 0, 0, 0]


def test_whoever_would_wall_themselves_out_is_told_to_hand_the_step_over() -> None:
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
        office = Organisation.objects.get(code="hr_office")
        done = actions.take_in(by=by, mission=mission, organisation=office, accounts=[account(alleged_parties=("ICSC",))])
        incident = actions.open_incident(by=by, report=Report.objects.get(id=done.added[0]))
    with acting("hr.nat", "carana") as me:
        held = queries.find_incident(for_user=me, ref=incident.ref)
        with pytest.raises(NotAllowed, match="Hand this step"):
            actions.recode_incident(by=me, incident=held, changes={"party_codes": ["CDF"]})
    with acting("hr.1", "carana") as other:
        actions.recode_incident(by=other, incident=queries.find_incident(for_user=other, ref=incident.ref), changes={"party_codes": ["CDF"]})
        assert Incident.objects.get(ref=incident.ref).compartment == ["state"]
    assert seen_by("hr.nat")[1] == 0


def test_a_compartment_stays_when_the_allegation_goes(ref: str) -> None:
    with acting("hr.1", "carana") as by:
        actions.recode_incident(by=by, incident=queries.find_incident(for_user=by, ref=ref), changes={"party_codes": ["ICSC"]})
        assert Incident.objects.get(ref=ref).compartment == ["state"]


def test_a_report_that_joins_a_closed_incident_is_closed_with_it(ref: str) -> None:
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        office = Organisation.objects.get(code="hr_office")
        done = actions.take_in(by=by, mission=mission, organisation=office, accounts=[account("A-9", alleged_parties=())])
        report = Report.objects.get(id=done.added[0])
    assert seen_by("hr.nat") == [1, 0, 0, 0, 0]
    with acting("hr.1", "carana") as other:
        actions.link_report(by=other, report=report, incident=queries.find_incident(for_user=other, ref=ref))
    assert seen_by("hr.nat") == [0, 0, 0, 0, 0]


def test_a_report_of_an_incident_one_cannot_see_answers_like_one_of_an_incident_one_can(ref: str) -> None:
    with acting("swpa", "carana") as by:
        mission = Mission.objects.get(code="carana")
        office = Organisation.objects.get(code="hr_office")
        done = actions.take_in(by=by, mission=mission, organisation=office, accounts=[account("A-9", alleged_parties=())])
        incident = Incident.objects.get(ref=ref)
        link = Link(mission=mission, report_id=done.added[0], incident=incident, made_by=by, made_at=timezone.now())
        link.save(force_insert=True)  # as a row of earlier days might be, before reports shared the compartment
    with acting("hr.nat", "carana") as me, pytest.raises(NotNow, match="belongs to an incident already"):
        actions.open_incident(by=me, report=Report.objects.get(id=done.added[0]))


def test_nobody_but_the_senior_adviser_files_for_another_office() -> None:
    from openmara.evidence import permissions

    with acting("hr.1", "carana") as me:
        with pytest.raises(NotAllowed):
            permissions.check_may_file_for(me, Organisation.objects.get(code="police"))
        with pytest.raises(ProgrammingError), transaction.atomic():
            mission = Mission.objects.get(code="carana")
            actions.take_in(by=me, mission=mission, organisation=Organisation.objects.get(code="police"), accounts=[account("A-7")])
        permissions.check_may_file_for(me, Organisation.objects.get(code="hr_office"))
    with acting("swpa", "carana") as adviser:
        permissions.check_may_file_for(adviser, Organisation.objects.get(code="police"))


@pytest.mark.parametrize(
    ("username", "change"),
    [
        ("hr.2", "update evidence_incident set compartment = '{}'"),
        ("hr.2", "update evidence_report set compartment = '{}'"),
        ("hr.2", "update evidence_incident set verification_status = 'verified'"),
        ("wpa", "update evidence_incident set assigned_to_id = sec.person()"),
        ("swpa", "update evidence_incident set verification_status = 'verified', verified_on = now()"),
        ("hr.2", "update evidence_incident set opened_by_id = sec.person()"),
        ("hr.2", "update evidence_report set recorded_by_id = sec.person()"),
        ("hr.2", "update evidence_report set ref = 'aaaaaaaa'"),
    ],
)
def test_what_the_walls_rest_on_does_not_move_by_hand(ref: str, username: str, change: str) -> None:
    with acting(username, "carana"), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
            cursor.execute(change)
