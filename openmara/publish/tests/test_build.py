"""Builds: refused, failed closed, cancelled, then made; files, protection and changes are kept with them."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from openmara.disclosure import disclosure
from openmara.disclosure.disclosure import Protected
from openmara.errors import Conflict, NotAllowed, NotNow, NotValid
from openmara.publish import actions, attempts, narratives, queries, rendering
from openmara.publish.models import ReportBuild
from openmara.publish.render_words import shown
from openmara.publish.tests import figures_of_truth
from openmara.security.context import acting
from openmara.security.models import AuditEntry, Mission, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Path:
    settings.DATA_FOLDER = tmp_path  # type: ignore[attr-defined]  # Django's settings fixture
    return tmp_path


@pytest.fixture
def figures(folder: Path) -> Path:
    """The mission with figures of one quarter."""
    with acting("swpa", "carana") as person:
        figures_of_truth.lay(person.active_mission, folder)
    return folder


@pytest.fixture
def swpa(figures: Path) -> Iterator[Person]:
    with acting("swpa", "carana") as person:
        yield person


def built(person: Person, **changes: str) -> ReportBuild:
    wanted = {"quarter": "2026Q3", "language": "en", "audience": "forum", **changes}
    return actions.build_now(by=person, mission=person.active_mission, **wanted)  # type: ignore[attr-defined]  # carried


def nothing_left(folder: Path) -> bool:
    builds = folder / "builds"
    return not builds.exists() or not any(builds.iterdir())


@pytest.mark.parametrize("who", ["gender", "hom", "unpol.1", "cp.1"])
def test_it_refuses_who_does_not_write_reports(figures: Path, who: str) -> None:
    with acting(who, "carana") as person, pytest.raises(NotAllowed):
        built(person)


def test_it_refuses_exact_counts_to_a_field_adviser(figures: Path) -> None:
    with acting("wpa", "carana") as person, pytest.raises(NotAllowed, match="exact counts"):
        built(person, audience="named")


def test_it_refuses_without_figures(folder: Path) -> None:
    with acting("swpa", "carana") as person, pytest.raises(NotNow, match="Compute the figures first"):
        built(person)


@pytest.mark.parametrize(("name", "value"), [("quarter", "2020Q1"), ("quarter", "../x"), ("language", "xx"), ("audience", "press")])
def test_it_refuses_what_it_cannot_build(swpa: Person, name: str, value: str) -> None:
    with pytest.raises(NotValid) as refused:
        built(swpa, **{name: value})
    assert name in refused.value.problems


def test_it_refuses_a_second_build_of_the_same_report_while_one_runs(swpa: Person) -> None:
    wanted = {"quarter": "2026Q3", "language": "en", "audience": "forum"}
    mission: Mission = swpa.active_mission  # type: ignore[attr-defined]  # carried
    first = actions.ask_for_build(by=swpa, mission=mission, **wanted)
    assert (first.state, first.job is not None) == ("waiting", True)
    with pytest.raises(Conflict):
        actions.ask_for_build(by=swpa, mission=mission, **wanted)
    actions.cancel_build(by=swpa, build=first)
    assert actions.ask_for_build(by=swpa, mission=mission, **wanted).id != first.id
    with pytest.raises(NotNow):
        actions.cancel_build(by=swpa, build=first)


def test_a_build_whose_attacker_finds_a_leak_fails_closed(swpa: Person, figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proper = disclosure.protect

    def careless(*args: object, **kwargs: object) -> Protected:
        """Hides the small numbers and nothing to cover for them."""
        found = proper(*args, **kwargs)  # type: ignore[arg-type]  # passed on
        values = {cell.key: cell.value for cell in args[0]}  # type: ignore[attr-defined]  # the cells
        return Protected({key: value for key, value in values.items() if key not in found.primary}, found.primary, found.primary)

    monkeypatch.setattr(disclosure, "protect", careless)
    made = built(swpa)
    assert (made.state, made.files, made.measures) == ("failed", {}, {})
    assert "work" in made.problem and "small numbers" in made.problem
    assert nothing_left(figures)
    with acting("auditor", "carana"):
        assert AuditEntry.objects.filter(event="publish:report:build", outcome="failed", object_ids=[made.id]).count() == 1


def test_a_build_that_breaks_leaves_no_file_and_tells_nothing_of_its_content(
    swpa: Person, figures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object) -> bytes:
        raise RuntimeError("content of a row")

    monkeypatch.setattr(rendering, "render_docx", breaks)
    made = built(swpa)
    assert made.state == "failed" and "content" not in made.problem
    assert nothing_left(figures)


def test_a_cancelled_build_leaves_no_file(swpa: Person, figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proper = rendering.render_pdf

    def cancels(report: object) -> bytes:
        actions.cancel_build(by=swpa, build=ReportBuild.objects.get())
        return proper(report)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(rendering, "render_pdf", cancels)
    made = built(swpa)
    assert (made.state, made.files) == ("cancelled", {})
    assert nothing_left(figures)


def test_it_builds_three_files_with_their_hashes_and_says_how_people_are_protected(swpa: Person, figures: Path) -> None:
    steps: list[str] = []
    wanted = {"quarter": "2026Q3", "language": "fr", "audience": "forum"}
    made = actions.build_now(by=swpa, mission=swpa.active_mission, progress=lambda step, _at: steps.append(step), **wanted)  # type: ignore[attr-defined]  # carried
    assert made.state == "done", made.problem
    assert steps == ["reading", "counting", "protecting", "writing", "html", "pdf", "docx", "storing", "done"]
    for kind in ("docx", "pdf", "html"):
        path, _kind = queries.read_file(for_user=swpa, build=made, kind=kind)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == made.files[kind]["sha256"]
    said = made.protection
    assert (said["k"], said["leaks"], said["applied"]) == (5, 0, True)
    assert said["primary"] > 0 and said["secondary"] > 0 and said["hidden"] == said["primary"] + said["secondary"]
    assert "NON VALIDÉ" in queries.read_file(for_user=swpa, build=made, kind="html")[0].read_text()
    assert not any(one["hidden"] and one["value"] is not None for one in made.measures.values())
    with acting("auditor", "carana"):
        events = AuditEntry.objects.filter(object_ids__contains=[made.id]).order_by("id").values_list("event", "outcome")
        verbs = [event.removeprefix("publish:") for event, outcome in events if outcome == "done"]
    assert verbs == ["report:ask", "report:start", "report:build", "file:read", "file:read", "file:read", "file:read"]


def test_a_file_that_was_changed_on_disk_is_not_handed_out(swpa: Person) -> None:
    made = built(swpa)
    (queries.folder_of(made) / "report.pdf").write_bytes(b"%PDF other")
    with pytest.raises(NotNow):
        queries.read_file(for_user=swpa, build=made, kind="pdf")


def test_numbers_in_the_word_file_are_the_measures(swpa: Person) -> None:
    made = built(swpa)
    path, _kind = queries.read_file(for_user=swpa, build=made, kind="docx")
    document = Document(BytesIO(path.read_bytes()))
    measures = narratives.measures_of(made.measures)
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for table in document.tables for row in table.rows}
    lines = ("verified", "late", "under_verification", "older_open", "reported_not_verified")
    expected = [shown(measures[f"incidents.{line}|form=rape"], "en") for line in lines]
    assert rows["Rape"] == expected
    assert rows["Leppko"] == [shown(measures[f"victims.{line}|area=CR08"], "en") for line in lines]
    hidden = [measures[f"incidents.{line}|form=forced_marriage"].hidden for line in lines]
    assert any(hidden)
    assert [text == "c" for text in rows["Forced marriage"]] == hidden


def test_a_rebuild_says_which_numbers_changed(swpa: Person, figures: Path) -> None:
    first = built(swpa)
    assert first.changes == [] and not first.protection["compared_with"]
    again = built(swpa)
    assert again.changes == [] and again.protection["compared_with"] == str(first.id)
    mission: Mission = swpa.active_mission  # type: ignore[attr-defined]  # carried
    snapshot = figures_of_truth.lay(mission, figures)
    from openmara.indicators.models import IndicatorValue

    IndicatorValue.objects.filter(snapshot=snapshot, indicator="IND-PREV-01", breakdown="").delete()
    waiting = queries.waiting_for(for_user=swpa)
    assert [(one.count, "newest figures" in one.label) for one in waiting] == [(1, True)]
    third = built(swpa)
    assert {one["id"] for one in third.changes} >= {"patrols.all", "patrols.yes", "patrols.percent"}
    assert not queries.waiting_for(for_user=swpa)


def test_named_readers_get_exact_counts_that_others_may_not_open(swpa: Person) -> None:
    from openmara.errors import NotFound

    made = built(swpa, audience="named")
    assert made.state == "done" and not any(one["hidden"] for name, one in made.measures.items() if name.startswith("incidents"))
    assert queries.latest_measures(for_user=swpa, quarter="2026Q3", language="en") == {}
    with acting("gender", "carana") as person, pytest.raises(NotFound):
        queries.find_build(for_user=person, key=made.id)


def test_every_mutant_of_this_mission_is_caught(swpa: Person) -> None:
    mission: Mission = swpa.active_mission  # type: ignore[attr-defined]  # carried
    caught = attempts.try_mutants(by=swpa, mission=mission, quarter="2026Q3", audience="forum")
    assert caught.total > 0 and caught.caught == caught.total
