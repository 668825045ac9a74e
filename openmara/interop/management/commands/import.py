"""`openmara import FILE`: reports, areas, settlements or parties from a file; all of it or nothing."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from openmara.interop import intake, library, sources
from openmara.interop.delimited import ENCODINGS
from openmara.interop.progress import Bar
from openmara.interop.tables import FileRefused, check_size
from openmara.security.context import acting


class Command(BaseCommand):
    help = "Take in a file of reports, or load areas, settlements or parties. Nothing is stored when a cell is at fault."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, choices=[*sources.kinds(), *library.LOADERS])
        parser.add_argument("--mission", required=True)
        parser.add_argument("--as", dest="person", required=True, help="in whose name")
        parser.add_argument("--dry-run", action="store_true", help="check and store nothing")
        parser.add_argument("--organisation", default="", help="code of the organisation whose reports these are")
        parser.add_argument("--encoding", default="", choices=["", *ENCODINGS], help="of delimited text, where it is not UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        content = _content(options["file"])
        with acting(options["person"], options["mission"]) as person:
            mission = person.active_mission  # type: ignore[attr-defined]  # carried by acting
            if options["kind"] in library.LOADERS:
                self.stdout.write(library.load(by=person, mission=mission, kind=options["kind"], content=content))
                return
            named = {name: options[name] for name in ("kind", "organisation", "encoding")}
            bar = Bar(sys.stderr)
            if options["dry_run"]:
                self._tell_check(intake.check(by=person, content=content, progress=bar, **named))
            else:
                self._tell(intake.take(by=person, mission=mission, content=content, progress=bar, **named))

    def _tell_check(self, found: intake.DryRun) -> None:
        for problem in found.problems:
            self.stdout.write(str(problem))
        if found.problem_count > len(found.problems):
            self.stdout.write(f"… and {found.problem_count - len(found.problems)} more")
        self.stdout.write(
            f"{found.rows} rows, {found.problem_count} cells at fault; {found.fresh} would be added, {found.unchanged} are there already."
        )
        if found.problem_count:
            raise SystemExit(1)

    def _tell(self, done: intake.Outcome) -> None:
        if done.already_on:
            self.stdout.write(f"Already taken in on {done.already_on:%Y-%m-%d %H:%M} UTC; nothing changed.")
        else:
            self.stdout.write(f"{done.rows} rows: {done.added} added, {done.unchanged} unchanged, {done.routed} routed.")


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise FileRefused(_("There is no such file."))
    check_size(path.stat().st_size)
    return path.read_bytes()
