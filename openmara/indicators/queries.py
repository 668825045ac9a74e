"""The only place that reads figures for people: exact values for the rooms to the right, prepared pages for readers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed, NotFound
from openmara.evidence import frames
from openmara.indicators import definitions, labels, periods, permissions, protection, tiles
from openmara.indicators.calculation import Row
from openmara.indicators.definitions import Definition, in_language
from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.parties.queries import party_names
from openmara.places.queries import area_names
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.queries import Waiting

EVIDENCE = "incidents"


def latest_snapshot(*, for_user: Person) -> Snapshot | None:
    """The newest snapshot of the mission, or None before the first."""
    permissions.check_can_read()
    return _taken()


def _taken() -> Snapshot | None:
    return Snapshot.objects.exclude(rows__has_key="frozen").order_by("-taken_at", "-id").first()


def touching(*, for_user: Person, quarters: Sequence[str]) -> list[tuple[str, str, str, str, datetime]]:
    """(kind, name, quarter, address, moment) of every snapshot that holds figures of these quarters, the newest first."""
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    found = []
    for one in Snapshot.objects.order_by("-taken_at", "-id"):
        kind = _("Figures frozen at the quarter’s end") if "frozen" in one.rows else _("Figures computed")
        held = one.rows.get("quarters", [])
        found += [(kind, one.fingerprint[:12], quarter, reverse("dashboard", args=[code]), one.taken_at) for quarter in quarters if quarter in held]
    return found


def frozen(*, for_user: Person, quarter: str) -> Snapshot | None:
    """A quarter's figures as they were known when it ended, if they were frozen; give it to `values`."""
    permissions.check_can_read()
    return Snapshot.objects.filter(rows__frozen=quarter).first()


def values(
    *, for_user: Person, indicator: str, basis: str, snapshot: Snapshot | None = None, quarter: str = "", breakdown: str | None = None
) -> tuple[Row, ...]:
    """Exact cells of one indicator, of the latest snapshot unless another is named. Nothing leaves the mission by this."""
    permissions.check_can_read()
    _check_basis(basis)
    definitions.load(indicator)
    taken = snapshot or latest_snapshot(for_user=for_user)
    if taken is None:
        return ()
    found = IndicatorValue.objects.filter(snapshot=taken, indicator=indicator, basis=basis)
    if quarter:
        found = found.filter(quarter=quarter)
    if breakdown is not None:
        found = found.filter(breakdown=breakdown)
    return _rows(found.order_by("quarter", "breakdown", "code"))


def _rows(found: Iterable[IndicatorValue]) -> tuple[Row, ...]:
    return tuple(
        Row(
            one.quarter, one.breakdown, one.code, int(one.numerator or 0),
            None if one.denominator is None else int(one.denominator), None if one.value is None else float(one.value), one.excluded,
        )
        for one in found
    )  # fmt: skip


def _check_basis(basis: str) -> None:
    if basis not in periods.BASES:
        raise NotFound(_("Figures are shown as reported or as known. There is no other basis."))


def _reader(taken: Snapshot | None, lang: str, names: Mapping[str, str] | None = None) -> tiles.Reader:
    """Who sees statistics only gets the places cleared for all pages together, whichever of them is open."""
    exact = permissions.sees_exact_counts()
    return tiles.Reader(lang, exact, names or {}, {} if exact or taken is None else _cleared(taken))


def _cleared(taken: Snapshot) -> dict[str, frozenset[str]]:
    """Places shown to readers of statistics, by quarter: one basis, every indicator that counts incidents or survivors."""
    grouped: dict[str, dict[str, list[Row]]] = {}
    found = IndicatorValue.objects.filter(snapshot=taken, basis=periods.BASES[0], indicator__in=protection.OFFERED)
    offered = {"", *(name for names in protection.OFFERED.values() for name in names)}
    for one in found.filter(breakdown__in=offered).order_by("indicator", "quarter", "breakdown", "code"):
        grouped.setdefault(one.quarter, {}).setdefault(one.indicator, []).extend(_rows([one]))
    return {quarter: protection.shown(rows) for quarter, rows in grouped.items()}


def _check_open(basis: str) -> None:
    """Two bases side by side show by their difference what one of them hides: without exact counts there is one."""
    _check_basis(basis)
    if basis != periods.BASES[0] and not permissions.sees_exact_counts():
        raise NotAllowed(_("Your role sees figures as reported only: the difference between the two bases would tell of single incidents."))


@dataclass(frozen=True)
class Basis:
    """The two bases of a page, each with its address."""

    code: str
    label: str
    current: bool


