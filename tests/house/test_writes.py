"""Writes happen in actions.py alone."""

import ast
import re

import pytest

from tests.house.source import modules

WRITING = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
MANAGER = re.compile(r"\.objects\b")
SQL = re.compile(r"^\s*(insert|update|delete|truncate|merge)\s", re.IGNORECASE)
# Not records of a mission: the session store, a person's own authenticators, schema and policies, and files of ours.
ELSEWHERE = ("openmara/security/sessions.py", "openmara/security/signin.py", "openmara/security/signin_forms.py", "openmara/security/demo_sign_in.py", "openmara/security/protect.py", "openmara/config/",
             "openmara/security/matrix/")  # what the matrix writes, it undoes, or it lies in a scratch database


def writes(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = ast.unparse(node.func.value)
            name = node.func.attr
            if name in WRITING - {"save", "delete"} and MANAGER.search(target):
                found.append(f"line {node.lineno}: {name}")
            if name in ("update", "delete") and MANAGER.search(target):
                found.append(f"line {node.lineno}: {name}")
            if name == "save" and not re.search(r"(document|workbook|book|doc|image|chart|session|super\(\))$", target):
                found.append(f"line {node.lineno}: save")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            found.append(f"line {node.lineno}: SQL that writes")
    return found


def test_it_sees_a_write() -> None:
    assert writes(ast.parse("Report.objects.create(x=1)"))
    assert writes(ast.parse("Report.objects.filter(a=1).update(b=2)"))
    assert writes(ast.parse("report.save()"))
    assert writes(ast.parse("cursor.execute('delete from evidence_report')"))
    assert not writes(ast.parse("values.update({})"))


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: f"{one[0]}-{one[1].name}")
def test_nothing_writes_outside_actions(module: tuple[str, object, ast.Module]) -> None:
    _room, path, tree = module
    if str(path).endswith("/actions.py") or any(one in str(path) for one in ELSEWHERE):
        return
    assert writes(tree) == [], path
