"""The only place that writes areas and settlements. Whole sets at once, keyed by code: the same set twice changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.places.boundaries import AreaRecord
from openmara.places.listed import SettlementRecord, read_areas, read_settlements, read_subdistricts
from openmara.places.models import Area, AreaCoverage, Settlement
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, MissionModel, Person
from openmara.security.permissions import check_can

AREA_COLUMNS = ("level", "parent_pcode", "name_en", "name_fr", "boundary", "provisional")
SETTLEMENT_COLUMNS = ("name", "adm1", "adm2", "adm3", "latitude", "longitude")
NAMES = ("en", "fr", "und")
CHUNK = 500
__all__ = ["Loaded", "load_areas", "load_settlements", "read_areas", "read_settlements", "read_subdistricts", "set_coverage"]
Row = TypeVar("Row", bound=MissionModel)


@dataclass(frozen=True)
class Loaded:
    """What became of a set: rows that are new, rows that changed, rows that were there like this already."""

    added: int
    changed: int
    unchanged: int


def load_areas(*, by: Person, mission: Mission, records: Iterable[AreaRecord], provisional: bool = False) -> Loaded:
    """Bring areas to what the records say, by p-code. Provisional areas never replace confirmed ones."""
    check_can("places_area", "insert", _("Areas are loaded by the women's protection advisers, human rights or JMAC."))
    here = {area.pcode: area for area in Area.objects.all()}
    rows = [_area(mission, one, here.get(one.pcode), provisional) for one in records]
    _check_parents(rows, here)
    kept = [row for row in rows if not (provisional and row.pcode in here and not here[row.pcode].provisional)]
    with transaction.atomic():
        loaded, touched = _bring(Area, kept, here, "pcode", AREA_COLUMNS)
        record("places:area:load", sensitivity="S0", result=[row.id for row in touched])
    return Loaded(loaded.added, loaded.changed, loaded.unchanged + len(rows) - len(kept))


def load_settlements(*, by: Person, mission: Mission, records: Iterable[SettlementRecord]) -> Loaded:
    """Bring settlements to what the records say, by code. Their areas must be there first."""
    check_can("places_settlement", "insert", _("Settlements are loaded by the senior women's protection adviser."))
    here = {row.code: row for row in Settlement.objects.all()}
    rows = [
        Settlement(mission=mission, code=one.code, **{name: getattr(one, name) for name in SETTLEMENT_COLUMNS}) for one in records
    ]
    _check_areas(rows)
    with transaction.atomic():
        loaded, touched = _bring(Settlement, rows, here, "code", SETTLEMENT_COLUMNS)
        record("places:settlement:load", sensitivity="S0", result=[row.id for row in touched])
    return loaded


def _area(mission: Mission, one: AreaRecord, before: Area | None, provisional: bool) -> Area:
    """Names in both languages; a file of one language gives its name to both. A file without a shape takes none away."""
    names = {lang: one.name[lang] for lang in (*NAMES, *sorted(one.name)) if lang in one.name}
    first = next(iter(names.values()), one.pcode)
    return Area(
        mission=mission, pcode=one.pcode, level=one.level, parent_pcode=one.parent_pcode or "", name_en=names.get("en", first),
        name_fr=names.get("fr", first), boundary=one.geometry or (before.boundary if before else None), provisional=provisional,
    )  # fmt: skip


def _check_parents(rows: Sequence[Area], here: dict[str, Area]) -> None:
    """Coarser levels come first: an area of level 2 or 3 without its parent could never be found from above."""
    known = set(here) | {row.pcode for row in rows}
    if len({row.pcode for row in rows}) < len(rows):
        raise NotValid(_("A code stands in this set twice."))
    orphans = [row.pcode for row in rows if row.level > 1 and row.parent_pcode not in known]
    if orphans:
        raise NotValid(_("Load the coarser level first: the area above %(code)s is missing.") % {"code": orphans[0]})


def _check_areas(rows: Sequence[Settlement]) -> None:
    parents = dict(Area.objects.values_list("pcode", "parent_pcode"))
    if len({row.code for row in rows}) < len(rows):
        raise NotValid(_("A code stands in this set twice."))
    for row in rows:
        if row.adm1 not in parents or parents.get(row.adm2) != row.adm1 or (row.adm3 and parents.get(row.adm3) != row.adm2):
            raise NotValid(_("Load the areas first: those of settlement %(code)s are missing or lie elsewhere.") % {"code": row.code})


def _bring(
    model: type[Row], rows: Sequence[Row], here: dict[str, Row], key: str, columns: Sequence[str]
) -> tuple[Loaded, list[Row]]:
    """Add what is new, change what differs, in as few statements as possible."""
    fresh = [row for row in rows if getattr(row, key) not in here]
    changed = []
    for row in rows:
        before = here.get(getattr(row, key))
        if before is not None and any(getattr(before, name) != getattr(row, name) for name in columns):
            for name in columns:
                setattr(before, name, getattr(row, name))
            changed.append(before)
    if changed:
        check_can(model._meta.db_table, "update", _("Only the senior women's protection adviser changes what is there."))
    manager: models.Manager[Row] = model.objects  # type: ignore[attr-defined]  # every model has one
    manager.bulk_create(fresh, batch_size=CHUNK)
    if changed:
        manager.bulk_update(changed, list(columns), batch_size=CHUNK)
    return Loaded(len(fresh), len(changed), len(rows) - len(fresh) - len(changed)), [*fresh, *changed]


def set_coverage(*, by: Person, mission: Mission, adm2: str, health: str, psychosocial: str, as_of: date | None) -> AreaCoverage:
    """Say whether somebody can be referred in a district. What was said before stays as history."""
    check_can("places_areacoverage", "insert", _("Service coverage is set by the women’s protection advisers and the country team’s members of the working group."))
    answers = vocabulary.codes("yes_no_unknown")
    problems = {name: _("Choose one.") for name, given in (("health", health), ("psychosocial", psychosocial)) if given not in answers}
    if not Area.objects.filter(pcode=adm2, level=2).exists():
        problems["adm2"] = _("Choose a district.")
    if as_of is None or as_of > clock.today():
        problems["as_of"] = _("Write the day for which this was known; it does not lie in the future.")
    if problems or as_of is None:
        raise NotValid(problems=problems)
    row = AreaCoverage(
        mission=mission, adm2=adm2, health=health, psychosocial=psychosocial, as_of=as_of, recorded_by=by, recorded_at=clock.now()
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        record("places:coverage:set", objects=[row.id], purpose=adm2)
    return row
