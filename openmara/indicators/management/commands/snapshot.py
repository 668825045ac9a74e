"""`openmara snapshot`: frames of this moment and the figures computed from them."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from openmara.indicators import actions, queries
from openmara.security.context import acting


class Command(BaseCommand):
    help = "Write the mission's frames as they are now and compute every indicator from them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--mission", required=True)
        parser.add_argument("--as", dest="person", required=True, help="the person in whose name it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(options["person"], options["mission"], isolation="repeatable read") as person:
            taken = actions.take_snapshot(by=person, mission=person.active_mission, progress=self._progress)  # type: ignore[attr-defined]  # set by acting
        with acting(options["person"], options["mission"]) as person:
            queries.draw_ahead(for_user=person)
        rows = ", ".join(f"{name} {count}" for name, count in taken.rows["frames"].items())
        self.stdout.write(f"Snapshot {taken.fingerprint[:12]} of {taken.rows['quarters'][0]} to {taken.rows['quarters'][-1]}: {rows}")

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\rComputing {done} of {total}" + ("\n" if done == total else ""))
