"""The project's own source, as the house tests read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from openmara import ROOT

ROOMS = (
    "vocabulary", "forms", "engine", "charts", "carana", "disclosure", "ledger", "security", "places", "parties", "evidence", "linkage", "activities",
    "indicators", "publish", "interop", "web",
)  # fmt: skip


def modules(*, tests: bool = False) -> Iterator[tuple[str, Path, ast.Module]]:
    """(room, path, syntax tree) of every module; wiring is the room `config`, single files are named by their stem."""
    for path in sorted((ROOT / "openmara").rglob("*.py")):
        parts = path.relative_to(ROOT / "openmara").parts
        if "migrations" in parts or (not tests and "tests" in parts):
            continue
        room = parts[0] if len(parts) > 1 else Path(parts[0]).stem
        yield room, path, ast.parse(path.read_text())


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(module, line) of each import, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno
