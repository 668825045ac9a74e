"""One small form in text, with a part of it replaced per test. All data are synthetic."""

from pathlib import Path

import pytest

from openmara import forms

CHECKPOINTS = """
[form]
id = "checkpoint"
version = "1"
title = { en = "Checkpoints (synthetic)", fr = "Postes de contrôle (données fictives)" }

[choices]
kind = [
  { code = "fixed", label = { en = "Fixed", fr = "Fixe" } },
  { code = "mobile", label = { en = "Mobile", fr = "Mobile" } },
  { code = "unknown", label = { en = "Not known", fr = "Inconnu" } },
]

[[survey]]
type = "begin group"
name = "place"
label = { en = "Place", fr = "Lieu" }

[[survey]]
type = "select_one kind"
name = "kind"
label = { en = "Kind", fr = "Type" }
required = true

[[survey]]
type = "text"
name = "area"
label = { en = "Area", fr = "Zone" }
hint = { en = "For example CR01", fr = "Par exemple CR01" }
constraint = "regex(., '^CR[0-9]{2}$')"
constraint_message = { en = "Write CR and two digits.", fr = "Indiquez CR et deux chiffres." }

[[survey]]
type = "end group"

[[survey]]
type = "date"
name = "seen_on"
label = { en = "Seen on", fr = "Observé le" }
required = true
constraint = ". <= today()"
constraint_message = { en = "Not in the future.", fr = "Pas dans le futur." }

[[survey]]
type = "integer"
name = "guards"
label = { en = "Guards", fr = "Gardes" }
required = true
min = 0
max = 50
unknown = true

[[survey]]
type = "integer"
name = "women"
label = { en = "Women among them", fr = "Dont femmes" }
min = 0
constraint = "${guards} = '' or . <= ${guards}"
constraint_message = { en = "More women than guards.", fr = "Plus de femmes que de gardes." }

[[survey]]
type = "decimal"
name = "hours"
label = { en = "Hours observed", fr = "Heures d’observation" }
relevant = "${kind} = 'mobile' or ${guards} > 10"
min = 0.5

[[survey]]
type = "select_multiple kind"
name = "kinds_before"
label = { en = "Kinds seen before", fr = "Types observés auparavant" }

[[survey]]
type = "calculate"
name = "share"
calculation = "${women} * 100 div ${guards}"

[[survey]]
type = "note"
name = "care"
label = { en = "Write no names.", fr = "N’inscrivez aucun nom." }

[[survey]]
type = "text"
name = "remarks"
label = { en = "Remarks", fr = "Remarques" }
sensitive = true
multiline = true
"""

GOOD = {"kind": "fixed", "area": "CR01", "seen_on": "2026-08-01", "guards": 4}


@pytest.fixture
def read_text(tmp_path: Path):
    """Read the form with the first text replaced by the second."""

    def read(old: str = "", new: str = "") -> forms.Form:
        assert not old or old in CHECKPOINTS
        file = tmp_path / "form.toml"
        file.write_text(CHECKPOINTS.replace(old, new, 1) if old else CHECKPOINTS, encoding="utf-8")
        return forms.read(tmp_path)

    return read


@pytest.fixture
def form(read_text) -> forms.Form:
    return read_text()


@pytest.fixture
def good() -> dict[str, object]:
    return dict(GOOD)
