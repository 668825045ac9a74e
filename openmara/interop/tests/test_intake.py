"""Taking in files: nothing at all, all of it, the same again; files of other programs; the demo's kinds against their truth."""

import gzip
import json
import warnings
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from openpyxl import load_workbook

from openmara import vocabulary
from openmara.carana.generator import write
from openmara.errors import NotAllowed, NotFound, NotNow
from openmara.evidence import actions as evidence
from openmara.evidence.accounts import COLUMNS
from openmara.evidence.models import Batch, Report, ReportPlace, ReportText
from openmara.interop import incident_sheet, intake, library, sources, ucdp
from openmara.interop.delimited import read_delimited
from openmara.interop.intake import ImportRefused
from openmara.interop.progress import Bar
from openmara.interop.tables import FileRefused
from openmara.interop.tests.conftest import FILES, stored
from openmara.places.models import Area
from openmara.security import actions as security
from openmara.security.context import acting
from openmara.security.models import Mission, Organisation, Person

Sheet = Callable[..., bytes]
pytestmark = pytest.mark.django_db
UCDP_HEADER = "id,type_of_violence,dyad_name,where_prec,adm_1,adm_2,country,country_id,date_prec,date_start,date_end,deaths_civilians,best,high,low"
UCDP_ROWS = (
    "1001,3,Group A - Civilians,1,North province,Upper district,Carana,999,1,2025-03-01T00:00:00,2025-03-01T00:00:00,4,4,6,4",
    "1002.0,1,Government - Group A,5,,,Carana,999,4,2025-03-01,2025-03-31,0,0,2,0",
    "1003,2,Group A - Group B,1,North province,,Carana,999.0,2,2025-04-01,2025-04-04,0,2,2,2",
)  # fmt: skip


def ucdp_file(*rows: str) -> bytes:
    return "\n".join((UCDP_HEADER, *rows)).encode()


def take(username: str, content: bytes, kind: str = "reports", **more: Any) -> intake.Outcome:
    with acting(username, "carana") as by:
        return intake.take(by=by, mission=Mission.objects.get(code="carana"), kind=kind, content=content, **more)


def surroundings_of_carana(mission: Mission) -> intake.Surroundings:
    """With the sub-districts and settlements too."""
    root = settings.BASE_DIR / "openmara/carana/places"
    with acting("swpa", "carana") as by:
        for kind, name in (("areas", "adm3.csv"), ("settlements", "settlements.csv")):
            library.load(by=by, mission=mission, kind=kind, content=(root / name).read_bytes())
        return intake.surroundings(for_user=by)


def events() -> list[str]:
    with acting("auditor", "carana"), connection.cursor() as cursor:
        cursor.execute("select event from audit.entry order by id")
        return [event for (event,) in cursor.fetchall()]


def test_it_refuses_a_mission_that_is_not_open_to_the_person(mission: Mission, sheet: Sheet) -> None:
    with pytest.raises(Exception, match="no live grant"):
        with acting("stranger", "carana") as by:
            intake.take(by=by, mission=mission, kind="reports", content=sheet({}))


def test_it_refuses_a_kind_that_does_not_exist(mission: Mission) -> None:
    with pytest.raises(FileRefused, match="no mapping"):
        take("hr.1", b"x", kind="../secrets")


def test_it_refuses_to_add_an_organisation_for_who_may_not(mission: Mission) -> None:
    with pytest.raises(NotFound, match="UNPOL"):
        take("hr.1", (FILES / "police_libreoffice_cp1252.csv").read_bytes(), kind="police_liste")


