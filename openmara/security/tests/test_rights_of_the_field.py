"""policy.yaml against a list written by hand: a role too many or too few is seen here, whatever the database says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openmara.activities import registers
from openmara.config import postgres
from openmara.security.protect import policy, roles_of

ACTIONS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("rights.toml").read_text())
LINES = [(action, role, operation) for action, entry in ACTIONS.items() for role, said in entry.get("only", {}).items() for operation in said]
REGISTERS = {entry["register"] for entry in ACTIONS.values() if "register" in entry}
NEVER = ("admin", "provider", "gbvsc", "hom", "gender", "gfp", "joc", "audit", "priv", "pio")


def holders(operation: str) -> set[str]:
    table, verb = operation.split(".")
    return {role for right in policy()["tables"][table].get(verb, []) if right["roles"] != ["anyone"] for role in roles_of(right["roles"])}


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_is_as_the_field_has_it(action: str) -> None:
    entry = ACTIONS[action]
    more, less = entry.get("more", {}), entry.get("less", {})
    assert all(reason.strip() for reason in [*more.values(), *less.values()])
    assert set(entry["who"]) | set(more) <= set(policy()["roles"])
    allowed = (set(entry["who"]) | set(more)) - set(less)
    if "register" in entry:
        assert set(registers.find(entry["register"]).entered_by) == allowed
        return
    found: set[str] = set()
    for operation in entry["rests_on"]:
        assert holders(operation) <= allowed, (operation, holders(operation) - allowed)
        found |= holders(operation)
    assert found == allowed, (action, allowed - found)


@pytest.mark.parametrize(("action", "role", "operation"), LINES)
def test_no_right_of_such_a_role_goes_without_its_situation(action: str, role: str, operation: str) -> None:
    table, verb = operation.split(".")
    rights = [right for right in policy()["tables"][table][verb] if role in roles_of(right["roles"])]
    situations = {*ACTIONS[action]["only"][role][operation], "broke_glass"}
    assert rights and all(situations & set(right.get("where", [])) for right in rights)


def test_each_register_names_its_roles_and_the_policy_names_them_all() -> None:
    assert {one.name for one in registers.every()} == REGISTERS
    named = {role for one in registers.every() for role in one.entered_by}
    assert named == holders("activities_registerentry.insert") == holders("activities_registertext.insert")


@pytest.mark.django_db
def test_the_database_holds_what_the_registers_say() -> None:
    with postgres.superuser(connection.settings_dict["NAME"]) as server:
        found = server.execute("select register, role from sec.register_role").fetchall()
    assert set(found) == {(one.name, role) for one in registers.every() for role in one.entered_by}


# Tables of the evidence room that hold no case, or a product made for these roles: table → who may, as the field's matrix has it.
EXCEPT = {
    "evidence_forum": {"gbvsc", "gender", "hom"}, "evidence_forumpack": {"gbvsc", "gender", "hom"}, "evidence_measure": {"gbvsc", "gender", "hom"},
    "evidence_selfassessment": {"gbvsc", "gender", "hom"},  # protected aggregates and process
    "evidence_quarterchange": {"gbvsc", "gender", "gfp", "hom", "joc", "pio"},  # that a quarter's figures changed
    "evidence_view": set(NEVER),  # one's own filters, codes alone
    "evidence_flash": set(NEVER),  # cleared for its named addressees; the operations centre drafts, the head of mission clears
    "evidence_alert": {"hom", "joc"},  # no survivor detail
    "evidence_patternassessment": {"hom"}, "evidence_partyevent": {"gender", "hom"},  # of a party; its narrative lies apart
    "evidence_tombstone": {"audit", "priv"},  # what an erasure left
    "evidence_handover": {"audit", "hom", "priv"},  # what was decided; the manifest lies apart
}


@pytest.mark.parametrize("role", NEVER)
def test_who_reads_no_case_is_named_for_no_table_of_cases(role: str) -> None:
    for table, entry in policy()["tables"].items():
        if table.startswith(("evidence_", "linkage_")) and role not in EXCEPT.get(table, set()):
            for verb in ("select", "insert", "update", "delete"):
                assert all(right["roles"] != ["anyone"] for right in entry.get(verb, [])), (table, verb)
                assert role not in holders(f"{table}.{verb}"), (role, table, verb)
