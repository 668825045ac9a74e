"""Functions of the database name roles in words: each list there is a group of the policy file, or one role by itself."""

import re

import pytest
from django.db import connection

from openmara.config import postgres
from openmara.security.matrix import model, steps
from openmara.security.people import rules
from openmara.security.protect import policy, roles_of
from openmara.security.watch import permissions, queries

LIST = re.compile(r"(?:array\[|in \(|officer\()((?:'[a-z]+'(?:::text)?(?:, *)?)+)[\])]", re.IGNORECASE)


def lists_in(text: str) -> list[frozenset[str]]:
    """Role lists of a statement: lists of words all of which are roles."""
    found = [frozenset(re.findall(r"'([a-z]+)'", one.group(1))) for one in LIST.finditer(text)]
    return [one for one in found if one <= set(policy()["roles"])]


def groups() -> set[frozenset[str]]:
    return {frozenset(roles_of([name])) for name in policy()["groups"]}


def test_a_list_that_is_no_group_would_be_seen() -> None:
    assert lists_in("if mine && array['admin', 'hr'] or sec.officer('admin', 'hr') or x in ('reset', 'emergency')") == [{"admin", "hr"}] * 2
    assert frozenset({"admin", "hr"}) not in groups()


@pytest.mark.django_db
def test_every_role_list_of_the_databases_functions_is_a_group_of_the_policy() -> None:
    with postgres.superuser(connection.settings_dict["NAME"]) as server:
        functions = server.execute(
            "select p.proname, p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('sec', 'audit')"
        ).fetchall()
        rules_of_log = server.execute("select policyname, qual from pg_policies where schemaname = 'audit' and qual is not null").fetchall()
    found = [(name, one) for name, text in [*functions, *rules_of_log] for one in lists_in(text)]
    assert len(found) >= 18
    assert [(name, sorted(one)) for name, one in found if one not in groups() and len(one) > 1] == []


def test_the_lists_of_the_rooms_are_the_groups_too() -> None:
    said = {
        "proposers": (rules.PROPOSERS,), "confirmers": (rules.CONFIRMERS, steps.CONFIRMERS), "rights_officers": (rules.OFFICERS, steps.OFFICERS, model.LIFTERS),
        "log_readers": (permissions.LOG_READERS,), "glass_reviewers": (queries.REVIEWERS,),
    }  # fmt: skip
    for group, lists in said.items():
        assert all(set(one) == set(roles_of([group])) for one in lists), group
