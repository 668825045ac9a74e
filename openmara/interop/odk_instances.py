"""A ZIP of submissions as ODK engines write them: one XML file each, in a folder of its own (ODK Collect, ODK Briefcase).

An element's path becomes the heading Central's CSV has for it: groups joined with a hyphen. Source: OpenRosa and ODK XForms specifications.
"""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from openmara.interop.archive import read_entry
from openmara.interop.delimited import decode
from openmara.interop.tables import MAX_COLUMNS, FileRefused, Row, Table, Unreadable, clean

MAX_INSTANCE = 1_000_000
MAX_DEPTH = 12
KEY = "meta-instanceID"
SECRET = {"base64EncryptedKey", "base64EncryptedElementSignature", "encryptedXmlFile"}
DECLARED = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def submissions(archive: zipfile.ZipFile) -> list[str]:
    """The names of the submissions, in order. Pictures, recordings and a Mac's own notes beside them are never opened."""
    names = sorted(
        name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")
    )
    if any(name.casefold().endswith(".enc") for name in names):
        raise FileRefused(encrypted())
    return [name for name in names if name.casefold().endswith(".xml")]


def read_instances(archive: zipfile.ZipFile, *, form: str, columns: Sequence[str]) -> Table:
    """One row a submission of `form`. A question that was not asked of anybody is absent in all of them, and not stated."""
    names = submissions(archive)
    rows = [_row(archive, name, number, form) for number, name in enumerate(names, start=1)]
    found = dict.fromkeys(column for row in rows for column in row.cells)
    _check_layout(found, columns)
    return Table(tuple(dict.fromkeys([*found, *columns])), rows)


def encrypted() -> str:
    """What to do about answers that only the holder of the form's key can read."""
    return _(
        "The submissions are encrypted and were not read. Decrypt them where the form's key is kept, then send the export again."
    )


def _row(archive: zipfile.ZipFile, name: str, number: int, form: str) -> Row:
    if archive.getinfo(name).file_size > MAX_INSTANCE:
        raise _refused(number, _("larger than 1 MB, as no submission is."))
    try:
        text = decode(read_entry(archive, name), "utf-8")
    except FileRefused as refused:
        raise _refused(number, str(refused)) from None
    declared = DECLARED.match(text)
    if declared and declared[1].casefold() not in ("utf-8", "utf8"):
        raise _refused(number, _("not in UTF-8, as ODK writes submissions."))
    root = _parse(text, number)
    _check_plain(root)
    if root.get("id") != form:
        raise _refused(number, _("not of the form `%(form)s`.") % {"form": form})
    cells = _cells(root)
    cells.setdefault("SubmissionDate", root.get("submissionDate") or cells.get("end"))
    if not isinstance(cells.get(KEY), str):
        raise _refused(number, _("without instanceID: it cannot be told from others. Export it again."))
    return Row(number, cells | {"KEY": cells[KEY]})


def _refused(number: int, words: str) -> FileRefused:
    return FileRefused(
        _("Submission %(number)s of the archive: %(words)s") % {"number": number, "words": words}
    )


def _parse(text: str, number: int) -> Element:
    """The tree, with no document type declared and no deeper than a form is."""
    depth = 0
    root: Element | None = None
    try:
        for event, element in iterparse(BytesIO(text.encode()), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            root = element if root is None else root
            if depth > MAX_DEPTH:
                raise _refused(number, _("nested too deeply."))
    except DefusedXmlException:
        raise _refused(number, _("it declares a document type, as ODK never does.")) from None
    except ParseError as problem:
        line, column = problem.position
        raise _refused(
            number, _("not XML: line %(line)s, column %(column)s.") % {"line": line, "column": column + 1}
        ) from None
    if root is None:
        raise _refused(number, _("it holds nothing."))
    return root


def _check_plain(root: Element) -> None:
    """An encrypted submission is an envelope that looks like a form: never taken as one."""
    marked = any(
        _local(name) == "encrypted" and value.casefold() not in ("", "no", "false")
        for name, value in root.attrib.items()
    )
    if marked or any(_local(element.tag) in SECRET for element in root.iter()):
        raise FileRefused(encrypted())


def _local(tag: Any) -> str:
    """A name without its namespace; comments and instructions have none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _cells(root: Element) -> dict[str, object]:
    """Heading to answer. A question that is there twice (a repeat) is no single value."""
    cells: dict[str, object] = {}
    waiting = [(child, _local(child.tag)) for child in reversed(root)]
    while waiting:
        element, path = waiting.pop()
        if len(element):
            waiting += [(child, f"{path}-{_local(child.tag)}") for child in reversed(element)]
            continue
        if path in cells:
            cells[path] = Unreadable(
                _("Answered more than once (a repeated group); one answer was expected.")
            )
        else:
            cells[path] = clean((element.text or "").strip()) or None
        if len(cells) > MAX_COLUMNS:
            raise FileRefused(_("The sheet has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})
    return cells


def _check_layout(found: dict[str, None], columns: Sequence[str]) -> None:
    """Questions missing beside unknown ones in the same groups: the form was changed, and answers would be lost unseen."""
    missing = [name for name in dict.fromkeys(columns) if name not in found]
    groups = {name.partition("-")[0] for name in columns if "-" in name} - {"meta"}
    unknown = [
        name for name in found if name not in columns and name.partition("-")[0] in groups and "-" in name
    ]
    if missing and unknown:
        raise FileRefused(
            _(
                "The form has changed: it has `%(unknown)s` and lacks %(columns)s. Have the mapping of this kind adapted."
            )
            % {"unknown": unknown[0][:100], "columns": ", ".join(f"`{name}`" for name in missing[:10])}
        )
