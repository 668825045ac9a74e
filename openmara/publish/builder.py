"""Builds the content of the quarterly report from protected measures: twelve sections, annexes, marks, coverage."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from openmara import charts, vocabulary
from openmara.disclosure.disclosure import cell_key
from openmara.errors import NotValid
from openmara.publish import content, sections, tables
from openmara.publish.content import (
    Block,
    Chart,
    Column,
    Measure,
    NarrativeByHand,
    Note,
    Paragraph,
    Ref,
    Report,
    Row,
    Section,
    Subheading,
    Table,
)  # fmt: skip
from openmara.publish.figures import HIGHLIGHTS, SAID, Material, measures, quarter_name
from openmara.publish.render_words import MONTHS, shown
from openmara.publish.rules import Shield

LINES = tables.LINES
LEAST_BARS = 3
Kinds = list[tuple[str, dict[str, str]]]


class NotBuildable(NotValid):
    """A text of the report breaks a rule; the message names the section and the rule."""


def build_report(material: Material, shield: Shield) -> Report:
    """The report as content; refused where a text holds a typed figure or an unknown measure."""
    made = _Builder(material, shield).report()
    issues = content.lint(made, sections.ALLOWED)
    if issues:
        first = issues[0]
        raise NotBuildable(f"{first.where}: {first.problem} ({first.text})"[:200])
    return made


SENTENCE = re.compile(r"(?<=[.!?])\s+")
PROVINCE = re.compile(r"^Province (?:de la |de l[’']|du |des |de |d[’'])?| Province$")


def bound(text: str, found: Mapping[str, Measure]) -> str:
    """A sentence whose small rounded numbers are replaced by their words."""
    for name in sections.names_in(text):
        if name + SAID in found:
            text = text.replace("{" + name + "}", "{" + name + SAID + "}")
    return text


def told(text: str, found: Mapping[str, Measure]) -> str:
    """The sentences of a paragraph whose figures may be shown; one that would rest on nothing is left out whole."""

    def missing(name: str) -> bool:
        if name not in found:
            return name in sections.offered()
        return found[name].hidden or found[name].value is None

    kept = [one for one in SENTENCE.split(text) if not any(missing(name) for name in sections.names_in(one))]
    return bound(" ".join(kept), found)


class _Builder:
    def __init__(self, material: Material, shield: Shield) -> None:
        self.material, self.shield, self.lang = material, shield, material.lang
        self.all = sections.words(self.lang)
        self.words: dict[str, str] = self.all["words"]
        self.found = measures(material, shield, self.all)

    def report(self) -> Report:
        words, material = self.words, self.material
        marks = [words["title_draft"]]
        marks += [words["synthetic"]] if material.synthetic else []
        marks += [words["rounded_mark"]] if self.shield.rounded else []
        marks += [words["named_mark"]] if material.audience == "named" else []
        first, last = tables.bounds(material.quarter)
        months = MONTHS[self.lang]
        period = f"{months[first.month - 1]}–{months[last.month - 1]} {last.year}"
        return Report(
            title=words["title"], subtitle=f"{material.mission} – {quarter_name(material.quarter, self.lang)}",
            marks=tuple(marks), classification=words[material.audience], caveat=words["caveat"],
            period=period[:1].upper() + period[1:] if self.lang == "en" else period, as_of=material.as_of, lang=self.lang,
            measures=self.found, watermark=words["watermark"], highlights=HIGHLIGHTS,
            sections=tuple(self.section(number) for number in sections.NUMBERS),
            annexes=(Section("A", self.all["annex"]["a"], self.annex_a()), Section("B", self.all["annex"]["b"], self.annex_b())),
        )  # fmt: skip

    # Sections

    def section(self, number: str) -> Section:
        written = self.material.written.get(number, "")
        blocks: list[Block] = []
        if sections.is_by_hand(number):
            blocks.append(Paragraph(sections.default_text(number, self.lang)))
            texts = sections.paragraphs(written) or [self.words["by_hand_empty"]]
            blocks += [NarrativeByHand(text) for text in texts]
        else:
            texts = sections.paragraphs(written or sections.default_text(number, self.lang))
            kept = [told(text, self.found) for text in texts]
            blocks += [Paragraph(text) for text in kept if text]
            if kept != [bound(text, self.found) for text in texts]:
                blocks.append(Paragraph(self.words["left_out"]))
        special: dict[str, Callable[[], Sequence[Block]]] = {
            "1": self.coverage, "2": self.key_figures, "3": self.trends, "4": self.parties, "8": self.patrols, "10": self.coordination,
        }  # fmt: skip
        blocks += special.get(number, tuple)()
        return Section(number, sections.title(number, self.lang), tuple(blocks))

    def coverage(self) -> Sequence[Block]:
        covered = self.material.counts.covered.get(self.material.quarter, frozenset())
        missing = [self.material.area_names.get(code, code) for code in self.material.rows.areas if code not in covered]
        text = self.words["not_covered"] % ", ".join(missing) if missing else self.words["all_covered"]
        return (Note(text), Note(told(self.words["not_counted"], self.found)))

    def key_figures(self) -> Sequence[Block]:
        """Bars of rounded small numbers would show differences that are not there; one bar among gaps shows nothing."""
        if self.shield.rounded:
            return ()
        caption, points = self.all["caption"], []
        for form in self.material.rows.forms:
            measure = self.found[cell_key("incidents.verified", {"form": form})]
            if measure.hidden or measure.value:
                points.append(charts.Point(self.label("crsv_form", form), _number(measure), measure.hidden))
        if sum(not point.hidden for point in points) < LEAST_BARS:
            return ()
        drawn = charts.bars(points, title=caption["chart_forms"], desc=caption["chart_forms_alt"], lang=self.lang)
        return (Chart("2.a", caption["chart_forms"], drawn.text, drawn.desc, "A.4"),)

    def trends(self) -> Sequence[Block]:
        caption, quarters = self.all["caption"], self.material.quarters
        points = []
        for quarter in quarters:
            measure = self.found[tables.total_key("incidents", "verified", quarter, self.material.quarter)]
            points.append(charts.Point(quarter_name(quarter, self.lang), _number(measure), measure.hidden, shown(measure, self.lang)))
        drawn = charts.trend(points, title=caption["chart_trend"], desc=caption["chart_trend_alt"], lang=self.lang)
        chart = Chart("3.a", caption["chart_trend"], drawn.text, drawn.desc, "3.1")
        return (chart, self.trend_table(), self.change_table(), self.delay_table(), self.timing_table(), *self.map())

    def map(self) -> Sequence[Block]:
        if not self.material.outlines:
            return ()
        caption, values = self.all["caption"], {}
        for code in self.material.rows.areas:
            measure = self.found[cell_key("incidents.verified", {"area": code})]
            if measure.hidden or measure.value is not None:
                values[code] = charts.AreaValue(_number(measure), measure.hidden, shown(measure, self.lang))
        names = {code: PROVINCE.sub("", name) for code, name in self.material.area_names.items()}
        drawn = charts.area_map(
            self.material.outlines, values, names, title=caption["map"], desc=caption["map_alt"], lang=self.lang
        )
        return (Subheading(caption["areas"]), Chart("3.b", caption["map"], drawn.text, drawn.desc, "A.2"))

    def trend_table(self) -> Table:
        pairs = [(measure, line) for measure in ("incidents", "victims") for line in tables.TREND_LINES]
        heads = [f"{self.words[measure]}, {self.all['line'][line].lower()}" for measure, line in pairs]
        rows = [
            self.row(
                quarter_name(quarter, self.lang),
                [tables.total_key(measure, line, quarter, self.material.quarter) for measure, line in pairs],
            )
            for quarter in self.material.quarters
        ]
        return self.table("3.1", "trend", self.words["quarter"], heads, rows, self.words["basis"], share=1.2)

    def change_table(self) -> Table:
        pairs = [(measure, line) for measure in ("incidents", "victims") for line in tables.TREND_LINES]
        heads = [f"{self.words[measure]}, {self.all['line'][line].lower()}" for measure, line in pairs]
        rows = [
            self.row(self.words[name], [f"change.{measure}.{line}.{name}" for measure, line in pairs]) for name in ("previous", "year")
        ]
        return self.table("3.2", "change", self.words["change"], heads, rows, share=2.2)

    def delay_table(self) -> Table:
        words = self.words
        row = self.row(words["delay_days"], ["delay.known", "delay.median"])
        return self.table("3.3", "delay", words["incidents"], [words["numerator"], words["median_days"]], [row], share=3.5)

    def timing_table(self) -> Table:
        words = self.words
        heads = [words["numerator"], words["denominator"], words["percent"]]
        rows = [
            self.row(words["rate_row"], ["rate.yes", "rate.all", "rate.percent"]),
            self.row(words["in_time_row"], ["in_time.yes", "in_time.all", "in_time.percent"]),
        ]
        return self.table("3.4", "timing", words["measure"], heads, rows, words["share_note"], share=3.5)

    def parties(self) -> Sequence[Block]:
        rows, material = [], self.material
        for party in material.rows.parties:
            name = self.words["party_unknown"] if party == "unknown" else material.party_names.get(party, party)
            rows.append(self.row(name, [cell_key("incidents.verified", {"party": party})]))
        for category in material.rows.categories:
            key = cell_key("incidents.verified", {"category": category})
            for part, word in (("again", "counted_again"), ("other", "not_named")):
                if f"{key}|party={part}" in self.found:
                    label = f"{self.words[word]} ({self.label('party_category', category).lower()})"
                    rows.append(self.row(label, [f"{key}|party={part}"]))
        if not rows:
            return ()
        return (self.table("4.1", "a5n", self.words["party"], [self.words["incidents"]], rows, self.words["named_note"], share=4),)

    def patrols(self) -> Sequence[Block]:
        kinds: Kinds = [(self.words["all"], {})] + [(name, {"force": code}) for code, name in self.all["force"].items()]
        return self.share_table("8.1", "patrols", "patrols", self.words["patrol_of"], kinds, self.words["share_note"])

    def coordination(self) -> Sequence[Block]:
        kinds: Kinds = [(self.words["all"], {})]
        for code, name in self.all["component"].items():
            for sex in ("women", "men"):
                kinds.append((f"{name}, {self.words[sex].lower()}", {"component": code, "sex": sex}))
        training = self.share_table("10.1", "training", "trained", self.words["component"], kinds, self.words["trained_note"])
        codes = [dict(one) for one in self.material.registers.get("institutions", {}) if one]
        named = [(self.material.institution_names.get(one["institution"], one["institution"]), one) for one in codes]
        kinds = [*named, (self.words["all"], {})]
        return (*training, *self.share_table("10.2", "institutions", "institutions", self.words["institution"], kinds))

    def share_table(
        self, number: str, caption: str, name: str, head: str, kinds: Iterable[tuple[str, dict[str, str]]], note: str = ""
    ) -> Sequence[Block]:
        rows = [
            self.row(label, [cell_key(f"{name}.{part}", codes) for part in ("yes", "all", "percent")], total=not codes)
            for label, codes in kinds
            if cell_key(f"{name}.yes", codes) in self.found
        ]
        heads = [self.words[one] for one in ("numerator", "denominator", "percent")]
        return (self.table(number, caption, head, heads, rows, note, share=3),)

    # Annexes

    def annex_a(self) -> tuple[Block, ...]:
        rows, words = self.material.rows, self.words
        areas = [(code, self.material.area_names.get(code, words["area_unknown"])) for code in rows.areas]
        persons = [(code, self.label("person_category", code)) for code in tables.PERSONS]
        forms = [(code, self.label("crsv_form", code)) for code in rows.forms]
        heads = [words["incidents"], words["victims"]]
        lines = [self.row(self.all["long"][line], [f"incidents.{line}", f"victims.{line}"]) for line in LINES]
        basis = f"{words['basis']} {words['apart']}"
        rounded = (Note(words["said_rounded"]),) if self.shield.rounded else ()
        return (
            *rounded,
            self.table("A.1", "a1", words["set"], heads, lines, basis, share=3),
            self.crossed("A.2", "a2i", "incidents", "area", words["province"], areas, words["apart"]),
            self.crossed("A.3", "a3", "victims", "person", words["person"], persons, words["persons_note"]),
            self.crossed("A.4", "a4", "incidents", "form", words["form"], forms, words["forms_note"]),
            self.by_category(),
            self.by_displacement(),
            self.crossed("A.7", "a2v", "victims", "area", words["province"], areas, words["apart"]),
        )

    def crossed(
        self, number: str, caption: str, measure: str, breakdown: str, head: str, codes: Iterable[tuple[str, str]], note: str
    ) -> Table:
        rows = [
            self.row(label, [cell_key(f"{measure}.{line}", {breakdown: code}) for line in LINES]) for code, label in codes
        ]
        rows.append(self.row(self.words["total"], [f"{measure}.{line}" for line in LINES], total=True))
        return self.table(number, caption, head, [self.all["line"][line] for line in LINES], rows, note, share=2)

    def by_category(self) -> Table:
        rows = [
            self.row(self.label("party_category", code), [cell_key(f"incidents.{line}", {"category": code}) for line in LINES])
            for code in self.material.rows.categories
        ]
        if any(f"incidents.{line}|category=again" in self.found for line in LINES):
            cells: list[str | Ref] = [
                Ref(key) if (key := f"incidents.{line}|category=again") in self.found else "–" for line in LINES
            ]
            rows.append(Row((self.words["counted_again"], *cells)))
        rows.append(self.row(self.words["total"], [f"incidents.{line}" for line in LINES], total=True))
        heads = [self.all["line"][line] for line in LINES]
        return self.table("A.5", "a5", self.words["category"], heads, rows, self.words["parties_note"], share=2)

    def by_displacement(self) -> Table:
        lines = tables.DISPLACEMENT_LINES
        rows = [
            self.row(
                self.label("displacement_context", code), [cell_key(f"incidents.{line}", {"displacement": code}) for line in lines]
            )
            for code in self.material.rows.displacement
        ]
        rows.append(self.row(self.words["total"], [f"incidents.{line}" for line in lines], total=True))
        return self.table("A.6", "a6", self.words["displacement"], [self.all["line"][line] for line in lines], rows, share=3)

    def annex_b(self) -> tuple[Block, ...]:
        annex = self.all["annex"]
        way = "protection_named" if self.material.k == 0 else "protection_rounded" if self.shield.rounded else "protection"
        texts = [*sections.paragraphs(annex["method"]), annex[way], annex["annex_c"]]
        return tuple(Paragraph(text) for text in texts)

    # Parts

    def label(self, name: str, code: str) -> str:
        try:
            return vocabulary.label(name, code, self.lang)
        except vocabulary.Unknown:
            return code

    def row(self, label: str, names: Iterable[str], total: bool = False) -> Row:
        return Row((label, *(Ref(name) for name in names)), total)

    def table(
        self, number: str, caption: str, head: str, heads: Sequence[str], rows: Sequence[Row], note: str = "", share: float = 2.0
    ) -> Table:
        columns = (Column(head, share=share), *(Column(one, figures=True) for one in heads))
        return Table(number, self.all["caption"][caption], columns, tuple(rows), note)


def _number(measure: Measure) -> float | None:
    return float(measure.value) if isinstance(measure.value, int | float) else None
