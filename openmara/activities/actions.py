"""The only place that writes register entries and the inventory. Each verb: right, rule, write, audit, one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openmara.activities import permissions, queries, rules
from openmara.activities.inventory import ActivityRecord
from openmara.activities.models import InventoryActivity, RegisterEntry, RegisterText
from openmara.activities.registers import ENTRY_KEY, Register
from openmara.errors import Conflict
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.keys import content_mac
from openmara.security.models import Mission, Person

CHUNK = 500
KEY = ["mission", "register", "entry_key"]
ENTRY_FIELDS = ["form_version", "occurred_on", "adm1", "adm2", "data", "content_mac", "recorded_by", "recorded_at"]
JUDGED = frozenset({"measures", "themes", "output_type", "unit_prefix"})  # proposals that a reviewer may have put right


@dataclass(frozen=True)
class Changed:
    """An entry that stood there with other answers, and which of them changed."""

    entry_key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """What became of a set of entries."""

    added: tuple[str, ...]
    changed: tuple[Changed, ...]
    unchanged: int


@dataclass(frozen=True)
class InventoryRecorded:
    """What became of a set of activities: ids added, ids changed, how many stood there already."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


def record_entries(
    *,
    by: Person,
    mission: Mission,
    register: str,
    rows: Sequence[Mapping[str, object]],
    keys: Sequence[str] | None = None,
    may_change: bool = True,
    dry_run: bool = False,
) -> Recorded:
    """Record entries, all or none. The same key with the same answers changes nothing, with other answers it corrects them."""
    found = queries.register(name=register)
    permissions.check_can_record(found)
    if keys is not None:
        rows = [{**row, ENTRY_KEY: key} for row, key in zip(rows, keys, strict=True)]
    now = clock.now()
    entries = rules.read_entries(
        found, rows, areas=queries.area_codes(for_user=by), today=now.date(), lang=(get_language() or "en")[:2]
    )
    stored = _stored(found, [entry.entry_key for entry in entries])
    fresh = [entry for entry in entries if entry.entry_key not in stored]
    other = [e for e in entries if e.entry_key in stored and stored[e.entry_key].content_mac != content_mac(e.content())]
    changes = tuple(Changed(e.entry_key, rules.changed_columns(stored[e.entry_key].data, e)) for e in other)
    if other and not may_change:
        raise Conflict(_("There is an entry for this already, with other answers. Correct it by spreadsheet, with its key."))
    if not dry_run:
        _write(by, mission, found, fresh, [(stored[entry.entry_key], entry) for entry in other])
    return Recorded(tuple(entry.entry_key for entry in fresh), changes, len(entries) - len(fresh) - len(other))


def _stored(register: Register, keys: Sequence[str]) -> dict[str, RegisterEntry]:
    """Entries of these keys that stand there already."""
    found: dict[str, RegisterEntry] = {}
    for start in range(0, len(keys), 5000):
        rows = RegisterEntry.objects.filter(register=register.name, entry_key__in=keys[start : start + 5000])
        found |= {row.entry_key: row for row in rows}
    return found


def _write(
    by: Person, mission: Mission, register: Register, fresh: list[rules.Entry], other: list[tuple[RegisterEntry, rules.Entry]]
) -> None:
    added = [RegisterEntry(mission_id=mission.id, register=register.name, entry_key=entry.entry_key) for entry in fresh]
    pairs = [*zip(added, fresh, strict=True), *other]
    for row, entry in pairs:
        _fill(row, entry, by, register)
    # An empty text replaces an earlier one, so a correction always writes its own.
    texts = [
        RegisterText(mission_id=mission.id, entry=row, texts=dict(entry.texts), recorded_at=row.recorded_at)
        for number, (row, entry) in enumerate(pairs)
        if entry.texts or number >= len(added)
    ]
    try:
        with transaction.atomic():
            RegisterEntry.objects.bulk_create(added, batch_size=CHUNK)
            # An insert that meets its own key becomes an update: one statement for many rows, the id stays.
            RegisterEntry.objects.bulk_create(
                [row for row, _entry in other], batch_size=CHUNK, update_conflicts=True, update_fields=ENTRY_FIELDS, unique_fields=KEY
            )
            RegisterText.objects.bulk_create(texts, batch_size=CHUNK)
            record("activities:entry:record", sensitivity="S4" if texts else "S1", result=[row.id for row, _entry in pairs])
    except IntegrityError:
        raise Conflict(_("Somebody else recorded one of these entries just now. Send them again.")) from None


def _fill(row: RegisterEntry, entry: rules.Entry, by: Person, register: Register) -> None:
    row.form_version = register.form.version
    row.occurred_on = entry.occurred_on
    row.adm1, row.adm2 = entry.adm1, entry.adm2
    row.data = dict(entry.data)
    row.content_mac = content_mac(entry.content())
    row.recorded_by_id = by.id
    row.recorded_at = clock.now()


def record_inventory(*, by: Person, mission: Mission, records: Sequence[ActivityRecord]) -> InventoryRecorded:
    """Keep published activities by their id. What a person has reviewed keeps that person's judgement."""
    permissions.check_can_keep_inventory()
    values = {one.activity_id: _activity_values(one) for one in records}
    stored = {row.activity_id: row for row in InventoryActivity.objects.filter(activity_id__in=list(values))}
    added = [InventoryActivity(mission_id=mission.id, activity_id=key, **values[key]) for key in values if key not in stored]
    changed = [row for key, row in stored.items() if _take_over(row, values[key])]
    with transaction.atomic():
        InventoryActivity.objects.bulk_create(added, batch_size=CHUNK)
        fields = [name for name in next(iter(values.values()), {}) if name != "review_status"]
        if changed:
            InventoryActivity.objects.bulk_update(changed, fields, batch_size=100)
        record("activities:inventory:record", sensitivity="S0", result=[row.id for row in [*added, *changed]])
    return InventoryRecorded(
        tuple(row.activity_id for row in added), tuple(row.activity_id for row in changed), len(stored) - len(changed)
    )


def _take_over(row: InventoryActivity, values: Mapping[str, Any]) -> bool:
    """Give a stored activity what the pages say now; whether anything was different."""
    kept = JUDGED if row.review_status != "unreviewed" else frozenset[str]()
    different = [name for name, value in values.items() if name not in kept and name != "review_status" and getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    return bool(different)


def _activity_values(one: ActivityRecord) -> dict[str, Any]:
    details = {
        "text_hash": one.text_hash, "period_source": one.period.source, "partners": [asdict(partner) for partner in one.partners],
        "numbers": [asdict(number) for number in one.numbers], "urls": [asdict(link) for link in one.urls],
        "dates_mentioned": list(one.dates_mentioned), "synthetic": any(place.synthetic for place in one.occurrences),
    }  # fmt: skip
    return {
        "part_of": one.part_of, "entities": [asdict(entity) for entity in one.entities], "unit_prefix": one.unit_prefix,
        "period_label": one.period_label, "period_start": one.period_start, "period_end": one.period_end,
        "period_precision": one.period_precision, "measures": list(one.measures), "themes": list(one.themes),
        "missions": list(one.missions), "countries": list(one.countries), "output_type": one.output_type, "text": one.text,
        "details": details, "occurrences": [_place(place) for place in one.occurrences], "review_status": one.review_status,
    }  # fmt: skip


def _place(place: Any) -> dict[str, Any]:
    return asdict(place) | {"entities": list(place.entities)}
