"""The columns of the frames that indicators read, with their types: a contract that a test compares with the rooms' own frames."""

import pyarrow as pa

STRINGS = pa.list_(pa.string())
DAY, TEXT, COUNT, TRUTH = pa.date32(), pa.string(), pa.int32(), pa.bool_()
PERSONS = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "incidents": {
        "incident_key": TEXT, "month_to": DAY, "date_precision": TEXT, "adm1": TEXT, "record_class": TEXT, "status": TEXT,
        "principal_form": TEXT, "displacement_context": TEXT, **dict.fromkeys(PERSONS, COUNT), "reported_month": DAY,
        "delay_days": COUNT, "verify_days": COUNT, "parties": STRINGS, "party_categories": STRINGS,
    },
    "verification_steps": {"incident_key": TEXT, "to_status": TEXT, "stated_on": DAY, "step": pa.int64()},
    "patrol": {
        "entry_key": TEXT, "adm1": TEXT, "occurred_on": DAY, "force": TEXT, "day_night": TEXT, "criteria_met": COUNT,
        "criteria_unknown": COUNT,
    },
    "training": {
        "entry_key": TEXT, "occurred_on": DAY, "entry_kind": TEXT, "component": TEXT, "women_trained": COUNT, "men_trained": COUNT,
        "women_on_strength": COUNT, "men_on_strength": COUNT,
    },
    "ssr_institution": {
        "entry_key": TEXT, "occurred_on": DAY, "institution": TEXT, "rank_band": TEXT, "women": COUNT, "men": COUNT,
    },
}  # fmt: skip


def schema(frame: str) -> pa.Schema:
    """The part of a frame that indicators read."""
    return pa.schema(list(COLUMNS[frame].items()))
