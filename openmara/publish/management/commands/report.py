"""`openmara report QUARTER --mission CODE --as PERSON`: build the quarterly report; `report attack QUARTER` tries its protection."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.errors import Refusal
from openmara.publish import actions, attempts, queries, rules, sections
from openmara.security.context import acting


class Command(BaseCommand):
    help = "Build the report of a quarter as Word, PDF and HTML. `report attack QUARTER` releases each covering number in turn."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", metavar="[attack] QUARTER")
        parser.add_argument("--mission", required=True)
        parser.add_argument("--as", dest="person", required=True, help="user name of the person in whose name this is done")
        parser.add_argument("--lang", choices=sections.LANGUAGES, default="en")
        parser.add_argument("--audience", choices=tuple(rules.AUDIENCES), default=rules.DEFAULT_AUDIENCE)

    def handle(self, *args: Any, **options: Any) -> None:
        *verb, quarter = options["words"]
        if verb not in ([], ["attack"]):
            raise CommandError("Say `report QUARTER` or `report attack QUARTER`.")
        try:
            self._attack(quarter, options) if verb else self._build(quarter, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _build(self, quarter: str, options: dict[str, Any]) -> None:
        with acting(options["person"], options["mission"]) as person:
            made = actions.build_now(
                by=person, mission=person.active_mission, quarter=quarter, language=options["lang"],  # type: ignore[attr-defined]  # carried
                audience=options["audience"], progress=lambda step, percent: self.stderr.write(f"{percent:3} % {step}"),
            )  # fmt: skip
        if made.state != "done":
            raise CommandError(made.problem or made.state)
        protection = made.protection
        self.stdout.write(
            f"{protection['cells']} numbers, {protection['hidden']} withheld ({protection['primary']} small, "
            f"{protection['secondary']} covering); attacker found {protection['leaks']}."
        )
        for kind in made.files:
            self.stdout.write(str(queries.folder_of(made) / f"report.{kind}"))

    def _attack(self, quarter: str, options: dict[str, Any]) -> None:
        with acting(options["person"], options["mission"]) as person:
            caught = attempts.try_mutants(by=person, mission=person.active_mission, quarter=quarter, audience=options["audience"])  # type: ignore[attr-defined]  # carried
        self.stdout.write(f"{caught.caught} of {caught.total} mutants caught")
        if caught.caught != caught.total:
            raise CommandError("A covering number could be released without the attacker noticing.")
