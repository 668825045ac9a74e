"""The ZIP of CSV files that ODK Central exports: one member is the form's answers, groups joined with a hyphen."""

from django.utils.translation import gettext as _

from openmara.interop.archive import open_archive, read_entry
from openmara.interop.delimited import read_delimited
from openmara.interop.tables import FileRefused, Table


def read_odk_zip(content: bytes, *, member: str = "", encoding: str = "utf-8", delimiter: str = ",", header_row: int = 1) -> Table:
    """The answers of one form. Without a declared member there must be one CSV only."""
    archive = open_archive(content, _("a ZIP archive"))
    tables = [name for name in archive.namelist() if name.casefold().endswith(".csv")]
    if member and member not in tables:
        raise FileRefused(_("The archive holds no file `%(name)s`.") % {"name": member})
    if not member and len(tables) != 1:
        raise FileRefused(_("The archive must hold one CSV file."))
    return read_delimited(read_entry(archive, member or tables[0]), encoding=encoding, delimiter=delimiter, header_row=header_row)