@dataclass(frozen=True)
class Moment:
    """What every page of figures says of itself: period, basis, coverage, and when the figures were computed."""

    basis: str
    bases: tuple[Basis, ...]
    period: str
    coverage: str
    taken_at: datetime
    fingerprint: str
    changed: tuple[str, ...] = ()  # quarters in which a verification was taken back since


@dataclass(frozen=True)
class Pillar:
    label: str
    tiles: tuple[tiles.Tile, ...]


@dataclass(frozen=True)
class Dashboard:
    """All indicators by pillar. `moment` is None before the first snapshot."""

    moment: Moment | None
    pillars: tuple[Pillar, ...]
    protected: bool
    may_snapshot: bool


def dashboard(*, for_user: Person, lang: str, basis: str = "as_reported") -> Dashboard:
    """Every indicator's eight quarters, as this person may see them."""
    permissions.check_can_read()
    _check_open(basis)
    taken = latest_snapshot(for_user=for_user)
    reader = _reader(taken, lang)
    may = permissions.may_snapshot()
    if taken is None:
        return Dashboard(None, (), not reader.exact, may)
    with translation.override(lang):
        found: dict[str, list[Row]] = {}
        shown = IndicatorValue.objects.filter(snapshot=taken, basis=basis, breakdown__in=("", "status"))
        for one in shown.order_by("quarter", "breakdown", "code"):
            found.setdefault(one.indicator, []).extend(_rows([one]))
        made = [_tile(definitions.load(name), found.get(name, []), taken, reader) for name in definitions.ids()]
        return Dashboard(_moment(taken, basis, lang, taken.rows["quarters"]), _by_pillar(made, lang), not reader.exact, may)


def _tile(definition: Definition, rows: Sequence[Row], taken: Snapshot, reader: tiles.Reader) -> tiles.Tile:
    quarters = taken.rows["quarters"]
    return tiles.tile(definition, rows, quarters, reader, _coverage(taken, definition.frames[0], quarters[-1], reader.lang))


def _by_pillar(made: Sequence[tiles.Tile], lang: str) -> tuple[Pillar, ...]:
    grouped: dict[str, list[tiles.Tile]] = {}
    for tile in made:
        grouped.setdefault(definitions.load(tile.id).pillar, []).append(tile)
    return tuple(Pillar(labels.word("pillar", name, lang), tuple(found)) for name, found in grouped.items())


def _moment(taken: Snapshot, basis: str, lang: str, quarters: Sequence[str], frame: str = EVIDENCE) -> Moment:
    first, last = labels.quarter(quarters[0], lang), labels.quarter(quarters[-1], lang)
    period = last if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    words = tuple(Basis(name, labels.word("basis", name, lang), name == basis) for name in periods.BASES)
    changed = tuple(labels.quarter(one, lang) for one in sorted(frames.changed_since(taken.taken_at) & set(quarters)))
    return Moment(basis, words, period, _coverage(taken, frame, quarters[-1], lang), taken.taken_at, taken.fingerprint, changed)


def _coverage(taken: Snapshot, frame: str, quarter: str, lang: str) -> str:
    """What a quarter's figures rest on. Where nothing came from, nothing is known: that is not zero."""
    covered: Mapping[str, int] = taken.rows["coverage"][quarter]
    named = labels.quarter(quarter, lang)
    if frame in covered:
        return _("%(quarter)s: %(entries)d entries in the register") % {"quarter": named, "entries": covered[frame]}
    facts = {"quarter": named, "heard": covered["heard_from"], "areas": covered["areas"]}
    return _("%(quarter)s: reports from %(heard)d of %(areas)d provinces") % facts


@dataclass(frozen=True)
class IndicatorPage:
    """One indicator: trend, breakdowns of one quarter, and its whole definition in words and steps."""

    tile: tiles.Tile
    definition: str
    moment: Moment | None
    quarter: str
    quarters: tuple[tuple[str, str, bool], ...]
    grids: tuple[tiles.Grid, ...]
    facts: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    excluded: str
    changed: str
    protected: bool


