"""What a person told leaves through the gate of consent alone: every place that touches an account's or a case's words is known here."""

import ast
from pathlib import Path

import pytest

from openmara import ROOT
from tests.house.source import modules

WORDS = frozenset({"narrative_shareable", "narrative_confidential"})
TABLES = frozenset({"IncidentText", "ReportText"})
GATE = frozenset({"may_leave", "gate", "gates", "tellable", "items_for"})
# Files whose every function may touch the words, and why none of it leaves the readers of the row itself.
INSIDE = {
    "evidence/models.py": "the tables",
    "evidence/accounts.py": "columns of what comes in",
    "evidence/rules.py": "V8 reads what comes in",
    "evidence/pages.py": "the form in which the words are typed",
    "evidence/actions.py": "taking in; an incident's text is pre-filled from its own account",
    "evidence/queries.py": "the page of the row, for whoever the row is open to",
    "evidence/intake/": "the sheet in which the words are typed",
    "evidence/triage/": "the page of the row, behind a neutral summary",
    "evidence/sea/": "the writer's own words, sealed for the writer",
    "evidence/gathering/": "splits and joins keep the case's text with the case",
    "evidence/verification/": "the note on the link to the conflict, for the verifier",
    "evidence/meetings/actions.py": "the note on the link to the conflict, for the verifier",
    "evidence/consent/actions.py": "erases them",
    "security/matrix/": "synthetic rows in a scratch database",
    "config/bench": "synthetic rows of a bench",
    "carana/": "synthetic data",
    "interop/": "files that come in; what is read here is handed to take_in",
}
# Functions that give the words out. Each asks the gate itself, or is handed what has passed it (named in the value).
OUTSIDE = {
    ("evidence/consent/queries.py", "tellable"): "",
    ("evidence/custody/queries.py", "content_of"): "custody.actions.hand_over packs it for accounts of items_for alone",
}
PAGES = {"text.html", "new.html", "triage/text.html"}


def touching(tree: ast.Module) -> list[tuple[str, set[str]]]:
    """(function, names called in it) of every function that names the words or their tables."""
    found = []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in functions:
        names = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)} | {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        names |= {one.arg for one in ast.walk(node) if isinstance(one, ast.keyword) and one.arg}
        said = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        if (names | said) & WORDS or names & TABLES or any("__narrative_" in one for one in names | said):
            found.append((node.name, names))
    return found


def ungated(place: str, tree: ast.Module) -> list[str]:
    """Functions that touch the words, are not known, and do not ask the gate."""
    if any(place.startswith(known) for known in INSIDE):
        return []
    return [name for name, names in touching(tree) if (place, name) not in OUTSIDE or not (OUTSIDE[place, name] or names & GATE)]


def test_it_sees_a_place_that_tells_without_the_gate() -> None:
    for source in ("def tell(row):\n    return row.narrative_shareable", "def tell():\n    return IncidentText.objects.values('narrative_shareable')"):
        assert ungated("publish/queries.py", ast.parse(source)) == ["tell"]
    assert ungated("evidence/consent/queries.py", ast.parse("def tellable(row):\n    return row.narrative_shareable")) == ["tellable"]
    assert ungated("publish/queries.py", ast.parse("def count(row):\n    return row.total")) == []


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: str(one[1].relative_to(ROOT)))
def test_what_was_told_leaves_through_the_gate_alone(module: tuple[str, Path, ast.Module]) -> None:
    _room, path, tree = module
    assert ungated(path.relative_to(ROOT / "openmara").as_posix(), tree) == []


def test_no_page_but_those_of_the_row_draws_the_words() -> None:
    folder = ROOT / "openmara/evidence/templates/evidence"
    drawn = {path.relative_to(folder).as_posix() for path in (ROOT / "openmara").rglob("*.html") if any(word in path.read_text() for word in WORDS)}
    assert drawn <= PAGES


def test_every_place_named_here_is_there() -> None:
    for known in INSIDE:
        assert list((ROOT / "openmara").glob(f"{known}*")), known
    for place, name in OUTSIDE:
        assert name in dict(touching(ast.parse((ROOT / "openmara" / place).read_text()))), (place, name)
    assert {"items_for"} <= dict(touching_calls(ROOT / "openmara/evidence/custody/actions.py"))["hand_over"]


def touching_calls(path: Path) -> list[tuple[str, set[str]]]:
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [(node.name, {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}) for node in functions]
