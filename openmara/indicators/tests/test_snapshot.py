"""Taking a snapshot: refused, works, audited, rolled back, and only the latest are kept."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from django.core.management import call_command
from django.db import connection

from openmara.errors import Conflict, NotAllowed, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.evidence import queries as incidents
from openmara.evidence.models import Report
from openmara.indicators import actions, columns, queries, snapshot
from openmara.indicators.calculation import register_frame
from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.security import clock
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person
from tests.cases import account, make_areas_and_parties

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Iterator[Path]:
    settings.DATA_FOLDER = tmp_path
    yield tmp_path / "frames" / "carana"


@pytest.fixture
def mission(db: None, folder: Path) -> Iterator[Mission]:
    with acting("swpa", "carana"):
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
    yield mission


def at(moment: datetime, mission: Mission):
    return clock.set_to(moment, mission)


def incident(mission: Mission, reference: str, verified: date | None = None, **changes: object) -> None:
    """An incident opened on 20 July 2026; verified by hr.1 where a day is given."""
    with at(datetime(2026, 7, 20, tzinfo=UTC), mission):
        with acting("hr.2", "carana") as reporter:
            office = Organisation.objects.get(code="hr_office")
            done = evidence.take_in(by=reporter, mission=mission, organisation=office, accounts=[account(reference, **changes)])
            report = Report.objects.get(id=done.added[0])
        with acting("swpa", "carana") as adviser:
            opened = evidence.open_incident(by=adviser, report=report, nexus_note="Fighters present. Synthetic.")
            evidence.assign(by=adviser, incident=opened, to=Person.objects.get(username="hr.1"))
    if verified is None:
        return
    with at(datetime.combine(verified, datetime.min.time(), UTC) + timedelta(hours=9), mission), acting("hr.1", "carana") as verifier:
        found = incidents.find_incident(for_user=verifier, ref=opened.ref)
        evidence.decide(by=verifier, incident=found, to_status="under_verification", rationale="")
        evidence.decide(
            by=verifier, incident=found, to_status="verified", rationale="Reliable.", standard_of_proof="reasonable_grounds_to_believe"
        )


def take(mission: Mission, username: str = "swpa", **options: object) -> Snapshot:
    with at(NOW, mission), acting(username, "carana") as person:
        return actions.take_snapshot(by=person, mission=mission, **options)


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["gender", "hom", "unpol.1"])
def test_it_refuses_a_snapshot_to_those_who_do_not_see_every_incident(mission: Mission, folder: Path, username: str) -> None:
    with pytest.raises(NotAllowed):
        take(mission, username)
    assert not folder.exists()


@pytest.mark.django_db
def test_it_refuses_a_moment_that_has_not_come(mission: Mission, folder: Path) -> None:
    with at(NOW, mission), acting("swpa", "carana") as person, pytest.raises(NotValid) as refused:
        mission.synthetic = False  # a demonstration has its own day, a real mission has not
        actions.take_snapshot(by=person, mission=mission, as_of=NOW + timedelta(days=1))
    assert set(refused.value.problems) == {"as_of"} and not folder.exists()


@pytest.mark.django_db
def test_it_counts_the_mission_and_says_what_it_counted(mission: Mission, folder: Path) -> None:
    incident(mission, "A-1", verified=date(2026, 9, 30))
    incident(mission, "A-2", verified=date(2026, 10, 1))
    incident(mission, "A-3", date_from=date(2026, 6, 1), date_to=date(2026, 6, 30), date_reported=date(2026, 7, 1))
    taken = take(mission)
    with acting("gender", "carana"):
        lines = IndicatorValue.objects.filter(snapshot=taken, indicator="IND-PROT-01", quarter="2026Q3", breakdown="status")
        reported = dict(lines.filter(basis="as_reported").exclude(numerator=0).values_list("code", "numerator"))
        known = dict(lines.filter(basis="as_known").exclude(numerator=0).values_list("code", "numerator"))
        delay = IndicatorValue.objects.get(
            snapshot=taken, indicator="IND-PROT-08", quarter="2026Q3", breakdown="", basis="as_reported"
        )
    assert reported == {"verified": 1, "under_verification": 1, "older_open": 1}
    assert known == {"verified": 2, "older_open": 1}
    assert (delay.value, delay.numerator, delay.denominator) == (6, 3, 3)
    assert taken.rows["quarters"][0] == "2024Q4" and taken.rows["quarters"][-1] == "2026Q3"
    assert taken.rows["coverage"]["2026Q3"] == {"areas": 2, "heard_from": 1, "patrol": 0, "training": 0, "ssr_institution": 0}


@pytest.mark.django_db
def test_on_disk_lies_only_s2_and_no_key_that_means_anything(mission: Mission, folder: Path) -> None:
    incident(mission, "A-1")
    taken = take(mission)
    files = {path.stem: path for path in (folder / str(taken.id)).iterdir()}
    assert set(files) == set(columns.COLUMNS)
    found = parquet.read_table(files["incidents"])
    exact = {"date_from", "date_to", "date_reported", "adm3", "settlement", "ref", "narrative_shareable"}
    assert not exact & set(found.column_names) and found.num_rows == 1
    with acting("swpa", "carana"):
        from openmara.evidence.models import Incident

        assert str(Incident.objects.get().id) not in found.column("incident_key").to_pylist()
    assert (folder / str(taken.id)).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_it_is_audited_before_it_reads(mission: Mission, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    monkeypatch.setattr(actions, "record", lambda event, **_: events.append(event))
    monkeypatch.setattr(snapshot.evidence, "incidents", lambda: pytest.fail(f"read after {events}"))
    with pytest.raises(BaseException, match="indicators:snapshot:take"):
        take(mission)


@pytest.mark.django_db
def test_nothing_remains_when_the_last_step_fails(mission: Mission, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(actions, "_discard_old", fail)
    with at(NOW, mission), acting("swpa", "carana") as person:
        with pytest.raises(RuntimeError):
            actions.take_snapshot(by=person, mission=mission)
        assert Snapshot.objects.count() == 0 and IndicatorValue.objects.count() == 0
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_the_same_data_give_the_same_fingerprint(mission: Mission, folder: Path) -> None:
    incident(mission, "A-1")
    first, second = take(mission), take(mission)
    assert first.fingerprint == second.fingerprint and first.id != second.id
    incident(mission, "A-2")
    assert take(mission).fingerprint != first.fingerprint


@pytest.mark.django_db
def test_it_refuses_to_freeze_a_quarter_that_has_not_ended_or_twice_or_by_who_sees_a_part(mission: Mission) -> None:
    with at(datetime(2026, 9, 29, 23, tzinfo=UTC), mission), acting("swpa", "carana") as person, pytest.raises(NotNow):
        actions.freeze_quarter(by=person, mission=mission, quarter="2026Q3")
    with at(datetime(2026, 9, 30, 23, tzinfo=UTC), mission):
        with acting("gender", "carana") as person, pytest.raises(NotAllowed):
            actions.freeze_quarter(by=person, mission=mission, quarter="2026Q3")
        with acting("swpa", "carana") as person:
            actions.freeze_quarter(by=person, mission=mission, quarter="2026Q3")
            with pytest.raises(Conflict):
                actions.freeze_quarter(by=person, mission=mission, quarter="2026Q3")


@pytest.mark.django_db
def test_what_is_frozen_stays_and_a_later_correction_is_told_to_who_may_know(mission: Mission) -> None:
    incident(mission, "A-1", verified=date(2026, 9, 1))
    with at(datetime(2026, 9, 30, 23, tzinfo=UTC), mission), acting("swpa", "carana") as person:
        kept = actions.freeze_quarter(by=person, mission=mission, quarter="2026Q3")
    incident(mission, "A-2", verified=date(2026, 9, 30))  # recorded late, stated in the quarter
    latest = take(mission)
    for username, told in (("hr.1", "frozen at 1 when the quarter ended, corrected to 2 since"), ("gender", "")):
        with acting(username, "carana") as person:
            page = queries.indicator(for_user=person, name="IND-PROT-01", lang="en")
            assert told in page.changed and bool(page.changed) is bool(told)
            assert queries.latest_snapshot(for_user=person) == latest
            old = queries.values(for_user=person, indicator="IND-PROT-01", basis="as_reported", snapshot=kept, breakdown="")
    assert [row.numerator for row in old] == [1]


def test_a_real_one_reads_one_moment_and_the_latest_three_are_kept(committed: None, folder: Path) -> None:
    for _ in range(4):
        with acting("swpa", "carana", isolation="repeatable read") as person:
            with connection.cursor() as cursor:
                cursor.execute("show transaction_isolation")
                assert cursor.fetchone()[0] == "repeatable read"
            taken = actions.take_snapshot(by=person, mission=person.active_mission)
    with acting("swpa", "carana"):
        kept = {str(key) for key in Snapshot.objects.values_list("id", flat=True)}
    assert len(kept) == 3 and str(taken.id) in kept
    assert {path.name for path in folder.iterdir()} == kept


@pytest.mark.django_db
def test_the_rooms_frames_have_the_columns_that_the_steps_read(mission: Mission) -> None:
    incident(mission, "A-1", verified=date(2026, 9, 1))
    with acting("swpa", "carana"):
        found = snapshot.collect("UTC", 2, ("2026Q3",)).frames
    for name, wanted in columns.COLUMNS.items():
        have = {field.name: field.type for field in found[name].schema}
        missing = set(wanted) - set(have)
        assert not missing, (name, missing)
    for column, kind in columns.COLUMNS["incidents"].items():
        assert found["incidents"].schema.field(column).type == kind, column
    assert register_frame("select 1 as n from entries", "one", found["patrol"]).num_rows == 0


def test_the_snapshot_command_takes_one_and_draws_the_trends(committed: None, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("snapshot", "--mission", "carana", "--as", "swpa")
    assert "incidents 0" in capsys.readouterr().out
    assert list((tmp_path / "charts").glob("*.svg")) and list(folder.iterdir())
