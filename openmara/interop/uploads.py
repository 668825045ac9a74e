"""Uploads stay in memory and are judged by their stated size before a byte is read; nothing is left on the disk."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from openmara.interop.tables import FileRefused, check_size

LIMIT = 25_000_000  # on a page; a command takes more


class InMemory(MemoryFileUploadHandler):
    """Keeps every file in memory, whatever its size: the size was judged before."""

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: Any = None) -> None:  # Django's name
        self.activated = True


def expect(request: HttpRequest) -> None:
    """Refuse by the headers what is too large or packed, and keep the rest off the disk. Before anything reads the body."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise FileRefused(_("Packed uploads are not accepted. Send the file as it is."))
    try:
        size = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        size = 0
    if size:
        check_size(size)
    if size > LIMIT:
        raise FileRefused(
            _("The file is %(size)s MB large; a page takes up to %(limit)s MB. Split it, or use the command `openmara import`.")
            % {"size": size // 1_000_000, "limit": LIMIT // 1_000_000}
        )
    request.upload_handlers = [InMemory(request)]
