"""The room's export for analysis: entries of a register under pseudonymous keys, without free text. In the caller's context."""

import json

import pyarrow

from openmara.activities import rules
from openmara.activities.models import RegisterEntry
from openmara.security.keys import pseudonym

SCHEMA = pyarrow.schema(
    [
        ("entry_key", pyarrow.string()),
        ("adm1", pyarrow.string()),
        ("adm2", pyarrow.string()),
        ("occurred_on", pyarrow.date32()),
        ("quarter", pyarrow.string()),
        ("data", pyarrow.string()),
    ]
)


def entries(register: str) -> pyarrow.Table:
    """One row per entry: key, areas (null = not stated), day, quarter, and the answers as JSON text (S1)."""
    found = RegisterEntry.objects.filter(register=register).order_by("occurred_on", "id")
    rows = [
        (pseudonym(str(key)), adm1 or None, adm2 or None, day, rules.quarter_of(day), json.dumps(data, sort_keys=True, ensure_ascii=False))
        for key, adm1, adm2, day, data in found.values_list("id", "adm1", "adm2", "occurred_on", "data")
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pyarrow.table([pyarrow.array(column, type=kind.type) for column, kind in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
