"""Each action: refused, works, audited, rolled back."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection

from openmara.errors import Conflict, NotAllowed, NotNow, NotValid
from openmara.evidence import actions, queries
from openmara.evidence.models import Incident, Link, Report, ReportText, SeaRouting
from openmara.parties.models import Party
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def mission(db: None) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def office(code: str = "hr_office") -> Organisation:
    return Organisation.objects.get(code=code)


def taken(by: Person, mission: Mission, reference: str = "A-1", **changes: object) -> Report:
    done = actions.take_in(by=by, mission=mission, organisation=office(), accounts=[account(reference, **changes)])
    return Report.objects.get(id=done.added[0])


def under_verification(mission: Mission, **changes: object) -> str:
    """An incident opened by the adviser from a colleague's report, assigned to hr.1."""
    with acting("hr.2", "carana") as reporter:
        report = taken(reporter, mission, **changes)
    with acting("swpa", "carana") as adviser:
        incident = actions.open_incident(by=adviser, report=report, nexus_note="Fighters present. Synthetic.")
        actions.assign(by=adviser, incident=incident, to=Person.objects.get(username="hr.1"))
    with acting("hr.1", "carana") as verifier:
        actions.decide(by=verifier, incident=queries.find_incident(for_user=verifier, ref=incident.ref), to_status="under_verification", rationale="")
    return incident.ref


def events() -> list[str]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        return [event for (event,) in cursor.fetchall()]


def test_it_refuses_reports_from_a_role_that_does_not_report(mission: Mission) -> None:
    with acting("gender", "carana") as person, pytest.raises(NotAllowed):
        actions.take_in(by=person, mission=mission, organisation=office(), accounts=[account()])


def test_it_refuses_an_account_dated_in_the_future_and_stores_nothing(mission: Mission) -> None:
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotValid) as refused:
            actions.take_in(
                by=person, mission=mission, organisation=office(),
                accounts=[account("A-1"), account("A-2", date_from=date(2099, 1, 1), date_to=date(2099, 1, 1), date_reported=date(2099, 1, 2))],
            )  # fmt: skip
        assert set(refused.value.problems) >= {"date_from"}
        assert Report.objects.count() == 0


def test_the_same_account_twice_changes_nothing_and_other_content_is_a_conflict(mission: Mission) -> None:
    with acting("hr.1", "carana") as person:
        taken(person, mission)
        again = actions.take_in(by=person, mission=mission, organisation=office(), accounts=[account()])
        assert (again.added, again.unchanged) == ((), 1)
        with pytest.raises(Conflict):
            actions.take_in(by=person, mission=mission, organisation=office(), accounts=[account(total=3, tally={"women": 3})])
        assert Report.objects.get().total == 2


def test_it_keeps_a_narrative_from_those_outside_the_owning_office(mission: Mission) -> None:
    with acting("unpol.1", "carana") as person:
        done = actions.take_in(by=person, mission=mission, organisation=office("police"), accounts=[account("P-1")])
        assert len(done.added) == 1
    with acting("hr.1", "carana"):
        assert Report.objects.count() == 1
        assert ReportText.objects.count() == 0


def test_sea_leaves_a_routing_notice_only(mission: Mission) -> None:
    with acting("hr.1", "carana") as person:
        done = actions.take_in(by=person, mission=mission, organisation=office(), accounts=[account(record_class="sea_route")])
        report = taken(person, mission, "A-9", number_estimated=True)
        assert done.added == () and done.routed == 1
    with acting("swpa", "carana") as adviser:
        report.route = "crsv"
        Report.objects.filter(id=report.id).update(classification="strictly_confidential")
        report.refresh_from_db()
        assert actions.route_report(by=adviser, report=report, route="sea_route") is None
        assert Report.objects.count() == 0 and SeaRouting.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from evidence_report_history")
            assert cursor.fetchone()[0] == 0


def test_sea_erases_texts_that_are_not_open_to_who_routes_it(mission: Mission) -> None:
    with acting("unpol.1", "carana") as person:
        actions.take_in(by=person, mission=mission, organisation=office("police"), accounts=[account("P-1")])
    with acting("swpa", "carana") as adviser:
        assert ReportText.objects.count() == 0
        actions.route_report(by=adviser, report=Report.objects.get(), route="sea_route")
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # a text left behind would hold on to its report
        assert Report.objects.count() == 0 and SeaRouting.objects.count() == 1


