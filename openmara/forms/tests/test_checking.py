from datetime import date, datetime
from decimal import Decimal

import pytest

from openmara import forms

TODAY = date(2026, 9, 30)


def checked(form, submission, lang="en"):
    return forms.check(form, submission, lang, today=TODAY)


@pytest.mark.parametrize(
    ("name", "answer", "en", "fr"),
    [
        ("kind", "flying", "Choose one of: fixed, mobile, unknown.", "Choisissez l’une des valeurs"),
        ("kind", None, "An answer is needed.", "Une réponse est obligatoire."),
        ("kind", "  ", "An answer is needed.", "Une réponse est obligatoire."),
        ("kinds_before", "fixed;flying", "Choose only among", "Choisissez uniquement parmi"),
        ("kinds_before", ["fixed", "unknown"], "cannot be given together", "ne peut pas être donné avec"),
        ("area", "Corma", "Write CR and two digits.", "Indiquez CR et deux chiffres."),
        ("area", "CR01\n\nCR02", "Write CR and two digits.", "Indiquez CR et deux chiffres."),
        (
            "seen_on",
            "01/08/2026",
            "Write a date as YYYY-MM-DD.",
            "Indiquez une date sous la forme AAAA-MM-JJ.",
        ),
        ("seen_on", "2026-02-30", "Write a date", "Indiquez une date"),
        ("seen_on", "2099-01-01", "Not in the future.", "Pas dans le futur."),
        ("seen_on", datetime(2026, 8, 1, 14, 30), "Write a date", "Indiquez une date"),
        ("guards", "four", "Write a whole number in digits, or “unknown”.", "Indiquez un nombre entier"),
        ("guards", 4.5, "Write a whole number", "Indiquez un nombre entier"),
        ("guards", True, "Write a whole number", "Indiquez un nombre entier"),
        ("guards", "٤", "Write a whole number", "Indiquez un nombre entier"),
        ("guards", 10**12, "Write a whole number", "Indiquez un nombre entier"),
        ("guards", -1, "Must be between 0 and 50.", "comprise entre 0 et 50."),
        ("guards", 51, "Must be between 0 and 50.", "comprise entre 0 et 50."),
        ("guards", "", "An answer is needed.", "Une réponse est obligatoire."),
        ("women", 5, "More women than guards.", "Plus de femmes que de gardes."),
        ("women", "unknown", "Write a whole number in digits.", "Indiquez un nombre entier, en chiffres."),
        ("women", -1, "Must be 0 or more.", "supérieure ou égale à 0."),
        ("hours", "2.5", "does not apply", "sans objet"),
        ("remarks", "a\x00b", "Write text without control characters", "Saisissez un texte sans caractères"),
        ("remarks", "x" * 5001, "at most 5000 characters", "5000 caractères au plus"),
        ("care", "an answer to a note", "has no such question", "ne comporte pas cette question"),
        ("place", "an answer to a group", "has no such question", "ne comporte pas cette question"),
        ("name_of_person", "x", "has no such question", "ne comporte pas cette question"),
    ],
)
def test_it_refuses_a_wrong_answer_in_both_languages_and_stores_none(form, good, name, answer, en, fr):
    good[name] = answer
    english, french = checked(form, good), checked(form, good, "fr")
    assert set(english.errors) == set(french.errors) == {name}
    assert en in english.errors[name][0]
    assert fr in french.errors[name][0]
    assert english.values.get(name) is None
    assert not english.is_accepted


def test_it_never_repeats_the_answer_in_a_refusal(form, good):
    good |= {"kind": "secretword", "guards": "secretword", "area": "secretword", "seen_on": "secretword"}
    errors = checked(form, good).errors
    assert set(errors) == {"kind", "guards", "area", "seen_on"}
    assert "secretword" not in str(errors)


def test_it_refuses_a_number_that_stands_beside_a_ticked_unknown(form, good):
    assert set(checked(form, good | {"guards_unknown": "unknown"}).errors) == {"guards"}


def test_it_judges_by_type_only_what_rests_on_a_refused_answer(form, good):
    found = checked(form, good | {"kind": "flying", "hours": "2.5"})
    assert set(found.errors) == {"kind"}
    assert found.values["share"] is None


def test_it_keeps_blank_zero_and_unknown_apart(form, good):
    blank = checked(form, good | {"women": ""})
    zero = checked(form, good | {"women": "0"})
    unknown = checked(form, good | {"guards": "unknown", "women": 3})
    assert blank.values["women"] is None and "women" not in blank.as_json()
    assert zero.values["women"] == 0 and zero.as_json()["women"] == 0
    assert unknown.values["guards"] == forms.UNKNOWN and unknown.as_json()["guards"] == "unknown"
    assert blank.is_accepted and zero.is_accepted and unknown.is_accepted


def test_it_takes_the_companion_of_a_number_as_unknown(form, good):
    del good["guards"]
    assert checked(form, good | {"guards_unknown": "unknown"}).values["guards"] == forms.UNKNOWN


def test_it_cleans_what_spreadsheets_pages_and_odk_send(form, good):
    good |= {"kind": ["mobile"], "guards": 4.0, "women": "2 ", "hours": 1.5, "seen_on": datetime(2026, 8, 1)}
    from_odk = checked(form, good | {"kinds_before": "mobile fixed"})
    from_sheet = checked(form, good | {"kinds_before": "mobile; fixed;"})
    assert from_odk.errors == {}
    assert from_odk.values == from_sheet.values
    assert from_odk.values["kinds_before"] == ("fixed", "mobile")
    assert from_odk.values["hours"] == Decimal("1.5")
    assert from_odk.values["seen_on"] == date(2026, 8, 1)
    assert from_odk.as_json()["seen_on"] == "2026-08-01"
    assert checked(form, good | {"hours": 0.1 + 0.7}).values["hours"] == Decimal("0.8")
    assert checked(form, good | {"guards": 50.0, "women": 20}).values["guards"] == 50


def test_it_computes_calculations_itself_whatever_was_sent(form, good):
    assert checked(form, good | {"women": 1, "share": "99"}).values["share"] == 25
    assert checked(form, good | {"women": 1, "guards": 3}).values["share"] == Decimal("33.333333333")
    assert checked(form, good | {"share": "99"}).values["share"] is None
    assert checked(form, good | {"women": 0, "guards": 0}).values["share"] is None


def test_it_reads_its_own_clean_values_again(form, good):
    first = checked(form, good | {"women": 1, "kinds_before": ["fixed"]})
    assert checked(form, first.values).values == first.values
    assert checked(form, first.as_json()).values == first.values
