"""The receipt of a record one has sent: proof that it was stored, and that it cannot be made to never have existed."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.ledger import receipt as receipts
from openmara.ledger.findings import Finding
from openmara.ledger.note import read_note
from openmara.ledger.tiles import Directory
from openmara.ledger.tree import inclusion_proof
from openmara.security.actions import record
from openmara.security.models import Person


@dataclass(frozen=True)
class Found:
    """What is known of one record now. Without `text` its place in the log is not signed yet."""

    record: uuid.UUID
    content_sha256: bytes
    text: str = ""
    index: int | None = None
    size: int | None = None


def receipt(record_id: uuid.UUID, *, for_user: Person) -> Found:
    """The receipt of a record that this person or their office sent (the auditor too). Asking is recorded."""
    with connection.cursor() as cursor:
        cursor.execute("select * from audit.receipt(%s)", [record_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no receipt of this number for you."))
    record("security:receipt:read", objects=[record_id])
    content, place, records, contents, index, size, note = row
    waiting = Found(record_id, bytes(content))
    if note is None:
        return waiting
    directory = Directory(Path(settings.DATA_FOLDER) / "log")
    batch = list(zip(records, map(bytes, contents), strict=True))
    try:
        path = inclusion_proof(index, size, directory.subtree)
        made = receipts.make(batch, place, directory.entry(index), index, path, read_note(note))
    except Finding:  # the files follow the database by moments
        return waiting
    return Found(record_id, bytes(content), receipts.write(made), index, size)
