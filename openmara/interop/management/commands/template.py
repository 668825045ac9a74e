"""`openmara template FILE.xlsx`: the spreadsheet template of incident reports."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from openmara.evidence.accounts import COLUMNS
from openmara.interop.incident_sheet import write_template


class Command(BaseCommand):
    help = "Write the spreadsheet template of incident reports, with guide and codes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with options["file"].open("wb") as stream:
            write_template(stream)
        self.stdout.write(f"{options['file']}: {len(COLUMNS)} columns, a guide, the codes, and one synthetic example.")