def test_it_refuses_verification_by_who_alone_reported(mission: Mission) -> None:
    with acting("hr.1", "carana") as person:
        report = taken(person, mission)
        incident = actions.open_incident(by=person, report=report)
        actions.assign(by=person, incident=incident, to=person)
        actions.decide(by=person, incident=incident, to_status="under_verification", rationale="")
        with pytest.raises(NotValid) as refused:
            actions.decide(
                by=person, incident=incident, to_status="verified", rationale="Reliable account.",
                standard_of_proof="reasonable_grounds_to_believe",
            )  # fmt: skip
        assert "verifier" in refused.value.problems
        assert Incident.objects.get().verification_status == "under_verification"


def test_it_refuses_verification_by_another_than_the_assigned(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.2", "carana") as person, pytest.raises(NotAllowed):
        actions.decide(by=person, incident=queries.find_incident(for_user=person, ref=ref), to_status="verified", rationale="x")


def test_it_refuses_verification_on_one_secondary_source(mission: Mission) -> None:
    ref = under_verification(mission, source_category="secondary")
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotValid) as refused:
            actions.decide(
                by=person, incident=queries.find_incident(for_user=person, ref=ref), to_status="verified", rationale="Reliable.",
                standard_of_proof="reasonable_grounds_to_believe",
            )  # fmt: skip
        assert set(refused.value.problems) == {"sources"}


def test_it_verifies_late_and_says_so(mission: Mission) -> None:
    ref = under_verification(mission, date_from=date(2026, 6, 1), date_to=date(2026, 6, 30), date_reported=date(2026, 6, 30))
    with acting("hr.1", "carana") as person:
        incident = queries.find_incident(for_user=person, ref=ref)
        actions.decide(
            by=person, incident=incident, to_status="verified", rationale="Reliable account.", stated_on=date(2026, 7, 1),
            standard_of_proof="reasonable_grounds_to_believe",
        )  # fmt: skip
        assert queries.incident(for_user=person, ref=ref).late is True
    assert "evidence:incident:decide" in events()


