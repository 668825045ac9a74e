"""Opens a ZIP archive from outside only after its directory has been judged: nothing is inflated before (B-13, B-20)."""

import stat
import zipfile
import zlib
from io import BytesIO

from django.utils.translation import gettext as _

from openmara.interop.tables import FileRefused, check_size

MAX_ENTRIES = 2_000
MAX_TOTAL = 200_000_000
MAX_RATIO = 100
SMALL = 100_000  # below this a ratio says nothing
MAGIC = b"PK\x03\x04"


def open_archive(content: bytes, kind: str) -> zipfile.ZipFile:
    """The archive, or FileRefused. `kind` says in the message what was expected."""
    check_size(len(content))
    if not content.startswith(MAGIC):
        raise FileRefused(_not_an_archive(content, kind))
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        raise FileRefused(_("The file is damaged: its directory cannot be read. Save it again.")) from None
    _check_entries(archive.infolist())
    return archive


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member; never more than its directory says, because that is what was judged."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError, zlib.error):
        raise FileRefused(_("The file is damaged: a part of it cannot be unpacked. Save it again.")) from None


def _not_an_archive(content: bytes, kind: str) -> str:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _("The workbook is in the old format or protected by a password. Save it as XLSX without a password.")
    return _("The content is not %(kind)s, whatever the file's name says.") % {"kind": kind}


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise FileRefused(_("The archive holds more than %(limit)s parts.") % {"limit": MAX_ENTRIES})
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise FileRefused(_("Unpacked, the file would be larger than 200 MB. Split it."))
    packed = sum(entry.compress_size for entry in entries)
    worst = max((entry.file_size / max(entry.compress_size, 1) for entry in entries if entry.file_size > SMALL), default=0)
    if worst > MAX_RATIO or (total > SMALL and total / max(packed, 1) > MAX_RATIO):
        raise FileRefused(_("The file unpacks to more than %(ratio)s times its size, as no honest file does.") % {"ratio": MAX_RATIO})
    seen: set[str] = set()
    for entry in entries:
        problem = _name_problem(entry)
        if problem or entry.filename.casefold() in seen:
            raise FileRefused(problem or _("Two parts of the archive have the same name."))
        seen.add(entry.filename.casefold())


def _name_problem(entry: zipfile.ZipInfo) -> str | None:
    name, mode = entry.filename, entry.external_attr >> 16
    if name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/") or "\x00" in name:
        return _("A part of the archive points outside of it.")
    if entry.flag_bits & 0x1:
        return _("The archive is protected by a password. Save it without one.")
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _("The archive holds a link or a device.")
    return None
