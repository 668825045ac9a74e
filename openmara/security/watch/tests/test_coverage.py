"""Coverage of the log: every verb writes an entry, and every entry has words in both languages."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

from openmara import ROOT
from openmara.config import translations
from openmara.security.watch import words
from tests.house.source import ROOMS

CODE = re.compile("(" + "|".join(ROOMS) + "):[a-z_]+:[a-z_]+")
# Verbs that record nothing of their own, each with its reason.
SILENT = {
    "security.installing": "opens a way for an installation; the acts of an installation come before anybody signs in",
    "security.found_mission": "installation", "security.found_organisation": "installation", "security.enrol": "installation",
    "security.give_grant": "installation", "security.bucket": "rounds a number", "security.insert_rows": "a way of writing, called by verbs",
    "publish.check_text": "reads and answers what is wrong; the text itself is kept by write_narrative",
    "evidence.receive": "the custody line of an account coming in; taking in, which calls it, records the entry",
}  # fmt: skip


def sources() -> list[Path]:
    return [path for path in sorted((ROOT / "openmara").rglob("*.py")) if not {"tests", "migrations", "matrix"} & set(path.parts) and "bench" not in path.stem]


def events() -> set[str]:
    """Every event code that stands in the source, whoever writes the entry."""
    constants = (node for path in sources() if path.name != "words.py" for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {one.value for one in constants if isinstance(one.value, str) and CODE.fullmatch(one.value)}


def composed() -> set[str]:
    """Event codes put together from parts, as patterns."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr) and re.match(r"f['\"](security|evidence):", ast.unparse(node)):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values))
    return found


def silent_verbs(path: Path) -> list[str]:
    """Public functions of one actions.py from which no call leads to `record`, within the module or by another module's verb."""
    tree = ast.parse(path.read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = {name: {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)} for name, node in functions.items()}
    names = {name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} for name, node in functions.items()}

    def speaks(name: str, seen: frozenset[str]) -> bool:
        if any(call.split(".")[-1] == "record" or re.search(r"\bactions\.|\bevidence\.|\bsecurity\.", call) for call in calls[name]):
            return True
        return any(other not in seen and speaks(other, seen | {name}) for other in names[name] & set(functions))

    writers = [name for name, node in functions.items() if not name.startswith("_") and any(arg.arg == "by" for arg in node.args.kwonlyargs)]
    return [name for name in writers if not speaks(name, frozenset())]


def test_it_sees_a_silent_verb(tmp_path: Path) -> None:
    path = tmp_path / "actions.py"
    path.write_text("def a(*, by):\n    pass\ndef b(*, by):\n    _c()\ndef _c():\n    record('x:y:z')\n")
    assert silent_verbs(path) == ["a"]


@pytest.mark.parametrize("path", [path for path in sources() if path.name == "actions.py"], ids=lambda path: str(path.relative_to(ROOT / "openmara").parent))
def test_every_verb_writes_an_entry(path: Path) -> None:
    room = path.relative_to(ROOT / "openmara").parts[0]
    assert [name for name in silent_verbs(path) if f"{room}.{name}" not in SILENT] == []


def test_every_event_has_words_in_both_languages() -> None:
    seen = events()
    assert len(seen) > 50
    for pattern in composed():
        assert any(re.fullmatch(pattern, event) for event in words.EVENTS), pattern
    assert sorted(seen - set(words.EVENTS)) == []
    french = {entry for (_context, entry) in translations._catalogue("security")}
    with override("en"):
        assert {str(text) for text in words.EVENTS.values()} <= french


def test_every_event_is_in_a_group() -> None:
    prefixes = [prefix for _label, found in words.GROUPS.values() for prefix in found]
    assert [event for event in words.EVENTS if not any(event.startswith(prefix) for prefix in prefixes)] == []


def test_an_event_older_than_these_words_stands_as_its_code() -> None:
    assert words.words_of("old:thing:done") == "old:thing:done"
