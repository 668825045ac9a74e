"""`openmara link --mission CODE --as PERSON`: look for reports that may speak of one incident."""

import argparse
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.errors import Refusal
from openmara.linkage import actions
from openmara.linkage.scoring import TooManyPairs
from openmara.security.context import acting

WIDTH = 30


class Command(BaseCommand):
    help = "Find possible duplicate reports of a mission; people judge them afterwards."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--mission", required=True)
        parser.add_argument("--as", dest="person", required=True, help="user name of the person in whose name this is done")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        self.stderr.write("Comparing reports ...")
        try:
            with acting(options["person"], options["mission"]) as person:
                found = actions.find_candidates(by=person, mission=person.active_mission, progress=self._progress)  # type: ignore[attr-defined]  # carried by acting
        except (Refusal, TooManyPairs) as refusal:
            raise CommandError(str(refusal)) from None
        how = "learnt from the reports" if found.trained else "fixed: too few reports to learn from"
        self.stdout.write(
            f"{found.reports} reports, {found.pairs} pairs to look at ({found.added} new, {found.dropped} dropped); "
            f"weights {how}; {time.perf_counter() - started:.1f} s"
        )

    def _progress(self, done: int, total: int) -> None:
        """One line that grows, on a terminal; nothing where the output is a file."""
        if sys.stderr.isatty():
            full = WIDTH * done // max(1, total)
            self.stderr.write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} pairs kept", ending="\n" if done == total else "")