def indicator(*, for_user: Person, name: str, lang: str, basis: str = "as_reported", quarter: str = "") -> IndicatorPage:
    """One indicator's page, as this person may see it; the newest quarter unless another is asked for."""
    permissions.check_can_read()
    _check_open(basis)
    definition = definitions.load(name)
    taken = latest_snapshot(for_user=for_user)
    if taken is None:
        raise NotFound(_("No figures have been computed yet."))
    quarters: list[str] = taken.rows["quarters"]
    chosen = quarter or quarters[-1]
    if chosen not in quarters:
        raise NotFound(_("There are no figures of this quarter."))
    here = Q(breakdown__in=("", "status")) | Q(quarter=chosen, breakdown__in=definition.page)
    found = IndicatorValue.objects.filter(here, snapshot=taken, indicator=name, basis=basis)
    rows = _rows(found.order_by("quarter", "breakdown", "code"))
    names = {**area_names(for_user=for_user, lang=lang), **party_names(for_user=for_user, lang=lang)}
    reader = _reader(taken, lang, names)
    page = definition.page if reader.exact or name not in protection.OFFERED else protection.OFFERED[name]
    with translation.override(lang):
        return IndicatorPage(
            _tile(definition, rows, taken, reader), in_language(definition.definition, lang), _moment(taken, basis, lang, [chosen], definition.frames[0]),
            chosen, tuple((key, labels.quarter(key, lang), key == chosen) for key in quarters),
            tuple(tiles.by_breakdown(definition, rows, chosen, one, reader) for one in page),
            facts(definition, lang), tuple(f"-- {step.name}\n{step.sql}" for step in definitions.steps(name)),
            _excluded(definition, rows, chosen, reader), _changed(for_user, definition, rows, chosen, basis, reader), not reader.exact and definition.min_cell > 0,
        )  # fmt: skip


def _excluded(definition: Definition, rows: Sequence[Row], quarter: str, reader: tiles.Reader) -> str:
    """How many were left out of the whole, in words; '' where nothing can be."""
    whole = next((row for row in rows if row.quarter == quarter and row.breakdown == ""), None)
    if whole is None or definition.id == "IND-PROT-01":
        return ""
    count = str(whole.excluded) if reader.sees(definition, whole, "excluded") else tiles.WITHHELD_MARK
    return _("%(what)s: %(count)s") % {"what": in_language(definition.excluded, reader.lang), "count": count}


def _changed(for_user: Person, definition: Definition, rows: Sequence[Row], quarter: str, basis: str, reader: tiles.Reader) -> str:
    """What was frozen when the quarter ended, where it has changed since; for readers of exact counts only."""
    kept = frozen(for_user=for_user, quarter=quarter) if basis == "as_reported" and reader.exact else None
    if kept is None:
        return ""
    wanted = "status" if definition.is_count else ""
    then = values(for_user=for_user, indicator=definition.id, basis=basis, snapshot=kept, quarter=quarter, breakdown=wanted)
    return tiles.changes(definition, then, [row for row in rows if row.quarter == quarter], reader)


def facts(definition: Definition, lang: str) -> tuple[tuple[str, str], ...]:
    """The definition as label and value, for its reference page."""
    target = definition.target if definition.target != "none" else _("none")
    min_cell = str(definition.min_cell) if definition.min_cell else _("none: it does not speak of survivors")
    return (
        (_("Above the line"), in_language(definition.numerator, lang)),
        (_("Below the line"), in_language(definition.denominator, lang)),
        (_("Left out, and counted"), in_language(definition.excluded, lang)),
        (_("Unit"), labels.word("unit", definition.unit, lang)),
        (_("Broken down by"), ", ".join(labels.breakdown(name, lang) for name in definition.disaggregation if "." not in name)),
        (_("Frequency"), labels.word("frequency", definition.frequency, lang)),
        (_("Component"), labels.word("component", definition.component, lang)),
        (_("Target"), f"{target} – {in_language(definition.target_why, lang)}"),
        (_("Rounding"), in_language(definition.rounding, lang)),
        (_("Smallest count shown to all"), min_cell),
        (_("Source"), in_language(definition.source, lang)),
        (_("Proposed as a core indicator"), _("yes") if definition.core else _("no")),
        (_("Quality"), labels.word("grade", definition.grade, lang)),
        (_("Version"), str(definition.version)),
    )


def draw_ahead(*, for_user: Person) -> None:
    """Draw every trend of the latest figures now, so that no reader waits for it."""
    for lang in definitions.LANGUAGES:
        for basis in periods.BASES:
            dashboard(for_user=for_user, lang=lang, basis=basis)


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """A quarter that has ended and is in no figures yet, for those who may compute them."""
    mission = getattr(for_user, "active_mission", None)
    if mission is None or not permissions.may_snapshot():
        return []
    due = periods.full_quarters(clock.today(), 1)[0]
    taken = _taken()
    if taken is not None and due in taken.rows["quarters"]:
        return []
    ended = datetime.combine(periods.bounds(due)[1] + timedelta(days=1), time(), UTC)
    return [Waiting(_("quarter has ended and its figures are not computed yet"), 1, ended, reverse("dashboard", args=[mission.code]))]
