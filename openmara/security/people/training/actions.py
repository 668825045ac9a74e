"""Writes about modules: who completed which, and until when it holds."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotAllowed, NotValid
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Module, Person
from openmara.security.permissions import check_can

MOST_DAYS = 366


def enter_module(*, by: Person, mission: Mission, person: Person, code: str, completed_on: date | None, valid_until: date | None) -> Module:
    """A module holds for a year at most, and nobody enters their own."""
    check_can("security_module", "insert", _("Modules are entered by the senior adviser and the administrator."))
    if person.id == by.id:
        raise NotAllowed(_("Nobody enters modules of their own. Ask the administrator or the senior adviser."))
    problems: dict[str, str] = {}
    if code not in vocabulary.codes("training_module"):
        problems["code"] = _("Choose from the list.")
    if completed_on is None or completed_on > clock.today():
        problems["completed_on"] = _("Write the day on which it was completed; it does not lie in the future.")
    elif valid_until is None or not 0 < (valid_until - completed_on).days <= MOST_DAYS:
        problems["valid_until"] = _("Write its last day: after it was completed, and a year after at most.")
    if problems or completed_on is None or valid_until is None:
        raise NotValid(problems=problems)
    row = Module(
        mission=mission, person=person, code=code, completed_on=completed_on, valid_until=valid_until, recorded_by=by, recorded_at=clock.now()
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        record("security:module:enter", objects=[person.id])
    return row


def give_modules(*, person: Person, mission: Mission, completed_on: date, valid_until: date) -> None:
    """All modules at once. Called inside `installing()` only: demonstrations and tests."""
    for code in vocabulary.codes("training_module"):
        Module(
            mission=mission, person=person, code=code, completed_on=completed_on, valid_until=valid_until, recorded_at=clock.now()
        ).save(using="owner", force_insert=True)  # fmt: skip
