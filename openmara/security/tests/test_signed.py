"""Nobody writes a row in another's name: columns that say who acted are held to the person of the context (V14, R5)."""

import pytest

from openmara.security.matrix.world import signs
from openmara.security.protect import CONDITIONS, policy

# Of two people the first, copied from their own row by the second, who signs.
FIRST_OF_TWO = {("evidence_tombstone", "asked_by_id")}
TABLES = [table for table, entry in policy()["tables"].items() if entry.get("insert") and signs(table)]


@pytest.mark.parametrize("table", TABLES)
def test_every_right_to_add_asks_that_the_signature_is_ones_own(table: str) -> None:
    for right in policy()["tables"][table]["insert"]:
        asked = " ".join(CONDITIONS[name] for name in right.get("where", []))
        for column in (one for one in signs(table) if (table, one) not in FIRST_OF_TWO):
            assert f"{{t}}.{column} = (select sec.person())" in asked, f"{table}.{column}: {right}"


def test_there_is_something_to_ask_about() -> None:
    assert "evidence_report" in TABLES and "evidence_decision" in TABLES
