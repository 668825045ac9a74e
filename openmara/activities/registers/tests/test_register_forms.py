"""Each register is a sound form, refuses bad entries, and becomes the XForm that field devices use."""

import shutil
import subprocess
import tomllib
import warnings
from datetime import date
from pathlib import Path

import pytest
from pyxform.validators import odk_validate
from pyxform.xls2xform import convert

from openmara import forms, vocabulary

REGISTERS = Path(__file__).resolve().parent.parent
NAMES = ("patrol", "ssr_institution", "training")
TODAY = date(2026, 10, 15)
IRRELEVANT = "does not apply"


def checked(register, changes, lang="en", row=0):
    return forms.check(register.form, register.rows()[row] | changes, lang, today=TODAY)


@pytest.mark.parametrize(
    ("name", "row", "question", "answer", "en", "fr"),
    [
        ("patrol", 0, "force", "army", "Choose one of", "Choisissez"),
        ("patrol", 0, "purpose", "market;tourism", "Choose only among", "uniquement parmi"),
        ("patrol", 0, "start_date", "2026-13-01", "YYYY-MM-DD", "AAAA-MM-JJ"),
        ("patrol", 0, "start_date", "2099-01-01", "future", "futur"),
        ("patrol", 0, "end_date", "2024-01-01", "before the start", "antérieure au début"),
        ("patrol", 0, "adm1", "Leppko", "two digits", "deux chiffres"),
        ("patrol", 0, "adm2", "CR0199", "code of the province", "code de la province"),
        ("patrol", 0, "team_size", "0", "between 1 and 1000", "entre 1 et 1000"),
        ("patrol", 0, "team_size", "ten", "whole number", "nombre entier"),
        ("patrol", 0, "women_in_team", "900", "more women than members", "plus de femmes que de membres"),
        ("patrol", 0, "women_in_team", "-1", "between 0 and 1000", "entre 0 et 1000"),
        ("patrol", 0, "women_in_team", "", "needed", "obligatoire"),
        ("patrol", 0, "gender_briefed", "", "needed", "obligatoire"),
        ("patrol", 0, "hours", "2,5", "point before the decimals", "point devant les décimales"),
        ("training", 0, "entry_kind", "", "needed", "obligatoire"),
        ("training", 0, "course", "cooking", "Choose one of", "Choisissez"),
        ("training", 0, "women_trained", "", "needed", "obligatoire"),
        ("training", 0, "men_first_time", "4999", "exceed the men trained", "dépasser le nombre d’hommes"),
        ("training", 0, "post_test_mean", "101", "between 0 and 100", "entre 0 et 100"),
        ("training", 0, "women_on_strength", "10", IRRELEVANT, "sans objet"),
        ("ssr_institution", 0, "institution", "XYZ", "Choose one of", "Choisissez"),
        (
            "ssr_institution",
            0,
            "quarter_end",
            "2026-08-31",
            "last day of a quarter",
            "dernier jour d’un trimestre",
        ),
        ("ssr_institution", 0, "quarter_end", "2026-12-31", "that has ended", "échu"),
        ("ssr_institution", 0, "men_senior", "-5", "between 0 and 500000", "entre 0 et 500000"),
        ("ssr_institution", 0, "women_officer", "1.5", "whole number", "nombre entier"),
        ("ssr_institution", 0, "gender_strategy_status", "", "needed", "obligatoire"),
    ],
)
def test_it_refuses_a_wrong_answer_with_a_message_in_both_languages(
    register_named, name, row, question, answer, en, fr
):
    register = register_named(name)
    english = checked(register, {question: answer}, "en", row).errors
    french = checked(register, {question: answer}, "fr", row).errors
    assert set(english) == set(french) == {question}
    assert en in english[question][0]
    assert fr in french[question][0]


def test_it_refuses_strength_without_numbers_and_numbers_of_a_session_in_it(register_named):
    training = register_named("training")
    entry = {"entry_kind": "strength", "component": "police", "entry_date": "2026-09-30", "hours": "3"}
    errors = forms.check(training.form, entry, today=TODAY).errors
    assert set(errors) == {"hours", "women_on_strength", "men_on_strength"}
    assert IRRELEVANT in errors["hours"][0]


def test_it_refuses_an_agreed_share_where_none_is_agreed(register_named):
    register = register_named("ssr_institution")
    errors = checked(register, {"quota_agreed": "no", "quota_percent": "30"}).errors
    assert set(errors) == {"quota_percent"}


