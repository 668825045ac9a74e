"""`openmara bench NAME`: figures of this machine, one JSON object on the last line."""

import argparse
import importlib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

BENCHES = {
    "evidence": "openmara.config.bench_evidence",
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
        parser.add_argument("--only", default="", metavar="PART[,PART]", help="parts of `security`, which then run alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only"] and options["name"] != "security":
            raise CommandError("--only names parts of `security`")
        for name in BENCHES if options["name"] == "all" else [options["name"]]:
            chosen = {"only": options["only"]} if options["only"] else {}
            figures = importlib.import_module(BENCHES[name]).measure(options["size"], **chosen)
            if not options["json"]:
                for key, value in figures.items():
                    self.stdout.write(f"{key:24} {value}")
            self.stdout.write(json.dumps(figures))
