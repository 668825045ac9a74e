from io import BytesIO
from xml.etree import ElementTree

from openpyxl import load_workbook
from pyxform.xls2xform import convert

from openmara import forms


def sheet_rows(book, name):
    header, *rows = book[name].iter_rows(values_only=True)
    return [{key: value for key, value in zip(header, row, strict=True) if value is not None} for row in rows]


def test_it_writes_a_workbook_that_opens_with_the_same_rows_and_no_formula(form):
    stream = BytesIO()
    forms.write_xlsx(form, stream)
    book = load_workbook(BytesIO(stream.getvalue()))
    assert book.sheetnames == ["survey", "choices", "settings"]
    sheets = forms.to_xlsform(form)
    for name in book.sheetnames:
        assert sheet_rows(book, name) == sheets[name]
        assert all(cell.data_type != "f" for row in book[name].iter_rows() for cell in row)


def test_it_converts_to_the_same_xform_from_text_and_from_the_workbook(form, tmp_path):
    forms.write_xlsx(form, tmp_path / "checkpoint.xlsx")
    from_workbook = convert(tmp_path / "checkpoint.xlsx", validate=False, form_name="data").xform
    assert forms.to_xform(form) == from_workbook


def test_it_states_both_languages_limits_and_the_companion_of_unknown(form):
    rows = {row.get("name"): row for row in forms.to_xlsform(form)["survey"]}
    assert rows["women"]["label::English (en)"] == "Women among them"
    assert rows["women"]["label::Français (fr)"] == "Dont femmes"
    assert rows["women"]["constraint"] == ". >= 0 and (${guards} = '' or . <= ${guards})"
    assert "supérieure ou égale à 0" in rows["women"]["constraint_message::Français (fr)"]
    assert "Plus de femmes" in rows["women"]["constraint_message::Français (fr)"]
    assert "required" not in rows["guards"]
    assert rows["guards_unknown"]["required"] == "yes"
    assert rows["guards_unknown"]["relevant"] == "${guards} = ''"


def test_it_makes_an_xform_with_the_id_the_version_and_two_languages(form):
    root = ElementTree.fromstring(forms.to_xform(form))
    instance = next(element for element in root.iter() if element.get("id") == "checkpoint")
    assert instance.get("version") == "1"
    languages = [element.get("lang") for element in root.iter() if element.tag.endswith("translation")]
    assert languages == ["English (en)", "Français (fr)"]
