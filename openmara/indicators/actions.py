"""The only place that writes snapshots and values. Right, rule, audit, write, in one transaction."""

import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotNow, NotValid
from openmara.indicators import calculation, definitions, periods, permissions, rules, snapshot
from openmara.indicators.calculation import Computed
from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.indicators.periods import quarter_of
from openmara.places.models import Area
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person

CHUNK = 2000
EVIDENCE = "incidents"
__all__ = ["freeze_quarter", "quarter_end", "quarter_of", "take_snapshot"]


def quarter_end(quarter: str) -> date:
    """Last day of a quarter: the day on which its figures are frozen."""
    return periods.bounds(quarter)[1]


def freeze_quarter(*, by: Person, mission: Mission, quarter: str) -> Snapshot:
    """Keep a quarter's figures as they were known when it ended, once and for good; later snapshots are compared with them.

    Only what is computed from incidents is frozen: registers hold one state. Same isolation as `take_snapshot`.
    """
    permissions.check_can_snapshot()
    now = clock.now()
    day = now.astimezone(ZoneInfo(mission.zone)).date()
    if day < quarter_end(quarter):
        raise NotNow(_("This quarter has not ended yet."))
    if Snapshot.objects.filter(mission=mission, rows__frozen=quarter).exists():
        raise Conflict(_("The figures of this quarter are frozen already."))
    frozen = Snapshot(mission=mission, as_of=now, taken_at=now)
    with transaction.atomic():
        record("indicators:quarter:freeze", objects=[frozen.id], sensitivity="S2", purpose=quarter)
        found = snapshot.collect(mission.zone, Area.objects.filter(level=1).count(), (quarter,))
        frozen.fingerprint = found.fingerprint
        frozen.rows = {"frozen": quarter, "frames": dict(found.rows), "quarters": [quarter], "coverage": dict(found.coverage)}
        frozen.save(force_insert=True)
        for indicator in definitions.ids():
            if EVIDENCE in definitions.load(indicator).frames:
                _keep(frozen, calculation.compute(indicator, found.frames, (quarter,), "as_reported", day))
    return frozen


def take_snapshot(
    *, by: Person, mission: Mission, as_of: datetime | None = None, progress: Callable[[int, int], None] | None = None
) -> Snapshot:
    """Write the frames of this moment and every indicator's values for the last eight full quarters, on both bases.

    Open the transaction with `acting(..., isolation="repeatable read")`, so that all frames are of one moment.
    """
    permissions.check_can_snapshot()
    now = clock.now()
    moment = as_of or now
    if rules.is_future(moment, now) and not mission.synthetic:  # a demonstration has its own day
        raise NotValid(problems={"as_of": _("This moment lies in the future.")})
    day = moment.astimezone(ZoneInfo(mission.zone)).date()
    quarters = periods.full_quarters(day)
    taken = Snapshot(mission=mission, as_of=moment, taken_at=now)
    with transaction.atomic():
        record("indicators:snapshot:take", objects=[taken.id], sensitivity="S2")  # before anything is read
        found = snapshot.collect(mission.zone, Area.objects.filter(level=1).count(), quarters)
        taken.fingerprint = found.fingerprint
        taken.rows = {"frames": dict(found.rows), "quarters": list(quarters), "coverage": dict(found.coverage)}
        taken.save(force_insert=True)
        written = snapshot.write(mission.code, str(taken.id), found.frames)
        try:
            todo = [(indicator, basis) for indicator in definitions.ids() for basis in periods.BASES]
            for number, (indicator, basis) in enumerate(todo, start=1):
                _keep(taken, calculation.compute(indicator, found.frames, quarters, basis, day))
                if progress:
                    progress(number, len(todo))
            _discard_old(mission)
        except BaseException:
            shutil.rmtree(written, ignore_errors=True)
            raise
    return taken


def _keep(taken: Snapshot, computed: Computed) -> None:
    rows = [
        IndicatorValue(
            mission_id=taken.mission_id, snapshot=taken, indicator=computed.indicator, basis=computed.basis, quarter=row.quarter,
            breakdown=row.breakdown, code=row.code, excluded=row.excluded, fingerprint=computed.fingerprint, **_numbers(row),
        )
        for row in computed.rows
    ]  # fmt: skip
    IndicatorValue.objects.bulk_create(rows, batch_size=CHUNK)


def _numbers(row: calculation.Row) -> Mapping[str, Decimal | None]:
    stated = {"numerator": row.numerator, "denominator": row.denominator, "value": row.value}
    return {name: None if number is None else Decimal(str(number)) for name, number in stated.items()}


def _discard_old(mission: Mission) -> None:
    """Keep the latest three, those that a report was built from, and what is frozen."""
    taken = Snapshot.objects.filter(mission=mission).exclude(rows__has_key="frozen")
    for old in taken.order_by("-taken_at", "-id")[rules.KEPT :]:
        try:
            with transaction.atomic():
                old.delete()
        except ProtectedError:
            continue
    kept = frozenset(str(key) for key in Snapshot.objects.filter(mission=mission).values_list("id", flat=True))
    transaction.on_commit(partial(snapshot.discard, mission.code, kept))
