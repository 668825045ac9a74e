"""What every outside table becomes: rows of cells that know their name, so that a message can say `C12`.

Values are plain (text, number, date, list); what cannot be read safely is an `Unreadable`, refused at its cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from openmara.errors import NotValid

MAX_BYTES = 200_000_000
MAX_RECORDS = 50_000
MAX_COLUMNS = 500
MAX_CELL = 32_767  # what a spreadsheet cell holds


class FileRefused(NotValid):
    """The file as a whole cannot be read; the message names the property of the file and what to do."""

    code = "file_refused"


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds something other than a value."""

    message: str


@dataclass(frozen=True)
class Row:
    """One record; `number` is the row as the spreadsheet counts it, or the place in a list, from 1."""

    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True)
class Table:
    """Rows under their headings. `letters` is empty where a format has no cells (a list of objects)."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    letters: Mapping[str, str] = field(default_factory=dict)
    header: int = 0

    def cell(self, column: str, number: int) -> str:
        """The name of a cell as people find it."""
        if column in self.letters:
            return f"{self.letters[column]}{number}"
        return _("record %(number)s") % {"number": number} + (f", {column}" if column else "")


def letter(index: int) -> str:
    """A, B … Z, AA of a column counted from 0."""
    out = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        out = chr(65 + rest) + out
    return out


def check_size(size: int) -> None:
    """Before anything is opened."""
    if size >= MAX_BYTES:
        raise FileRefused(_("The file is %(size)s MB large; less than 200 MB are read. Split it.") % {"size": size // 1_000_000})
    if not size:
        raise FileRefused(_("The file is empty."))


def headings(cells: Sequence[object], number: int) -> dict[str, int]:
    """Heading to position; each heading once, as text."""
    found: dict[str, int] = {}
    for position, value in enumerate(cells):
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise FileRefused(_("Cell %(cell)s: a heading must be text.") % {"cell": f"{letter(position)}{number}"})
        name = " ".join(value.split())
        if name in found:
            raise FileRefused(
                _("Cell %(cell)s: this heading stands in %(other)s already.")
                % {"cell": f"{letter(position)}{number}", "other": f"{letter(found[name])}{number}"}
            )
        found[name] = position
    if not found:
        raise FileRefused(_("Row %(number)s holds no headings.") % {"number": number})
    return found


def text_problem(text: str) -> str | None:
    """Why a text cannot be kept, or None: no NUL, no half characters, not longer than a cell."""
    if len(text) > MAX_CELL:
        return _("Longer than %(limit)s characters.") % {"limit": MAX_CELL}
    if text.isascii() and text.isprintable():
        return None
    if "\x00" in text:
        return _("Contains a NUL character; type the text again.")
    if any(0xD800 <= ord(one) <= 0xDFFF or ord(one) & 0xFFFE == 0xFFFE for one in text):
        return _("Contains a character that is not a character; type the text again.")
    return None


def clean(value: object) -> object:
    """Text that cannot be kept becomes unreadable; all else stays."""
    if isinstance(value, str):
        problem = text_problem(value)
        return Unreadable(problem) if problem else value
    if isinstance(value, list):
        return next((one for one in map(clean, value) if isinstance(one, Unreadable)), value)
    return value


def check_count(count: int) -> None:
    if count > MAX_RECORDS:
        raise FileRefused(_("More than %(limit)s rows. Split the file.") % {"limit": MAX_RECORDS})
