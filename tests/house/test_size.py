"""Files and functions within house size; nothing silenced without a reason."""

import ast
import re

import pytest

from openmara import ROOT
from tests.house.source import modules

FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common)(_|$)")


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: f"{one[0]}-{one[1].name}")
def test_files_and_functions_are_of_house_size(module: tuple[str, object, ast.Module]) -> None:
    _room, path, tree = module
    text = path.read_text()  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= 450, "a file of more than 450 lines wants a second name"
    assert not FORBIDDEN_NAMES.search(path.stem)  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{node.name} has {length} lines"
            if path.name == "views.py":  # type: ignore[attr-defined]
                assert length <= 30, f"view {node.name} has {length} lines"


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: f"{one[0]}-{one[1].name}")
def test_what_is_silenced_has_its_reason_in_the_line(module: tuple[str, object, ast.Module]) -> None:
    text = module[1].read_text()  # type: ignore[attr-defined]
    for line in text.splitlines():
        for mark in ("# type: ignore", "# noqa"):
            if mark in line and "RUF" not in line:
                assert line.split(mark, 1)[1].count("#"), line.strip()
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", line), line.strip()


def test_every_room_has_its_door_sign() -> None:
    for path in sorted((ROOT / "openmara").glob("*/__init__.py")):
        sign = ast.get_docstring(ast.parse(path.read_text()))
        assert sign and len(sign.splitlines()) <= 8, path
