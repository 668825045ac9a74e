"""`openmara inventory`: read pages of the UN inventory of activities from a folder."""

import argparse
import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from openmara.activities import actions, rules
from openmara.activities.inventory import LARGEST_PAGE, PageFilter, page_shape, parse_pages
from openmara.interop.tables import FileRefused
from openmara.security.context import acting

FILTERS = "filters.toml"
MOST_PAGES = 500


class Command(BaseCommand):
    help = "Read pages (*.txt) of the UN inventory of activities; filters.toml beside them says what a search page was filtered by."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--mission", required=True)
        parser.add_argument("--as", dest="person", required=True, help="in whose name")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = _pages(options["folder"])
        records = parse_pages(pages, _filters(options["folder"] / FILTERS, pages))
        with acting(options["person"], options["mission"]) as person:
            done = actions.record_inventory(by=person, mission=person.active_mission, records=records)  # type: ignore[attr-defined]  # carried
        for one in rules.count_pages(pages, records):
            shape = page_shape(pages[one.page])
            self.stdout.write(f"{one.page}: {shape}, {one.passages} activities, {one.repeated} of them on another page too, {one.parts} parts")
        whole = [record for record in records if not record.part_of]
        again = sum(len(record.occurrences) - 1 for record in whole)
        split = len({record.part_of for record in records if record.part_of})
        self.stdout.write(
            f"{len(whole)} activities, {again} repetitions found, {split} split into {len(records) - len(whole)} parts:"
            f" {len(done.added)} added, {len(done.changed)} changed, {done.unchanged} unchanged"
        )


def _pages(folder: Path) -> dict[str, str]:
    """Page name to text, by name. A page is UTF-8 text of the size of a page."""
    files = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not files:
        raise FileRefused(_("There are no pages (*.txt) in this folder."))
    if len(files) > MOST_PAGES:
        raise FileRefused(_("More than %(limit)s pages. Read them in smaller sets.") % {"limit": MOST_PAGES})
    return {path.name: _text(path) for path in files}


def _text(path: Path) -> str:
    if path.stat().st_size > 4 * LARGEST_PAGE:
        raise FileRefused(_("%(name)s: too long for a page.") % {"name": path.name})
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(_("%(name)s: not UTF-8 text.") % {"name": path.name}) from None
    if "\x00" in text:
        raise FileRefused(_("%(name)s: holds a NUL character.") % {"name": path.name})
    return text


def _filters(path: Path, pages: dict[str, str]) -> dict[str, PageFilter]:
    """What each search page was filtered by, as its reader wrote it down: ["page.txt"] period = "…", entity = "…"."""
    if not path.exists():
        return {}
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
        found = {name: PageFilter(**values) for name, values in stated.items()}
        if not all(one is None or isinstance(one, str) for each in found.values() for one in (each.period, each.entity)):
            raise TypeError
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError):
        raise FileRefused(_("%(name)s: expected a table per page with period and entity.") % {"name": FILTERS}) from None
    if strange := sorted(set(found) - set(pages)):
        raise FileRefused(_("%(name)s: there is no page %(page)s.") % {"name": FILTERS, "page": strange[0]})
    return found
