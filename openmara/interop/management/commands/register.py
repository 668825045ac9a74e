"""`openmara register`: import a spreadsheet into a register, or write the register's empty spreadsheet."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from openmara import forms
from openmara.activities import actions, queries, registers, rules
from openmara.interop.delimited import read_delimited
from openmara.interop.tables import FileRefused, Table, Unreadable, check_size
from openmara.interop.xlsx import read_xlsx
from openmara.security.context import acting

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Import entries of a register from a spreadsheet, or write its empty spreadsheet."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        bring = verbs.add_parser("import", help="all entries of a file, or none")
        bring.add_argument("--mission", required=True)
        bring.add_argument("--as", dest="person", required=True, help="in whose name")
        bring.add_argument("--dry-run", action="store_true", help="say what would happen and record nothing")
        empty = verbs.add_parser("template", help="the empty spreadsheet, with a guide to its columns")
        for one in (bring, empty):
            one.add_argument("register", help=", ".join(registers.names()))
            one.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "template":
            found = queries.register(name=options["register"])
            forms.write_template(registers.sheet_form(found), options["file"])
            self.stdout.write(f"{options['file']}: {len(registers.columns(found))} columns, no entries.")
            return
        with acting(options["person"], options["mission"]) as person:
            table = _read(options["file"])
            found = queries.register(name=options["register"])
            try:
                _check_headings(found, table)
                done = actions.record_entries(
                    by=person, mission=person.active_mission, register=found.name,  # type: ignore[attr-defined]  # carried by acting
                    rows=[row.cells for row in table.rows], dry_run=options["dry_run"],
                )  # fmt: skip
            except rules.EntriesRefused as refused:
                _name_cells(table, refused)
                raise
        self._tell(done, options["dry_run"])

    def _tell(self, done: actions.Recorded, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(f"{len(done.added)} {would}added, {len(done.changed)} {would}corrected, {done.unchanged} unchanged")
        for one in done.changed[:MOST_SHOWN]:
            self.stdout.write(f"  {one.entry_key}: {', '.join(one.columns)}")


def _read(path: Path) -> Table:
    """A table by the file's ending; the content is checked by its reader."""
    if not path.is_file():
        raise FileRefused(_("There is no such file."))
    check_size(path.stat().st_size)
    content = path.read_bytes()
    if path.suffix.casefold() == ".xlsx":
        return read_xlsx(content)
    if path.suffix.casefold() == ".csv":
        return read_delimited(content)
    raise FileRefused(_("Registers are imported from .csv or .xlsx."))


def _check_headings(found: registers.Register, table: Table) -> None:
    problems = rules.check_columns(found, table.columns)
    if problems:
        raise rules.EntriesRefused(problems)


def _name_cells(table: Table, refused: rules.EntriesRefused) -> None:
    """Every wrong cell by its name in the file; the answers themselves are never repeated."""
    for one in refused.cells[:MOST_SHOWN]:
        row = table.rows[one.row - 1] if one.row else None
        value = row.cells.get(one.column) if row else None
        words = value.message if isinstance(value, Unreadable) else one.text
        place = table.cell(one.column, row.number if row else table.header)
        sys.stderr.write(f"{place} ({one.column}): {words}\n")
    if len(refused.cells) > MOST_SHOWN:
        sys.stderr.write(f"… and {len(refused.cells) - MOST_SHOWN} more\n")
