"""A mission's newest figures as the indicators room leaves them: a snapshot with its Parquet frames and values."""

from pathlib import Path

import pyarrow.parquet as parquet

from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.parties.models import Party
from openmara.places.models import Area
from openmara.publish.tests import from_truth, sample
from openmara.security import clock
from openmara.security.models import Mission

NAMES = "Fellari Maroni Sureen Alur Faron Folsa Amsan Leppko".split()
INDICATORS = {"patrols": ("IND-PREV-01", "force"), "trained": ("IND-TRN-01", "component.sex"), "institutions": ("IND-SSR-01", "institution")}


def lay(mission: Mission, folder: Path, quarter: str = "2026Q3") -> Snapshot:
    """In the context of somebody who may (swpa)."""
    if not Area.objects.exists():
        for at, name in enumerate(NAMES, start=1):
            Area.objects.create(mission=mission, pcode=f"CR0{at}", level=1, name_en=name, name_fr=name, boundary=_square(at))
        for code, category in from_truth.PARTIES.items():
            if code != "unknown":
                Party.objects.create(mission=mission, code=code, category=category)
    snapshot = Snapshot.objects.create(
        mission=mission, as_of=clock.now(), taken_at=clock.now(), fingerprint="0" * 64,
        rows={"quarters": [quarter], "frames": {}, "coverage": {}},
    )  # fmt: skip
    target = folder / "frames" / mission.code / str(snapshot.id)
    target.mkdir(parents=True)
    for name, table in from_truth.frames().items():
        parquet.write_table(table, target / f"{name}.parquet")
    IndicatorValue.objects.bulk_create(_values(mission, snapshot, quarter))
    return snapshot


def _square(at: int) -> dict[str, object]:
    x, y = 20 + at % 4, -8 - at // 4
    return {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]}


def _values(mission: Mission, snapshot: Snapshot, quarter: str) -> list[IndicatorValue]:
    timing = from_truth.timing(quarter)

    def value(indicator: str, numerator: int, denominator: int, breakdown: str = "", code: str = "", **more: object) -> IndicatorValue:
        return IndicatorValue(
            mission=mission, snapshot=snapshot, indicator=indicator, quarter=quarter, basis="as_reported", breakdown=breakdown, code=code,
            numerator=numerator, denominator=denominator, fingerprint="0" * 64, **more,
        )  # fmt: skip

    delay = timing.delay
    found = [
        value("IND-PROT-08", delay.known, delay.known + delay.excluded, value=delay.median, excluded=delay.excluded),
        value("IND-PROT-09", timing.verified.numerator, timing.verified.denominator),
        value("IND-PROT-10", timing.in_time.numerator, timing.in_time.denominator),
    ]
    for name, shares in sample.material(quarter).registers.items():
        indicator, breakdown = INDICATORS[name]
        for codes, share in shares.items():
            code = ".".join(code for _name, code in codes)
            found.append(value(indicator, share.numerator, share.denominator, breakdown if codes else "", code))
    return found
