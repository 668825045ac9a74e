"""`openmara indicators`: the figures of the latest snapshot as a table, or the reference of all indicators."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.indicators import definitions, queries, reference
from openmara.security.context import acting


class Command(BaseCommand):
    help = "Print the figures of the latest snapshot, or with --reference the page that describes every indicator."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("indicator", nargs="?", help="an id such as IND-PROT-01; all without one")
        parser.add_argument("--mission")
        parser.add_argument("--as", dest="person", help="the person in whose name it is done")
        parser.add_argument("--basis", choices=("as_reported", "as_known"), default="as_reported")
        parser.add_argument("--lang", choices=definitions.LANGUAGES, default="en")
        parser.add_argument("--reference", action="store_true", help="print docs/reference/indicators.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reference"]:
            self.stdout.write(reference.page(), ending="")
            return
        if not options["mission"] or not options["person"]:
            raise CommandError("Say for which mission and in whose name: --mission CODE --as PERSON")
        with acting(options["person"], options["mission"]) as person:
            found = queries.dashboard(for_user=person, lang=options["lang"], basis=options["basis"])
        self.stdout.write(reference.printed(found, options["indicator"]))
