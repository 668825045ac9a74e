"""Register entries answer the forms of the registers."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from openmara import forms

FORMS = Path(__file__).resolve().parents[2] / "activities" / "registers"
ENTRIES = {"patrol": 2500, "training": 500, "ssr_institution": 40}


def rows(folder, register):
    with (folder / "registers" / f"{register}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("register", ENTRIES)
def test_the_form_accepts_every_entry(register, demo):
    form = forms.read(FORMS / register / "form.toml")
    entries = rows(demo[0], register)
    assert len(entries) >= ENTRIES[register]
    for entry in entries:
        checked = forms.check(form, entry, today=date(2026, 11, 21))
        assert checked.is_accepted, (entry, checked.errors)


def test_the_recount_counts_gender_responsive_patrols_as_the_form_does(demo):
    form = forms.read(FORMS / "patrol" / "form.toml")
    for entry in rows(demo[0], "patrol"):
        answers = ("women_consulted", "route_on_gendered_risk", "gender_briefed")
        women = int(entry["women_in_team"]) if entry["women_in_team"].isdigit() else 0
        met = (women >= 1) + sum(entry[name] == "yes" for name in answers)
        by_form = forms.check(form, entry, today=date(2026, 11, 21)).values["gender_responsive"]
        assert by_form == ("yes" if met >= 2 else "no"), entry


def test_every_quarter_has_strength_and_every_institution(demo):
    strength = Counter(
        (row["entry_date"], row["component"])
        for row in rows(demo[0], "training")
        if row["entry_kind"] == "strength"
    )
    assert sum(day.endswith(("03-31", "06-30", "09-30", "12-31")) for day, _ in strength) == 24
    assert len(strength) > 24  # some counts are not the latest of their quarter
    institutions = Counter(row["quarter_end"] for row in rows(demo[0], "ssr_institution"))
    assert len(institutions) == 8 and set(institutions.values()) == {5}