def test_it_refuses_consulted_women_without_consultation(register_named):
    register = register_named("patrol")
    assert set(checked(register, {"women_consulted": "no", "women_consulted_count": "3"}).errors) == {
        "women_consulted_count"
    }


def test_it_computes_what_a_patrol_meets_and_ignores_what_was_sent(register_named):
    patrol = register_named("patrol")
    only_one = {"women_in_team": "1", "women_consulted": "no", "women_consulted_count": ""} | {
        "route_on_gendered_risk": "unknown",
        "gender_briefed": "no",
        "gender_responsive": "yes",
    }
    assert checked(patrol, only_one).values["gender_responsive"] == "no"
    assert checked(patrol, only_one | {"gender_briefed": "yes"}).values["gender_responsive"] == "yes"
    unknown = checked(patrol, only_one | {"women_in_team": "unknown"})
    assert (unknown.values["women_in_team"], unknown.values["criteria_met"]) == (forms.UNKNOWN, 0)


def test_it_leaves_a_total_blank_when_one_of_its_parts_is_unknown(register_named):
    ssr = register_named("ssr_institution")
    assert checked(ssr, {}).values["women_total"] is not None
    assert checked(ssr, {"women_officer": forms.UNKNOWN}).values["women_total"] is None


def test_its_example_is_accepted_whole_and_has_the_columns_of_the_template(register):
    rows = register.rows()
    assert 6 <= len(rows) <= 10
    assert tuple(rows[0]) == forms.template_columns(register.form)
    for row in rows:
        assert forms.check(register.form, row, today=TODAY).errors == {}


def test_its_definition_names_questions_components_and_columns_that_exist(register):
    definition, by_name = register.definition, register.form.by_name
    assert by_name[definition["date"]].type is forms.QuestionType.DATE
    for area in ("adm1", "adm2"):
        assert area not in definition or definition[area] in by_name
    assert set(definition["components"]) <= set(vocabulary.codes("component"))
    assert definition["indicators"]
    for text in ("title", "purpose", "entry"):
        assert definition[text]["en"] and definition[text]["fr"]
    assert register.form.id == register.folder.name


def test_every_free_text_is_marked_sensitive(register):
    texts = [q for q in register.form.answered if q.type is forms.QuestionType.TEXT]
    assert {q.name for q in texts if q.sensitive} == {q.name for q in texts} - {"adm1", "adm2"}


def test_its_workbook_opened_again_converts_to_the_same_xform(register, tmp_path):
    book = tmp_path / "form.xlsx"
    forms.write_xlsx(register.form, book)
    assert convert(book, validate=False, form_name="data").xform == forms.to_xform(register.form)


def test_odk_validate_accepts_the_registers_and_refuses_a_broken_form(tmp_path):
    if shutil.which("java") is None:
        warnings.warn("not run: ODK Validate, there is no java on this machine", stacklevel=1)
        return
    broken = forms.to_xform(forms.read(REGISTERS / "patrol")).replace('relevant="', 'relevant="( ')
    assert _validate(broken, tmp_path / "broken.xml") != 0
    for name in NAMES:
        assert _validate(forms.to_xform(forms.read(REGISTERS / name)), tmp_path / f"{name}.xml") == 0


def _validate(xform: str, file: Path) -> int:
    file.write_text(xform, encoding="utf-8")
    command = ["java", "-Djava.awt.headless=true", "-jar", odk_validate.ODK_VALIDATE_PATH, str(file)]
    return subprocess.run(command, capture_output=True, timeout=100, check=False).returncode


def test_every_folder_with_a_form_is_tested_here():
    folders = {file.parent.name for file in REGISTERS.glob("*/form.toml")}
    assert folders == set(NAMES)
    for name in folders:
        assert tomllib.loads((REGISTERS / name / "definition.toml").read_text(encoding="utf-8"))


def test_only_the_questions_that_always_apply_may_be_insisted_on_by_the_browser(register_named):
    fields = {field.name: field for field in forms.page_fields(register_named("training").form, "fr", {})}
    assert {name for name, field in fields.items() if field.always_required} == {
        "entry_kind",
        "component",
        "entry_date",
    }
    assert fields["course"].required
    assert fields["course"].group_hint.startswith("Seulement pour une séance")
