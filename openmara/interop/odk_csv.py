"""What comes from ODK in a ZIP: the CSV that ODK Central exports (groups joined with a hyphen), or the submissions themselves as XML."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from openmara.interop.archive import open_archive, read_entry
from openmara.interop.delimited import read_delimited
from openmara.interop.odk_instances import encrypted, read_instances, submissions
from openmara.interop.tables import FileRefused, Table

# What Central writes under Status where it has no key or no data; such a row has no answers (central-backend, lib/data/briefcase.js).
CLOSED = {"not decrypted", "missing encrypted form data"}


def read_odk_zip(
    content: bytes,
    *,
    member: str = "",
    encoding: str = "utf-8",
    delimiter: str = ",",
    header_row: int = 1,
    columns: Sequence[str] = (),
) -> Table:
    """The answers of one form. Without a declared member there must be one CSV only. An archive without CSV may hold submissions."""
    archive = open_archive(content, _("a ZIP archive"))
    tables = [name for name in archive.namelist() if name.casefold().endswith(".csv")]
    if not tables and submissions(archive):
        return read_instances(archive, form=member.removesuffix(".csv"), columns=columns)
    if member and member not in tables:
        raise FileRefused(_("The archive holds no file `%(name)s`.") % {"name": member})
    if not member and len(tables) != 1:
        raise FileRefused(_("The archive must hold one CSV file."))
    table = read_delimited(
        read_entry(archive, member or tables[0]),
        encoding=encoding,
        delimiter=delimiter,
        header_row=header_row,
    )
    if any(row.cells.get("Status") in CLOSED for row in table.rows):
        raise FileRefused(encrypted())
    return table
