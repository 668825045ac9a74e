"""`openmara lock-down`: close a mission at once, or open it again, in the names of two people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from openmara.errors import NotNow
from openmara.security.context import acting
from openmara.security.models import LockDown
from openmara.security.watch import actions, queries, rules


class Command(BaseCommand):
    help = "Close a mission at once (two rights officers); with --lift, open it again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mission", help="code of the mission")
        parser.add_argument("--as", dest="first", required=True, metavar="A", help="who asks (sign-in name)")
        parser.add_argument("--and", dest="second", required=True, metavar="B", help="who confirms (sign-in name)")
        parser.add_argument("--reason", choices=sorted(rules.LOCK_REASONS), default="other")
        parser.add_argument("--lift", action="store_true", help="open the mission again")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(options["first"], options["mission"]) as person:
            standing = queries.lock_down(for_user=person)
            if options["lift"]:
                actions.ask_lift(by=person, lock=_needed(standing))
            elif standing is None or standing.asked_by_id != person.id:
                actions.ask_lock_down(by=person, reason_code=options["reason"])
        with acting(options["second"], options["mission"]) as person:
            step = actions.lift if options["lift"] else actions.confirm_lock_down
            step(by=person, lock=_needed(queries.lock_down(for_user=person)))
        self.stdout.write("The mission is open again." if options["lift"] else "The mission is closed; every session has ended.")


def _needed(lock: LockDown | None) -> LockDown:
    if lock is None:
        raise NotNow("The mission is not closed.")
    return lock