def test_nothing_remains_when_storing_fails_half_way(mission: Mission, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored()

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(evidence, "record", fail)
    with pytest.raises(RuntimeError):
        take("hr.1", sheet({}, {}))
    assert stored() == before


def test_a_dry_run_stores_nothing(mission: Mission, sheet: Sheet) -> None:
    before = stored()
    with acting("hr.1", "carana") as by:
        found = intake.check(by=by, kind="reports", content=sheet({}, {}))
    assert (found.rows, found.fresh, found.unchanged, found.problem_count) == (2, 2, 0, 0)
    assert stored() == before
    assert events()[-1] == "interop:file:check"


def test_it_takes_in_all_rows_once(mission: Mission, sheet: Sheet) -> None:
    content = sheet({}, {"forms": "Rape; sexual_slavery", "adm2": None, "adm1": "Province de Leppko", "location_precision": "adm1"})
    first = take("hr.1", content)
    assert (first.added, first.unchanged, first.already_on) == (2, 0, None)
    counted = stored()
    again = take("hr.1", content)
    assert (again.added, again.already_on is not None) == (0, True)
    assert stored() == counted
    with acting("hr.1", "carana"):
        report = Report.objects.get(their_reference="R-2")
        assert (report.organisation.code, report.adm1, report.forms) == ("hr_office", "CR08", ["rape", "sexual_slavery"])
        assert ReportPlace.objects.get(report=report).date_from == date(2026, 7, 3)
        assert Batch.objects.get().added == 2
    assert events().count("evidence:report:take_in") == 1


def test_the_same_rows_in_other_bytes_change_nothing(mission: Mission, sheet: Sheet) -> None:
    take("hr.1", sheet({}, {}))
    again = take("hr.1", sheet({}, {}, {}))
    assert (again.added, again.unchanged) == (1, 2)


def test_the_senior_adviser_imports_for_another_organisation_which_is_added(mission: Mission) -> None:
    done = take("swpa", (FILES / "police_libreoffice_cp1252.csv").read_bytes(), kind="police_liste")
    assert done.added == 4
    with acting("hr.1", "carana"):
        found = Organisation.objects.get(code="UNPOL")
        assert found.name_fr == "Police des Nations Unies"
        report = Report.objects.get(their_reference="PV-3")
        assert (report.total, sorted(report.forms), report.place_type) == (3, ["rape", "sexual_slavery"], "road")
    assert "security:organisation:add" in events()


def test_it_reads_the_template_as_libreoffice_saves_it(mission: Mission) -> None:
    assert take("hr.1", (FILES / "reports_libreoffice.xlsx").read_bytes()).added == 4
    with acting("hr.1", "carana"):
        report = Report.objects.get(their_reference="LO-3")
        assert ReportText.objects.get(report=report).narrative_shareable == "Récit synthétique, élaboré à l’école."
        last = Report.objects.get(their_reference="LO-4")
        assert (last.women, last.unknown, last.adult_unknown, last.total) == (None, 0, 2, 2)


def test_it_reads_a_line_list_as_libreoffice_saves_it(mission: Mission) -> None:
    content = (FILES / "clinic_libreoffice.xlsx").read_bytes()
    with acting("swpa", "carana") as by:
        found = intake.check(by=by, kind="clinic_network", content=content)
    assert (found.rows, found.stepped_over, found.problem_count) == (3, 1, 0)
    assert [account.total for account in found.accounts] == [1, 2, 3]


def test_every_kind_of_the_demo_reads_as_its_truth_says(mission: Mission, tmp_path: Path) -> None:
    around = surroundings_of_carana(mission)
    write(tmp_path, as_of=date(2026, 11, 21), incidents=60, reports_target=130)
    truth = {}
    for line in (tmp_path / "truth/reports.jsonl").read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        truth[report["organisation"], report["their_reference"]] = report["coding"]
    seen, kinds = set(), set()
    for path in sorted(tmp_path.glob("sources/2*/*")):
        kind = path.name.partition("-")[0]
        found = intake.dry_run(path.read_bytes(), kind, around, date(2026, 11, 21))
        assert [str(problem) for problem in found.problems] == [], path.name
        for account in found.accounts:
            coding = truth[sources.source(kind).organisation, account.their_reference]
            assert (account.date_from.isoformat(), account.adm1, account.total) == (coding["date_from"], coding["adm1"], coding["total"])
            assert sorted(account.forms) == sorted(coding["forms"])
            assert account.settlement == coding.get("settlement", "")
            seen.add((sources.source(kind).organisation, account.their_reference))
            kinds.add(kind)
    assert (len(seen), len(kinds)) == (len(truth), 6)


def test_the_demo_files_that_must_be_refused_are_refused_at_their_cell(mission: Mission, tmp_path: Path) -> None:
    write(tmp_path, as_of=date(2026, 11, 21), incidents=60, reports_target=130)
    around = surroundings_of_carana(mission)
    for entry in json.loads((tmp_path / "truth/expected_refusals.json").read_text(encoding="utf-8")):
        found = intake.dry_run((tmp_path / entry["file"]).read_bytes(), entry["kind"], around, date(2026, 11, 21))
        assert (entry["row"], entry["column"]) in {(problem.row, problem.column) for problem in found.problems}, entry["file"]


def test_ucdp_refuses_what_its_codebook_does_not_know(mission: Mission) -> None:
    bad = UCDP_ROWS[0].replace("Civilians,1,", "Civilians,9,")
    before = stored()
    with pytest.raises(ImportRefused, match="codebook"):
        take("swpa", ucdp_file(bad), kind="ucdp")
    with pytest.raises(FileRefused, match="lacks these headings"):
        take("swpa", b"id,best\n1,2\n", kind="ucdp")
    with pytest.raises(FileRefused, match="100 times"):
        take("swpa", gzip.compress(bytes(30_000_000)), kind="ucdp")
    with pytest.raises(FileRefused, match="damaged"):
        take("swpa", gzip.compress(ucdp_file(*UCDP_ROWS))[:-20], kind="ucdp")
    assert stored() == before


def test_ucdp_events_are_context_and_never_counted(mission: Mission) -> None:
    content = gzip.compress(ucdp_file(*UCDP_ROWS))
    done = take("swpa", content, kind="ucdp")
    assert (done.added, take("swpa", content, kind="ucdp").added) == (3, 0)
    with acting("swpa", "carana") as by:
        events_ = {report.their_reference: report for report in Report.objects.filter(context_only=True)}
        assert set(events_) == {"GED-1001", "GED-1002", "GED-1003"}
        for report in events_.values():
            tally = [report.women, report.girls, report.men, report.boys, report.adult_unknown, report.child_unknown, report.unknown]
            assert (report.total, report.forms, report.principal_form, report.record_class, report.route) == (0, [], "", "", "context")
            assert tally == [None] * 7
            with pytest.raises(NotNow):
                evidence.open_incident(by=by, report=report)
        precisions = [(events_[name].date_precision, events_[name].location_precision) for name in sorted(events_)]
        assert precisions == [("day", "settlement"), ("month", "unknown"), ("range", "adm1")]
        first = Area.objects.get(pcode=events_["GED-1001"].adm2)
        assert (first.name_en, first.provisional, first.parent_pcode) == ("Upper district", True, events_["GED-1003"].adm1)
        assert Area.objects.filter(provisional=True).count() == 2


def test_ucdp_keeps_deaths_and_precisions_readable_in_the_text() -> None:
    table = read_delimited(ucdp_file(*UCDP_ROWS))
    cells, problems = ucdp.convert(table.rows[0], None)  # type: ignore[arg-type]  # places are not asked
    assert problems == {}
    assert cells["narrative_confidential"] == (
        "UCDP GED event 1001: one-sided violence, Group A - Civilians. Deaths: low 4, best 4, high 6. date_prec 1, where_prec 1."
    )


def test_provisional_codes_do_not_depend_on_the_order_of_a_file() -> None:
    one, other = (ucdp.areas(read_delimited(ucdp_file(*rows))) for rows in (UCDP_ROWS, UCDP_ROWS[::-1]))
    assert one == other
    assert ucdp.area_code("482", "Ouaka province") == ucdp.area_code("482.0", "OUAKA Province")


def test_the_open_ucdp_file_is_read_whole(db: None) -> None:
    if not settings.OPEN_DATA:
        warnings.warn("not run: OPENMARA_OPEN_DATA not set", stacklevel=1)
        return
    content = (Path(settings.OPEN_DATA) / "events/ucdp_ged_v23_1_caf.csv.gz").read_bytes()
    assert take("swpa", content, kind="ucdp").added == 1848
    with acting("swpa", "carana"):
        assert Area.objects.filter(level=1, provisional=True).count() == 17
        assert not Report.objects.exclude(total=0).exists()


def test_the_template_holds_every_column_with_guide_codes_and_example() -> None:
    stream = BytesIO()
    incident_sheet.write_template(stream)
    book = load_workbook(BytesIO(stream.getvalue()))
    assert book.sheetnames == ["reports", "guide", "codes"]
    assert tuple(cell.value for cell in book["reports"][1]) == COLUMNS
    assert {row[0] for row in book["guide"].iter_rows(min_row=2, max_col=1, values_only=True)} >= set(COLUMNS)
    assert all(set(label) == {"en", "fr"} for label in incident_sheet.wording()["columns"].values())
    assert len(book["reports"].data_validations.dataValidation) >= 18
    listed = {(row[0], row[1]) for row in book["codes"].iter_rows(min_row=2, max_col=2, values_only=True)}
    assert {("crsv_form", code) for code in vocabulary.codes("crsv_form")} <= listed
    assert "synthetic" in str([cell.value for cell in book["reports"][2]]).casefold()


def test_the_example_of_the_template_is_sound_and_stepped_over(mission: Mission) -> None:
    stream = BytesIO()
    incident_sheet.write_template(stream)
    assert incident_sheet.read(stream.getvalue()).rows == []
    row = dict(incident_sheet.wording()["example"]) | {"their_reference": "R-1"}
    stream = BytesIO()
    incident_sheet.write_template(stream, [row])
    assert take("hr.1", stream.getvalue()).added == 1


def test_the_commands_check_take_in_and_say_so(mission: Mission, sheet: Sheet, tmp_path: Path) -> None:
    file = tmp_path / "reports.xlsx"
    call_command("template", str(file), stdout=(out := StringIO()))
    assert "synthetic example" in out.getvalue()
    file.write_bytes(sheet({}, {"women": -1}))
    common = {"kind": "reports", "mission": "carana", "person": "hr.1"}
    with pytest.raises(SystemExit):
        call_command("import", str(file), **common, dry_run=True, stdout=(out := StringIO()))
    assert "1 cells at fault" in out.getvalue()
    with pytest.raises(ImportRefused):
        call_command("import", str(file), **common)
    file.write_bytes(sheet({}, {}))
    for words in ("2 rows: 2 added", "Already taken in on"):
        call_command("import", str(file), **common, stdout=(out := StringIO()))
        assert words in out.getvalue()
    with pytest.raises(FileRefused):
        call_command("import", str(tmp_path / "missing.xlsx"), **common)


def test_the_bar_says_how_far() -> None:
    bar = Bar(StringIO())
    assert bar.line("Checking", 4500, 10000) == "Checking   ##########--------------   45 %  4,500 of 10,000 rows"
    assert "100 %" in bar.line("Storing", 0, 0)


def test_organisations_are_added_by_the_senior_adviser_only(mission: Mission) -> None:
    with acting("hr.1", "carana") as by, pytest.raises(NotAllowed):
        security.add_organisation(by=by, mission=mission, code="X", name_en="X", name_fr="X")
    with acting("swpa", "carana") as by:
        assert isinstance(by, Person)
        assert security.add_organisation(by=by, mission=mission, code="X", name_en="X", name_fr="X").code == "X"
