"""The measures of a report: every protected cell, and the shares, medians and changes made of what may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from openmara.charts.look import NARROW_SPACE, number
from openmara.disclosure.disclosure import cell_key
from openmara.publish import rules, tables
from openmara.publish.content import Measure
from openmara.publish.render_words import long_date
from openmara.publish.rules import Shield
from openmara.publish.tables import Counts, Rows, Share, System, Timing

SAID = ".said"
ROUNDED = "rounded"
HIGHLIGHTS = tuple(
    f"{measure}.{line}" for line in ("verified", "late", "under_verification") for measure in ("incidents", "victims")
)


@dataclass(frozen=True)
class Material:
    """All that a report is made of, read in one short transaction. `registers` are shares by prefix and codes."""

    quarter: str
    lang: str
    audience: str
    as_of: date
    mission: str
    synthetic: bool
    counts: Counts
    timing: Timing
    rows: Rows
    area_names: Mapping[str, str]
    party_names: Mapping[str, str]
    institution_names: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, Mapping[tuple[tuple[str, str], ...], Share]] = field(default_factory=dict)
    outlines: tuple[tuple[str, str], ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def quarters(self) -> tuple[str, ...]:
        return tables.quarters_to(self.quarter)

    @property
    def k(self) -> int:
        return rules.AUDIENCES[self.audience]

    def system(self) -> System:
        return tables.system(self.counts, self.quarter, self.quarters, self.rows, self.timing)


def quarter_name(key: str, lang: str) -> str:
    return f"{'T' if lang == 'fr' else 'Q'}{key[-1]} {key[:4]}"


def measures(material: Material, shield: Shield, words: Mapping[str, Mapping[str, str]]) -> dict[str, Measure]:
    """Every number that the report may print. Hidden ones hold no value at all."""
    made = _Measures(material, shield, words)
    made.cells()
    made.changes()
    made.timing()
    made.registers()
    made.frame()
    made.sayable()
    return made.found


class _Measures:
    def __init__(self, material: Material, shield: Shield, words: Mapping[str, Mapping[str, str]]) -> None:
        self.material, self.shield, self.words = material, shield, words
        self.found: dict[str, Measure] = {}

    def add(self, name: str, value: int | float | str | None, hidden: bool = False, unit: str = "", period: str = "") -> None:
        label = {self.material.lang: self.words["highlight"].get(name, name)}
        period = period or self.material.quarter
        self.found[name] = Measure(name, label, None if hidden else value, hidden, unit, "as_known", period)

    def cells(self) -> None:
        covered = self.material.counts.covered.get(self.material.quarter, frozenset())
        uncovered = {area for area in self.material.rows.areas if area not in covered}
        for cell in self.material.system().cells:
            value = self.shield.published.get(cell.key)
            area = cell.key.partition("|area=")[2]
            # Zero is printed only where the area was covered; elsewhere there is no data.
            earlier = cell.key.partition(":")[2]
            unseen = area in uncovered or (earlier and not self.material.counts.covered.get(earlier))
            unit = ROUNDED if self.shield.rounded else ""
            self.add(cell.key, None if value == 0 and unseen else value, hidden=value is None, unit=unit, period=earlier)

    def changes(self) -> None:
        material = self.material
        for name, steps in (("previous", 1), ("year", 4)):
            for measure in ("incidents", "victims"):
                for line in tables.TREND_LINES:
                    now = self.found[f"{measure}.{line}"]
                    then = self.found[tables.total_key(measure, line, tables.before(material.quarter, steps), material.quarter)]
                    text = None
                    if isinstance(now.value, int) and isinstance(then.value, int):
                        text = _signed(now.value - then.value, material.lang)
                    self.add(f"change.{measure}.{line}.{name}", text, now.hidden or then.hidden)

    def timing(self) -> None:
        delay, k = self.material.timing.delay, self.shield.k
        enough = delay.known >= rules.least_for_median(k) and self.shield.can_show("delay.known")
        median = delay.median
        whole = int(median) if median is not None and float(median).is_integer() else median
        self.add("delay.median", whole, hidden=not enough and delay.known > 0)
        for name in ("rate", "in_time"):
            if self.shield.can_show(f"{name}.all", f"{name}.yes"):
                share = Share(self.shield.published[f"{name}.yes"], self.shield.published[f"{name}.all"])
                self.share(name, share)
            else:
                self.add(f"{name}.percent", None, hidden=True)

    def share(self, name: str, share: Share, codes: Mapping[str, str] | None = None) -> None:
        """A percentage from what is shown, so that it never says more than its parts."""
        key = cell_key(f"{name}.percent", codes)
        way = rules.how_to_show(share, self.shield.k)
        if way == "percent":
            self.add(key, rules.percent(share), unit="%")
        else:
            self.add(key, None, hidden=way == "hidden", unit="%")

    def registers(self) -> None:
        """Patrols, training, institutions: no survivor stands behind a unit, so the counts are shown."""
        for name in ("patrols", "trained", "institutions"):
            rows = self.material.registers.get(name, {})
            for codes, share in {(): Share(0, 0), **rows}.items():
                named = dict(codes)
                known = share.denominator > 0 or share.numerator > 0
                self.add(cell_key(f"{name}.yes", named), share.numerator if known else None)
                self.add(cell_key(f"{name}.all", named), share.denominator if known else None)
                self.share(name, share, named)

    def frame(self) -> None:
        material = self.material
        self.add("quarter", quarter_name(material.quarter, material.lang))
        self.add("as_of", long_date(material.as_of, material.lang))
        self.add("threshold", self.shield.k or None)
        self.add("five", rules.ROUNDING_BASE)
        self.add("ten", 2 * rules.ROUNDING_BASE)
        covered = material.counts.covered.get(material.quarter, frozenset())
        self.add("areas.covered", len(covered & set(material.rows.areas)))
        self.add("areas.all", len(material.rows.areas))

    def sayable(self) -> None:
        """In a sentence a small rounded number reads as words: what is printed as 0 need not be none."""
        for name, measure in list(self.found.items()):
            if said := said_of(measure, self.words["words"]):
                self.add(name + SAID, said)


def _signed(value: int, lang: str) -> str:
    return number(value, lang) if value <= 0 else f"+{NARROW_SPACE if lang == 'fr' else ''}{number(value, lang)}"


def said_of(measure: Measure, words: Mapping[str, str]) -> str:
    """The words for a number that was rounded to 0 or to 5, else nothing."""
    if measure.unit != ROUNDED or measure.value not in (0, rules.ROUNDING_BASE):
        return ""
    return words["fewer_5"] if measure.value == 0 else words["fewer_10"]
