"""`openmara run`: bring everything up to date, then serve until stopped."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from openmara.config import serving


class Command(BaseCommand):
    help = "Start the server and its worker; stop with Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        serving.prepare()
        serving.serve(serving.free_port(options["port"]), self.stdout.write)
