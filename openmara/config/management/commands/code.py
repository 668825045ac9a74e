"""`openmara code NAME`: the one-time code of somebody of the demonstration, as their authenticator app would show it."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openmara.config.install import owner_connection
from openmara.interop import demo
from openmara.security.demo_sign_in import code_now

PERIOD = 30


class Command(BaseCommand):
    help = "Print the second step of a demonstration's sign-in. Refused as soon as one mission is not synthetic."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        known = demo.known_sign_ins()
        with owner_connection():
            allowed = demo.only_synthetic()
        if known is None or not allowed:
            raise CommandError("Codes are printed for a demonstration only, while every mission is synthetic.")
        secret = known.totp.get(options["name"])
        if secret is None:
            raise CommandError(f"The demonstration has nobody called {options['name']!r}: {', '.join(sorted(known.totp))}.")
        left = PERIOD - int(time.time()) % PERIOD
        self.stdout.write(f"{code_now(secret)}  ({left} s)")
