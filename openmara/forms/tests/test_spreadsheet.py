from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from openmara import forms

COLUMNS = ("kind", "area", "seen_on", "guards", "women", "hours", "kinds_before", "remarks")


def written(form, rows=()):
    stream = BytesIO()
    forms.write_template(form, stream, rows)
    return load_workbook(BytesIO(stream.getvalue()))


def test_it_never_writes_a_formula(form):
    book = written(form, [{"remarks": '=HYPERLINK("http://x")', "area": "+CR01"}])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert book["entries"]["H2"].value == '=HYPERLINK("http://x")'


def test_it_has_one_column_for_each_question_a_person_answers(form):
    assert forms.template_columns(form) == COLUMNS
    assert tuple(cell.value for cell in written(form)["entries"][1]) == COLUMNS


def test_it_explains_every_column_and_every_code_in_both_languages(form):
    rows = list(written(form)["guide"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows if row[3]] == list(COLUMNS)
    assert ("kind", "fixed", "Fixed", "Fixe") in {(row[0], *row[5:]) for row in rows}
    assert ("guards", "unknown", "Not known", "Inconnu") in {(row[0], *row[5:]) for row in rows}
    assert "Dont femmes" in {row[2] for row in rows}


def test_it_writes_rows_that_are_accepted_when_read_again(form, good):
    first = forms.check(
        form, good | {"kinds_before": ["fixed", "mobile"], "women": 0}, today=date(2026, 9, 30)
    )
    sheet = written(form, [first.values])["entries"]
    again = dict(zip(COLUMNS, (cell.value for cell in sheet[2]), strict=True))
    assert forms.check(form, again, today=date(2026, 9, 30)) == first
