"""A mission begins with two officers: one alone could let in anybody."""

import io

import pytest
from django.core.management import CommandError, call_command

from openmara.config import serving
from openmara.security.context import acting
from openmara.security.people import queries

pytestmark = pytest.mark.usefixtures("committed")
NAMES = {"name_en": "New", "name_fr": "Nouvelle"}


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "prepare", lambda: None)
    monkeypatch.setenv("OPENMARA_PASSWORD", "seven brown kettles under rain")
    monkeypatch.setenv("OPENMARA_SECOND_PASSWORD", "nine green ladders over snow")


def test_it_refuses_one_person_for_both_and_a_weak_pass_phrase(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="Two different people"):
        call_command("mission", "new", person="a", second="a", **NAMES)
    monkeypatch.setenv("OPENMARA_SECOND_PASSWORD", "short")
    with pytest.raises(CommandError, match="b: "):
        call_command("mission", "new", person="a", second="b", **NAMES)


def test_the_two_officers_can_let_in_everybody_else() -> None:
    call_command("mission", "new", person="a", second="b", stdout=(out := io.StringIO()), **NAMES)
    assert "one invites, the other confirms" in out.getvalue()
    with acting("a", "new") as person:
        rows = queries.people(for_user=person).rows
        assert [(one.person.code, one.roles, one.clearance) for one in rows] == [("a", ["swpa"], 4), ("b", ["priv"], 2)]
