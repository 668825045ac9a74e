"""`openmara demo`: from nothing to the running system with the Carana mission and its quarterly report."""

import argparse
import sys
import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from openmara.config import install, postgres, serving
from openmara.interop import demo
from openmara.interop.progress import Bar


class Command(BaseCommand):
    help = "Load the synthetic Carana mission, build the quarterly report, and serve."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="return when everything is built")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 21))
        parser.add_argument("--incidents", type=int, default=2200)
        parser.add_argument("--reports", type=int, default=4700)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        self.stdout.write("Preparing the database, translations and static files …")
        bar = Bar(sys.stdout, "")

        def stage(label: str) -> demo.Done:
            return lambda done, total: bar(f"{label:42}", done, total)

        serving.prepare()
        sign_ins = demo.known_sign_ins()
        if sign_ins is None:
            self._discard_unfinished()
            with install.owner_connection():
                sign_ins = demo.load(stage, options["as_of"], options["incidents"], options["reports"])
            self.stdout.write(f"Carana is loaded ({time.monotonic() - started:.0f} s). All of it is synthetic.")
        self._print(sign_ins)
        if not options["no_serve"]:
            serving.serve(serving.free_port(options["port"]), self.stdout.write)

    def _discard_unfinished(self) -> None:
        """A load that was interrupted is begun again from nothing; only ever in the embedded server, only synthetic missions."""
        with install.owner_connection():
            begun = demo.unfinished() and demo.only_synthetic()
        if not begun:
            return
        if settings.EXTERNAL_DATABASE:
            raise CommandError("An earlier load was interrupted. Empty that database, then start again.")
        self.stdout.write("An earlier load was interrupted; it is begun again from nothing.")
        connections.close_all()
        postgres.drop_database(connections["default"].settings_dict["NAME"])
        postgres.create_database(connections["default"].settings_dict["NAME"])
        serving.prepare()

    def _print(self, sign_ins: demo.SignIns) -> None:
        self.stdout.write("\nSign-ins of the demonstration (one pass phrase for all):\n")
        for name, title in sign_ins.names:
            self.stdout.write(f"  {name:14} {title}")
        self.stdout.write(f"\n  pass phrase:   {sign_ins.phrase}")
        self.stdout.write("  second step:   bin/openmara code NAME   prints the code of this half minute, for instance: bin/openmara code swpa\n")
