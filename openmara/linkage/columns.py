"""The columns of a report as linkage reads it: no narrative, no name, no source."""

import pyarrow as pa

TALLY = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
SCHEMA = pa.schema(
    [
        ("report_key", pa.string()),
        ("organisation", pa.string()),
        ("their_reference", pa.string()),
        ("date_lo", pa.date32()),
        ("date_hi", pa.date32()),
        ("date_precision", pa.string()),
        ("adm1", pa.string()),
        ("adm2", pa.string()),
        ("adm3", pa.string()),
        ("settlement", pa.string()),
        ("location_precision", pa.string()),
        ("place_type", pa.string()),
        ("forms", pa.list_(pa.string())),
        ("parties", pa.list_(pa.string())),
        ("total", pa.int32()),
        *((kind, pa.int32()) for kind in TALLY),
    ]
)
OPTIONAL = ("their_reference", "place_type", *TALLY)


class BadReports(Exception):
    """The table cannot be read as reports."""


def as_reports(table: pa.Table) -> pa.Table:
    """The table with exactly the columns of a report; columns that may be absent become empty."""
    absent = [name for name in SCHEMA.names if name not in table.column_names]
    missing = [name for name in absent if name not in OPTIONAL]
    if missing:
        raise BadReports(f"Columns are missing: {', '.join(missing)}.")
    for name in absent:
        table = table.append_column(name, pa.nulls(table.num_rows, SCHEMA.field(name).type))
    try:
        reports = table.select(SCHEMA.names).cast(SCHEMA)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadReports("A column has another type than a report's.") from None
    keys = reports.column("report_key")
    if keys.null_count or len(keys.unique()) != len(keys):
        raise BadReports("Every report needs a report_key of its own.")
    return reports
