"""`openmara vocabulary [NAME]`: print the code lists, or check them."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara import vocabulary
from openmara.vocabulary import checking, printing


class Command(BaseCommand):
    help = "Print the code lists, one of them, or check them all: a missing French label or source fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", nargs="?")
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--lang", default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            problems = checking.check()
            if problems:
                raise CommandError("\n".join(problems))
            self.stdout.write(f"{len(vocabulary.names())} lists, no problem found.")
        elif options["name"]:
            if options["name"] not in vocabulary.names():
                raise CommandError("There is no list of that name. `openmara vocabulary` names them all.")
            self.stdout.write(printing.describe(options["name"], options["lang"]))
        else:
            self.stdout.write(printing.overview(options["lang"]))