def test_it_refuses_a_step_that_the_state_does_not_allow(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person, pytest.raises(NotNow):
        actions.decide(by=person, incident=queries.find_incident(for_user=person, ref=ref), to_status="received", rationale="x")


def test_an_attribution_needs_its_own_reasons(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person:
        incident = queries.find_incident(for_user=person, ref=ref)
        party = Party.objects.get(code="ICSC")
        with pytest.raises(NotValid):
            actions.attribute(by=person, incident=incident, party=party, status="verified", rationale="")
        actions.attribute(by=person, incident=incident, party=party, status="verified", rationale="Uniform and unit seen by two.")
        assert Incident.objects.get().attribution_status == "verified"
        assert Incident.objects.get().verification_status == "under_verification"


def test_a_decision_cannot_be_dated_before_the_first_report(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person, pytest.raises(NotValid) as refused:
        actions.decide(
            by=person, incident=queries.find_incident(for_user=person, ref=ref), to_status="verified", rationale="Reliable.",
            stated_on=date(1999, 1, 1), standard_of_proof="reasonable_grounds_to_believe",
        )  # fmt: skip
    assert set(refused.value.problems) == {"stated_on"}


def test_saving_the_same_coding_keeps_an_attribution(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person:
        incident = queries.find_incident(for_user=person, ref=ref)
        actions.attribute(by=person, incident=incident, party=Party.objects.get(code="ICSC"), status="verified", rationale="Uniform and unit seen.")
        actions.recode_incident(by=person, incident=incident, changes={"party_codes": ["ICSC"]})
        assert Incident.objects.get().attribution_status == "verified"
        actions.recode_incident(by=person, incident=incident, changes={"party_codes": ["ICSC", "CDF"]})
        rows = dict(queries.AllegedPerpetrator.objects.values_list("party__code", "attribution_status"))
        assert rows == {"ICSC": "verified", "CDF": "alleged"}


def test_alleging_a_second_party_does_not_weaken_the_first_and_nobody_cannot_be_verified(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person:
        incident = queries.find_incident(for_user=person, ref=ref)
        with pytest.raises(NotValid):
            actions.attribute(by=person, incident=incident, party=None, status="verified", rationale="Many say so, all agree.")
        actions.attribute(by=person, incident=incident, party=Party.objects.get(code="ICSC"), status="verified", rationale="Uniform and unit seen.")
        actions.attribute(by=person, incident=incident, party=Party.objects.get(code="CDF"), status="alleged", rationale="")
        assert Incident.objects.get().attribution_status == "verified"


def test_only_who_verifies_can_be_named_verifier(mission: Mission) -> None:
    with acting("hr.2", "carana") as reporter:
        report = taken(reporter, mission)
    with acting("swpa", "carana") as adviser:
        incident = actions.open_incident(by=adviser, report=report)
        assert {one.username for one in queries.people_who_verify(for_user=adviser)} == {"hr.1", "hr.2", "hr.nat", "cp.1"}
        with pytest.raises(NotAllowed):
            actions.assign(by=adviser, incident=incident, to=Person.objects.get(username="auditor"))


@pytest.mark.parametrize(
    "text",
    ["Marie Dupont was attacked near the well.", "A girl aged 14 on 12 March 2026.", "Call 0812 555 019 for more.", "Une fille de 12 ans, le 3 mai 2026."],
)
def test_it_refuses_a_text_for_sharing_that_names_or_locates(mission: Mission, text: str) -> None:
    with acting("hr.1", "carana") as person, pytest.raises(NotValid) as refused:
        actions.take_in(by=person, mission=mission, organisation=office(), accounts=[account(narrative_shareable=text)])
    assert set(refused.value.problems) == {"narrative_shareable"}


def test_a_plain_date_or_an_office_is_no_identification(mission: Mission) -> None:
    with acting("hr.1", "carana") as person:
        taken(person, mission, narrative_shareable="Reported to the Human Rights office on 2026-07-09. Synthetic.")


def test_a_second_report_joins_and_leaves_again(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.2", "carana") as person:
        report = taken(person, mission, "A-2", date_reported=date(2026, 7, 4))
        incident = queries.find_incident(for_user=person, ref=ref)
        link = actions.link_report(by=person, report=report, incident=incident)
        assert queries.incident(for_user=person, ref=ref).exact.date_reported == date(2026, 7, 4)
        with pytest.raises(NotNow):
            actions.link_report(by=person, report=report, incident=incident)
        actions.unlink_report(by=person, link=link)
        assert Link.objects.filter(undone_at=None).count() == 1 and Link.objects.count() == 2
        assert queries.incident(for_user=person, ref=ref).exact.date_reported == date(2026, 7, 9)


def test_a_stale_edit_is_refused(mission: Mission) -> None:
    ref = under_verification(mission)
    with acting("hr.1", "carana") as person:
        incident = queries.find_incident(for_user=person, ref=ref)
        stale = incident.version
        actions.recode_incident(by=person, incident=incident, changes={"total": 3, "women": 3}, version=stale)
        with pytest.raises(Conflict):
            actions.recode_incident(by=person, incident=incident, changes={"total": 4, "women": 4}, version=stale)
        assert Incident.objects.get().total == 3


def test_nothing_remains_when_the_last_step_fails(mission: Mission, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk")

    with acting("hr.2", "carana") as person:
        report = taken(person, mission)
        monkeypatch.setattr(actions, "record", fail)
        with pytest.raises(RuntimeError):
            actions.open_incident(by=person, report=report)
        assert Incident.objects.count() == 0 and Link.objects.count() == 0


def test_earlier_versions_are_open_only_to_whom_the_row_is_open(mission: Mission) -> None:
    with acting("hr.2", "carana") as person:
        report = taken(person, mission)
        incident = actions.open_incident(by=person, report=report)
        actions.recode_incident(by=person, incident=incident, changes={"total": 3, "women": 3})
        Report.objects.filter(id=report.id).update(classification="strictly_confidential")
    for username, expected in (("hr.1", 1), ("unpol.1", 0)):
        with acting(username, "carana"), connection.cursor() as cursor:
            cursor.execute("select count(*) from evidence_report_history where earlier ->> 'classification' = 'confidential'")
            assert (cursor.fetchone()[0] > 0) == bool(expected), username
            cursor.execute("select count(*) from evidence_incidenttext_history")
            assert cursor.fetchone()[0] == 0
