"""A room imports only rooms to its left, through the doors; plain rooms import no Django; nobody crosses the wall."""

import ast

import pytest

from tests.house.source import imported, modules

PLAIN = ("vocabulary", "forms", "engine", "errors", "charts", "carana", "disclosure", "ledger")
LEFT = {
    "errors": (), "vocabulary": (), "engine": ("errors",), "charts": (), "disclosure": ("errors",), "ledger": ("errors",), "forms": ("vocabulary", "errors"),
    "carana": ("vocabulary", "places.boundaries"),
}  # fmt: skip
STAIRS = ("security", "places", "parties", "evidence", "linkage", "activities", "indicators", "publish")
BESIDE = {("activities", "evidence"), ("activities", "linkage"), ("indicators", "linkage")}
DOORS = ("models", "rules", "actions", "queries", "frames", "permissions")
WIRING = ("config", "cli", "__main__", "__init__")


def allowed(room: str) -> set[str]:
    if room in LEFT:
        return {one.partition(".")[0] for one in LEFT[room]} | {room}
    left = set(PLAIN) | {room}
    if room in STAIRS:
        left |= set(STAIRS[: STAIRS.index(room)])
    elif room == "interop":
        left |= set(STAIRS)
    elif room == "web":
        left |= set(STAIRS)
    return left - {other for this, other in BESIDE if this == room}


def violations(room: str, tree: ast.Module) -> list[str]:
    found = []
    for name, line in imported(tree):
        parts = name.split(".")
        if parts[0] == "django" and room in PLAIN and room != "carana":
            found.append(f"line {line}: a plain room imports Django")
        if parts[0] != "openmara" or len(parts) < 2 or room in WIRING:
            continue
        target = parts[1]
        if target in ("ROOT",):
            continue
        if target not in allowed(room):
            found.append(f"line {line}: {room} imports {target}, which is not to its left")
        if room == "web" and target in STAIRS and target != "security" and parts[2:3] not in ([], ["queries"]):
            found.append(f"line {line}: web reads rooms through queries only")
        if room == "indicators" and target == "evidence" and parts[2:3] not in ([], ["frames"], ["rules"]):
            found.append(f"line {line}: indicators read frames of evidence only")
        if room == "publish" and target == "evidence" and parts[2:3] not in ([], ["queries"]):
            found.append(f"line {line}: publish reads of evidence only what is cleared")
    return found


def test_it_sees_a_wrong_import() -> None:
    assert violations("evidence", ast.parse("from openmara.publish import models"))
    assert violations("vocabulary", ast.parse("import django.db"))
    assert violations("evidence", ast.parse("def f():\n    from openmara.support.models import Service"))
    assert violations("web", ast.parse("from openmara.evidence.actions import decide"))
    assert not violations("linkage", ast.parse("from openmara.evidence.queries import incidents"))


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: str(one[1].name))
def test_every_import_looks_left(module: tuple[str, object, ast.Module]) -> None:
    room, path, tree = module
    assert violations(room, tree) == [], path
