from dataclasses import replace
from datetime import date

import pytest

from openmara import forms, vocabulary

CONSTRAINT = "${guards} = '' or . <= ${guards}"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("pulldata('areas', 'name', 'code', .) = 'x'", "pulldata(), which is not supported"),
        ("system-property('x') = 'y'", "system-property(), which is not supported"),
        ("__import__('os')", "__import__(), which is not supported"),
        ("/data/guards = 1", "'/data/guards"),
        ("count(${guards}) > 1", "count(), which is not supported"),
        (". <= ", "'the end' where a value is needed"),
        ("(. > 1", "needs ')'"),
        ("not(. > 1, 2)", "with 2 arguments instead of 1"),
        (". > 1 2", "cannot be read from '2'"),
        ("regex(., '(a+)+b')", "repeated group"),
        ("regex(., '[')", "pattern that cannot be read"),
        ("regex(., ${guards})", "pattern that is not written out"),
        ("date('2026-02-30') > .", "date() with something other"),
        ("selected('a b', 'a')", "selected() on something that is not a question"),
        ("guards > 1", "neither a function nor an operator"),
        ("${nobody} = 1", "looks at nobody, which is not a question above it"),
        ("${remarks} = ''", "looks at remarks, which is not a question above it"),
        ("${place} = ''", "looks at place, which has no answer"),
        ("${kind} = 'fixxed'", "compares kind with 'fixxed'"),
        ("selected(${kind}, 'tank')", "compares kind with 'tank'"),
        ("(" * 900 + "1" + ")" * 900, "nested too deeply"),
        ("1 + " * 900 + "1", "longer than"),
    ],
)
def test_it_refuses_an_expression_it_cannot_evaluate_and_names_the_question(read_text, expression, reason):
    with pytest.raises(forms.FormRefused) as refusal:
        read_text(CONSTRAINT, expression)
    assert set(refusal.value.problems) == {"women"}
    assert reason in refusal.value.problems["women"]
    assert "women: constraint" in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "name", "reason"),
    [
        ('fr = "Dont femmes"', 'fr = " "', "women", "no label in fr"),
        ('fr = "Pas dans le futur."', 'de = "x"', "seen_on", "no constraint_message in fr"),
        ('fr = "Fixe"', 'fr = ""', "choices.kind", "choice fixed has no label"),
        ('code = "mobile"', 'code = "fixed"', "choices.kind", "states a code twice"),
        ('code = "mobile"', 'code = "on wheels"', "choices.kind", "without a code"),
        ('"integer"', '"geopoint"', "guards", "'geopoint', which is not supported"),
        ('"select_one kind"', '"select_one sort"', "kind", "uses the list sort"),
        ('name = "women"', 'name = "guards"', "guards", "has the name of another row"),
        ('name = "women"', 'name = "women_unknown"', "women_unknown", "name that is not allowed"),
        ("sensitive = true\n", "", "remarks", "is free text"),
        ("max = 50", "max = -1", "guards", "min above its max"),
        ("max = 50", "max = 2026-01-01", "guards", "max does not fit the type integer"),
        ("max = 50", "most = 50", "guards", "has most, which is not known"),
        ("unknown = true", "unknown = 'yes'", "guards", "must be true or false"),
        (
            'type = "end group"',
            'type = "note"\nname = "n"\nlabel = { en = "a", fr = "b" }',
            "place",
            "is not ended",
        ),
        ('type = "begin group"', 'type = "end group"', "place", "not begun"),
        ('calculation = "${women}', 'relevant = "${women}', "share", "calculate needs a calculation"),
        ('relevant = "${kind}', 'relevant = ". = 1 or ${kind}', "hours", "uses '.'"),
        ('version = "1"', 'version = "one"', "form", "no version of digits"),
        ('id = "checkpoint"', 'id = "Check point"', "form", "no id"),
    ],
)
def test_it_refuses_a_form_that_is_not_sound(read_text, old, new, name, reason):
    with pytest.raises(forms.FormRefused) as refusal:
        read_text(old, new)
    assert reason in refusal.value.problems[name]


def test_it_refuses_an_unknown_vocabulary(read_text):
    with pytest.raises(forms.FormRefused) as refusal:
        read_text("kind = [", 'sort = "vocabulary:no_such_list"\nkind = [')
    assert "choices.sort" in refusal.value.problems


def test_it_refuses_a_file_that_is_not_there_or_not_toml(tmp_path):
    with pytest.raises(forms.FormRefused, match="cannot be read"):
        forms.read(tmp_path)
    (tmp_path / "form.toml").write_text("[form", encoding="utf-8")
    with pytest.raises(forms.FormRefused, match="cannot be read"):
        forms.read(tmp_path / "form.toml")


def test_it_reads_settings_rows_and_choices(form):
    assert (form.id, form.version, form.title["fr"]) == (
        "checkpoint",
        "1",
        "Postes de contrôle (données fictives)",
    )
    kind = form.by_name["kind"]
    assert kind.type is forms.QuestionType.SELECT_ONE
    assert kind.codes == ("fixed", "mobile", "unknown")
    assert kind.groups == ("place",)
    assert form.by_name["guards"].may_be_unknown
    assert form.by_name["remarks"].sensitive


LIGHT = """
form = { id = "light", version = "1", title = { en = "Light", fr = "Éclairage" } }
choices = { answer = "vocabulary:yes_no_unknown" }
[[survey]]
type = "select_one answer"
name = "lit"
label = { en = "Lit", fr = "Éclairé" }
"""


def test_it_offers_no_code_that_is_no_longer_valid(tmp_path, monkeypatch):
    (tmp_path / "form.toml").write_text(LIGHT, encoding="utf-8")
    listed = vocabulary.load("yes_no_unknown")
    ended = tuple(
        replace(code, valid_to=date(2020, 1, 1)) if code.code == "no" else code for code in listed.codes
    )
    monkeypatch.setattr(vocabulary, "load", lambda name: replace(listed, codes=ended))
    assert set(forms.read(tmp_path).by_name["lit"].codes) == {"yes", "unknown"}


def test_it_fills_choices_from_the_vocabulary(tmp_path):
    (tmp_path / "form.toml").write_text(LIGHT, encoding="utf-8")
    lit = forms.read(tmp_path).by_name["lit"]
    assert set(lit.codes) == {"yes", "no", "unknown"}
    assert all(choice.label["en"] and choice.label["fr"] for choice in lit.choices)
