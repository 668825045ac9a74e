"""`openmara bench NAME`: figures of this machine, one JSON object on the last line."""

import argparse
import importlib
import json
from typing import Any

from django.core.management.base import BaseCommand

BENCHES = {
    "import": "openmara.config.bench_import",
    "link": "openmara.linkage.bench",
    "pages": "openmara.config.bench_pages",
    "security": "openmara.config.bench_security",
    "sign-in": "openmara.config.bench_sign_in",
}


class Command(BaseCommand):
    help = "Measure: " + ", ".join(BENCHES) + ", all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", choices=[*BENCHES, "all"])
        parser.add_argument("--size", choices=["ci", "full"], default="ci")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in BENCHES if options["name"] == "all" else [options["name"]]:
            figures = importlib.import_module(BENCHES[name]).measure(options["size"])
            if not options["json"]:
                for key, value in figures.items():
                    self.stdout.write(f"{key:24} {value}")
            self.stdout.write(json.dumps(figures))
