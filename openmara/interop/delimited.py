"""Delimited text (CSV, TSV): encoding and delimiter declared, or recognised without guessing; a strict dialect (B-19)."""

import codecs
import csv
from io import StringIO

from django.utils.translation import gettext as _

from openmara.interop.tables import (
    MAX_COLUMNS,
    FileRefused,
    Row,
    Table,
    check_count,
    check_size,
    clean,
    headings,
    letter,
)

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "mac-roman", "cp1256")  # what people may declare
MAX_FIELD = 1_000_000


def read_delimited(content: bytes, *, encoding: str = "", delimiter: str = "", header_row: int = 1) -> Table:
    """Delimited text as a table."""
    check_size(len(content))
    text = decode(content, encoding)
    text, chosen = _excel_mark(text)
    lines = _records(text, chosen or delimiter or _delimiter(text))
    first = header_row - 1
    if len(lines) <= first:
        raise FileRefused(_("Row %(number)s holds no headings.") % {"number": header_row})
    found = headings(lines[first], header_row)
    out: list[Row] = []
    for number, cells in enumerate(lines[first + 1 :], start=header_row + 1):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[max(found.values()) + 1 :]):
            raise FileRefused(_("Row %(number)s has more cells than there are headings; check the delimiter and the quotes.") % {"number": number})
        out.append(Row(number, {name: clean(cells[position]) for name, position in found.items() if position < len(cells)}))
        check_count(len(out))
    return Table(tuple(found), out, {name: letter(position) for name, position in found.items()}, header_row)


def decode(content: bytes, encoding: str = "") -> str:
    """Text of a file. Without a declared encoding: UTF-8, or UTF-16 with its mark, and nothing else."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    name = encoding or ("utf-16" if marked else "utf-8-sig")
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise FileRefused(_("The content is not delimited text, whatever the file's name says."))
    if encoding == "utf-16" and not marked:
        raise FileRefused(_("The file should begin with the mark of UTF-16 (FF FE or FE FF). Save it as Unicode text again."))
    if encoding == "utf-8":
        name = "utf-8-sig"
    if encoding and not encoding.startswith("utf") and (marked or _is_utf8(content)):
        raise FileRefused(_("The file is in Unicode, but %(encoding)s was declared.") % {"encoding": encoding})
    try:
        text = content.decode(name)
    except UnicodeDecodeError as problem:
        raise FileRefused(
            _("Byte %(position)s cannot be read as %(encoding)s. Say which encoding the file has, or save it in UTF-8.")
            % {"position": problem.start + 1, "encoding": name.removesuffix("-sig").upper()}
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise FileRefused(_("Line %(line)s holds a NUL character. Save the file as plain text.") % {"line": line})
    return text


def _is_utf8(content: bytes) -> bool:
    """Text with letters beyond ASCII that is sound UTF-8 is UTF-8: in another encoding that would be an accident."""
    if content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _excel_mark(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;`, which it does not show as a row: (rest, delimiter)."""
    first, newline, rest = text.partition("\n")
    first = first.strip("\r")
    if newline and first.lower().startswith("sep=") and len(first) == 5:
        return rest, first[4]
    return text, ""


def _delimiter(text: str) -> str:
    """The one of four that parts the first line; two candidates are an ambiguity, not a choice."""
    line = text.split("\n", 1)[0]
    counts = {one: len(next(csv.reader([line.strip("\r")], delimiter=one), [])) for one in DELIMITERS}
    wide = [one for one, count in counts.items() if count > 1]
    if len(wide) > 1:
        raise FileRefused(_("It is not clear which sign parts the columns of row 1. Use one of comma, semicolon or tab."))
    return wide[0] if wide else ","


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    out: list[list[str]] = []
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise FileRefused(_("The sheet has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})
            out.append(cells)
            check_count(len(out) - 100)
    except csv.Error:
        raise FileRefused(_("Row %(number)s: a quote is not closed, or stands inside a cell.") % {"number": len(out) + 1}) from None
    return out
