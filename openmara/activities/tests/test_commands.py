"""The commands `register` and `inventory`, called by name: files refused cell by cell, then all or nothing."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from openmara.activities import registers
from openmara.activities.models import InventoryActivity, RegisterEntry
from openmara.activities.tests.test_inventory import CARANA
from openmara.errors import NotAllowed, NotFound, NotValid
from openmara.security.context import NoContext, acting

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def bring(name, path, *more, who="", mission="carana"):
    who = who or {"ssr_institution": "ssr.1"}.get(name, "unpol.1")
    return run("register", "import", name, path, "--mission", mission, "--as", who, *more)


def example(name="patrol"):
    with (registers.FOLDER / name / "example.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def as_csv(folder, rows, delimiter=","):
    path = folder / "entries.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def count():
    with acting("hom", "carana"):
        return RegisterEntry.objects.count()


def test_it_refuses_wrong_cells_by_their_names_and_keeps_nothing(tmp_path, capfd):
    rows = example()
    rows[1]["women_in_team"] = "-1"
    rows[3]["start_date"] = "2099-01-01"
    with pytest.raises(NotValid, match="Nothing was recorded"):
        bring("patrol", as_csv(tmp_path, rows))
    told = capfd.readouterr().err
    assert "K3 (women_in_team): Must be between 0 and 1000." in told and "D5 (start_date): The day cannot be in the future." in told
    assert count() == 0


def test_it_refuses_wrong_headings_formulas_and_other_files(tmp_path, capfd):
    with pytest.raises(NotValid):
        bring("patrol", as_csv(tmp_path, [{"force": "unpol", "weather": "dry"}]))
    assert "B1 (weather): The register has no such column." in capfd.readouterr().err
    book = Workbook()
    book.active.append(list(example()[0]))
    book.active.append(["=1+1", *list(example()[0].values())[1:]])
    book.save(tmp_path / "entries.xlsx")
    with pytest.raises(NotValid):
        bring("patrol", tmp_path / "entries.xlsx")
    assert "A2 (force): A formula. Paste its value instead." in capfd.readouterr().err
    (tmp_path / "entries.pdf").write_bytes(b"%PDF-1.7")
    for name in ("entries.pdf", "none.csv"):
        with pytest.raises(NotValid):
            bring("patrol", tmp_path / name)
    assert count() == 0


def test_it_refuses_by_role_mission_and_register(tmp_path):
    path = as_csv(tmp_path, example())
    with pytest.raises(NotAllowed):
        bring("patrol", path, who="cp.1")
    for who, mission in (("unpol.1", "other"), ("ghost", "carana"), ("unpol.1", "nowhere")):
        with pytest.raises(NoContext):
            bring("patrol", path, who=who, mission=mission)
    with pytest.raises(NotFound):
        bring("weather", path)
    assert count() == 0


def test_a_dry_run_then_the_import_then_the_same_again(tmp_path):
    path = as_csv(tmp_path, example(), ";")
    assert "8 would be added" in bring("patrol", path, "--dry-run") and count() == 0
    assert "8 added, 0 corrected, 0 unchanged" in bring("patrol", path)
    assert "0 added, 0 corrected, 8 unchanged" in bring("patrol", path) and count() == 8


@pytest.mark.parametrize("name", ["patrol", "training", "ssr_institution"])
def test_the_template_is_filled_and_imported_and_a_key_corrects(name, tmp_path):
    path = tmp_path / "template.xlsx"
    assert "no entries" in run("register", "template", name, path)
    book = load_workbook(path)
    sheet = book["entries"]
    columns = [cell.value for cell in sheet[1]]
    assert columns == list(registers.columns(registers.find(name))) and columns[0] == "entry_key"
    rows = [row | {"entry_key": f"K-{number}"} for number, row in enumerate(example(name))]
    for row in rows:
        sheet.append([row[column] or None for column in columns])
    book.save(path)
    assert "8 added" in bring(name, path)
    place = columns.index({"patrol": "mode", "training": "hours", "ssr_institution": "men_senior"}[name]) + 1
    sheet.cell(2, place).value = {"patrol": "river", "training": 7, "ssr_institution": 62}[name]
    book.save(path)
    assert "0 added, 1 corrected, 7 unchanged\n  K-0: " in bring(name, path)


def inventory(folder, who="swpa"):
    return run("inventory", folder, "--mission", "carana", "--as", who)


def test_it_refuses_a_folder_without_pages_and_pages_that_are_none(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(NotValid, match="no pages"):
            inventory(folder)
    (tmp_path / "a.txt").write_bytes(b"Search\nCaf\xe9")
    with pytest.raises(NotValid, match="a.txt: not UTF-8"):
        inventory(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"Search\n\x00")
    with pytest.raises(NotValid, match="NUL"):
        inventory(tmp_path)
    (tmp_path / "a.txt").write_text("Search\n" + "a" * 4_000_001)
    with pytest.raises(NotValid, match="too long"):
        inventory(tmp_path)
    with acting("hom", "carana"):
        assert not InventoryActivity.objects.exists()


@pytest.mark.parametrize("text", ["[", '["b.txt"]\nperiod = "x"', '["a.txt"]\ncolour = "x"', '"a.txt" = 3', '["a.txt"]\nperiod = 3'])
def test_it_refuses_filters_that_name_no_page_or_no_filter(text, tmp_path):
    (tmp_path / "a.txt").write_text("Search\nDPO did something.")
    (tmp_path / "filters.toml").write_text(text)
    with pytest.raises(NotValid, match="filters.toml"):
        inventory(tmp_path)


def test_it_reads_our_own_pages_and_prints_what_each_gave(tmp_path):
    with pytest.raises(NotAllowed):
        inventory(CARANA, "hom")
    told = inventory(CARANA)
    assert "104_training_deck.txt: deck, 0 activities" in told and "repetitions found" in told
    assert "0 added, 0 changed" in inventory(CARANA)
    (tmp_path / "a.txt").write_text("Search\nA register of focal points was set up.")
    (tmp_path / "filters.toml").write_text('["a.txt"]\nperiod = "Jan 2026 - Jun 2026"\nentity = "DPKO"\n')
    assert "1 activities" in inventory(tmp_path)
    with acting("hom", "carana"):
        row = InventoryActivity.objects.get(text__startswith="A register of focal points was set up.", period_label="Jan 2026 - Jun 2026")
        assert row.entities[0]["as_printed"] == "DPKO"
