"""Rights of the field that speak of rows: child protection's cases, namings, and that nobody acts in another's name. Refusals first."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from openmara.errors import NotAllowed, NotFound
from openmara.evidence import actions
from openmara.evidence.models import (
    AllegedPerpetrator,
    Batch,
    Decision,
    Incident,
    IncidentPlace,
    Link,
    Report,
    ReportPlace,
    SeaRouting,
)  # fmt: skip
from openmara.security.context import acting
from openmara.security.models import Mission, Named, Organisation, Person
from openmara.security.people import actions as people
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.django_db
MODELS = (Report, ReportPlace, Incident, IncidentPlace, AllegedPerpetrator, Link)


def taken_in(reference: str, organisation: str = "police", **changes: Any) -> Report:
    """A report of an office, in the name of the senior adviser, who acts already."""
    if {"girls", "boys", "child_unknown"} & set(changes.get("tally", ())):
        changes |= {"child_protection_routed": True}
    with acting("swpa", "carana") as by:
        office = Organisation.objects.get(code=organisation)
        done = actions.take_in(by=by, mission=by.active_mission, organisation=office, accounts=[account(reference, **changes)])  # type: ignore[attr-defined]  # carried
        return Report.objects.get(id=done.added[0])


def opened(reference: str, **changes: Any) -> Incident:
    report = taken_in(reference, **changes)
    with acting("swpa", "carana") as by:
        return actions.open_incident(by=by, report=report)


@pytest.fixture
def mission() -> Iterator[Mission]:
    with acting("swpa", "carana"):
        found = Mission.objects.get(code="carana")
        make_areas_and_parties(found)
    yield found


def seen_by(username: str) -> list[int]:
    with acting(username, "carana"):
        counted = [model._base_manager.count() for model in MODELS]
        assert counted == [model.objects.count() for model in MODELS]  # the database and the application, each by itself
    return counted


def refused(step: Callable[[], object]) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        step()


def test_child_protection_sees_no_case_without_children(mission: Mission) -> None:
    opened("A-1")
    assert seen_by("cp.1") == [0, 0, 0, 0, 0, 0]
    assert seen_by("hr.1") == [1, 1, 1, 1, 1, 1]


def test_child_protection_changes_no_case_without_children_even_without_reading_it(mission: Mission) -> None:
    incident = opened("A-1")
    with acting("cp.1", "carana") as person, connection.cursor() as cursor:
        for statement in ("update evidence_incident set place_type = 'x'", "update evidence_report set place_type = 'x'"):
            cursor.execute(statement)
            assert cursor.rowcount == 0
        decision = Decision(
            mission=mission, incident_id=incident.id, axis="verification", from_status="draft", to_status="triaged", stated_on=timezone.now().date(),
            made_by=person, recorded_at=timezone.now(),
        )  # fmt: skip
        refused(lambda: decision.save(force_insert=True))


@pytest.mark.parametrize("tally", [{"girls": 2}, {"boys": 2}, {"child_unknown": 2}, {"women": 1, "girls": 1}])
def test_child_protection_sees_a_case_of_children_whatever_is_known_of_them(mission: Mission, tally: dict[str, int]) -> None:
    opened("A-1", tally=tally)
    assert seen_by("cp.1") == [1, 1, 1, 1, 1, 1]


def test_child_protection_sees_a_case_it_verifies_and_the_reports_of_it(mission: Mission) -> None:
    incident = opened("A-1")
    opened("A-2")
    with acting("swpa", "carana") as by:
        actions.assign(by=by, incident=incident, to=Person.objects.get(username="cp.1"))
    assert seen_by("cp.1") == [1, 1, 1, 1, 1, 1]


def test_child_protection_sees_a_report_of_adults_that_belongs_to_a_case_of_children_and_no_longer_when_it_does_not(mission: Mission) -> None:
    incident, report = opened("A-1", tally={"girls": 2}), taken_in("A-2")
    assert seen_by("cp.1")[0] == 1
    with acting("swpa", "carana") as by:
        link = actions.link_report(by=by, report=report, incident=incident)
    assert seen_by("cp.1")[0] == 2
    with acting("swpa", "carana") as by:
        actions.unlink_report(by=by, link=link)
    assert seen_by("cp.1")[0] == 1


def test_child_protection_sees_what_its_own_office_took_in_and_may_triage_it(mission: Mission) -> None:
    report = taken_in("A-1", "hr_office")
    assert seen_by("cp.1") == [1, 1, 0, 0, 0, 0]
    with acting("cp.1", "carana") as by:
        incident = actions.open_incident(by=by, report=Report.objects.get(id=report.id))
        assert Incident.objects.get(id=incident.id).opened_by_id == by.id


def test_a_recoding_that_takes_the_children_out_of_a_case_is_not_child_protections_alone(mission: Mission) -> None:
    incident = opened("A-1", tally={"girls": 2})
    with acting("cp.1", "carana") as by:
        found = Incident.objects.get(id=incident.id)
        with pytest.raises(NotAllowed, match="children"), transaction.atomic():
            actions.recode_incident(by=by, incident=found, changes={"girls": None, "women": 2})
        actions.recode_incident(by=by, incident=Incident.objects.get(id=incident.id), changes={"girls": 1, "women": 1})


def test_nobody_is_named_for_what_is_closed_or_not_there(mission: Mission) -> None:
    far, state = opened("A-1"), opened("A-2", alleged_parties=("CDF",))
    import uuid

    for username, closed in (("hr.1", uuid.uuid4()), ("hr.nat", state.id)):
        with acting(username, "carana") as by:
            colleague = Person.objects.get(username="hr.2")
            row = Named(mission=mission, object_id=closed, person=colleague, named_by=by, named_at=timezone.now())
            refused(lambda row=row: row.save(force_insert=True))
            with pytest.raises(NotFound):
                people.name_for_compartment(by=by, objects=[closed], person=colleague)
    with acting("hr.1", "carana") as by:
        colleague = Person.objects.get(username="hr.nat")
        people.name_for_compartment(by=by, objects=[far.id, state.id], person=colleague)
    with acting("swpa", "carana"):
        assert Named.objects.count() == 2
    with acting("hr.2", "carana"):
        assert Named.objects.filter(person=colleague).count() == 2


def test_who_is_named_for_a_closed_case_is_neither_seen_nor_taken_back_by_whom_it_is_closed_to(mission: Mission) -> None:
    state = opened("A-2", alleged_parties=("CDF",))
    with acting("swpa", "carana") as by:
        people.name_for_compartment(by=by, objects=[state.id], person=Person.objects.get(username="hr.2"))
    with acting("hr.nat", "carana"), connection.cursor() as cursor:
        assert Named.objects.count() == 0
        cursor.execute("delete from security_named")
        assert cursor.rowcount == 0


def test_nobody_puts_in_a_row_in_anothers_name(mission: Mission) -> None:
    incident, report = opened("A-1"), taken_in("A-2")
    now = timezone.now()
    with acting("hr.1", "carana"):
        other = Person.objects.get(username="hr.2")
        copy = Report.objects.get(id=report.id)
        copy.ref, copy.their_reference, copy.recorded_by, copy.organisation = "zzzzzzzz", "A-9", other, Organisation.objects.get(code="hr_office")
        case = Incident.objects.get(id=incident.id)
        case.ref, case.opened_by = "yyyyyyyy", other
        import uuid

        copy.pk, case.pk = uuid.uuid4(), uuid.uuid4()
        office = Organisation.objects.get(code="hr_office")
        rows = [
            copy, case, Link(mission=mission, report=report, incident=incident, opened_incident=False, made_by=other, made_at=now),
            Decision(mission=mission, incident=incident, axis="verification", from_status="a", to_status="b", stated_on=now.date(), made_by=other, recorded_at=now),
            Batch(mission=mission, organisation=office, kind="page", file_sha256=b"x" * 32, rows=1, added=1, recorded_by=other, recorded_at=now),
            SeaRouting(mission=mission, channel="x", routed_on=now.date(), routed_by=other, recorded_at=now),
        ]  # fmt: skip
        for row in rows:
            refused(lambda row=row: row.save(force_insert=True))


def test_a_link_is_undone_once_in_ones_own_name_and_by_nobody_elses_hand(mission: Mission) -> None:
    incident, report = opened("A-1"), taken_in("A-2")
    with acting("swpa", "carana") as by:
        link = actions.link_report(by=by, report=report, incident=incident)
    with acting("hr.1", "carana") as me:
        mine, other, now = Link.objects.filter(id=link.id), Person.objects.get(username="hr.2"), timezone.now()
        wrong: list[dict[str, Any]] = [
            {"undone_at": now}, {"undone_by": other, "undone_at": now}, {"undone_by": me}, {"made_by": me}, {"made_by": other}, {"made_at": now},
        ]  # fmt: skip
        for changes in wrong:
            refused(lambda changes=changes: mine.update(**changes))
        actions.unlink_report(by=me, link=mine.get())
        refused(lambda: mine.update(undone_at=None, undone_by=None))
        refused(lambda: mine.update(undone_at=timezone.now(), undone_by=me))
