"""policy.yaml against a list written by hand: a role too many or too few is seen here, whatever the database says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from openmara.security.protect import policy, roles_of

ACTIONS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("rights.toml").read_text())
NEVER = ("admin", "provider", "gbvsc", "hom", "gender", "gfp", "joc", "audit", "priv", "pio")


def holders(operation: str) -> set[str]:
    table, verb = operation.split(".")
    return {role for right in policy()["tables"][table].get(verb, []) for role in roles_of(right["roles"])}


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_is_as_the_field_has_it(action: str) -> None:
    entry = ACTIONS[action]
    more, less = entry.get("more", {}), entry.get("less", {})
    assert all(reason.strip() for reason in [*more.values(), *less.values()])
    assert set(entry["who"]) | set(more) <= set(policy()["roles"])
    allowed = (set(entry["who"]) | set(more)) - set(less)
    found: set[str] = set()
    for operation in entry["rests_on"]:
        assert holders(operation) <= allowed, (operation, holders(operation) - allowed)
        found |= holders(operation)
    assert found == allowed, (action, allowed - found)


@pytest.mark.parametrize("role", NEVER)
def test_who_reads_no_case_is_named_for_no_table_of_cases(role: str) -> None:
    for table in policy()["tables"]:
        if table.startswith(("evidence_", "linkage_")):
            for verb in ("select", "insert", "update", "delete"):
                assert role not in holders(f"{table}.{verb}"), (role, table, verb)
