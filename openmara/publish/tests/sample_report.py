"""A made-up quarterly report of the training country Carana, to look at the renderings.

`python -m openmara.publish.tests.sample_report OUTDIR` writes it as PDF, DOCX and HTML in English and French.
Every figure is invented; every page says so.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from openmara import charts
from openmara.disclosure.disclosure import Protected, Release, cell_key
from openmara.disclosure.disclosure import Table as Counts
from openmara.publish.content import (
    Block,
    Chart,
    Column,
    Figures,
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
)
from openmara.publish.render_docx import render_docx
from openmara.publish.render_html import render_html
from openmara.publish.render_pdf import render_pdf
from openmara.publish.tests import sample_text

QUARTERS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")
VERIFIED_BY_QUARTER = (31, 36, 29, 44, 39, None, 71, 64)
PROVINCES = {"CR01": "Fellari", "CR02": "Maroni", "CR03": "Sureen", "CR04": "Alur",
             "CR05": "Faron", "CR06": "Folsa", "CR07": "Amsan", "CR08": "Leppko"}  # fmt: skip
WEIGHTS = {"CR01": 61, "CR02": 34, "CR03": 21, "CR04": 48, "CR05": 9, "CR06": 3, "CR07": 27, "CR08": 126}
PATHS = (
    ("CR01", "M250,90L330,70L400,110L390,180L310,200L245,165Z"),
    ("CR02", "M120,60L250,90L245,165L170,190L95,150Z"),
    ("CR03", "M40,110L120,60L95,150L170,190L150,260L60,250L25,180Z"),
    ("CR04", "M170,190L245,165L310,200L300,280L220,300L150,260Z"),
    ("CR05", "M60,250L150,260L140,350L70,370L35,310Z"),
    ("CR06", "M150,260L220,300L230,370L140,350Z"),
    ("CR07", "M310,200L390,180L430,240L400,310L300,280Z"),
    ("CR08", "M220,300L300,280L400,310L390,370L310,410L230,370Z"),
)
CATEGORIES = ("woman", "girl", "man", "boy", "unknown")
PARTIES = ("CDF", "CNP", "ICSC", "MLCS", "MPC", "UIAM", "unknown")


def victims() -> Counts:
    """Invented victims by province and category."""
    chance = random.Random(2026)
    share = {"woman": 0.62, "girl": 0.24, "man": 0.05, "boy": 0.03, "unknown": 0.06}
    counts: dict[tuple[str, ...], int] = {
        (area, category): round(weight * share[category] * chance.uniform(0.6, 1.5))
        for area, weight in WEIGHTS.items()
        for category in CATEGORIES
    }
    return Counts("victims", ("area", "category"), counts)


def incidents_by_form() -> Counts:
    counts = dict(zip(sample_text.FORMS, (38, 9, 7, 5, 3, 2, 0), strict=True))
    return Counts("incidents", ("form",), {(form,): count for form, count in counts.items()})


def incidents_by_party() -> Counts:
    counts = zip(PARTIES, (7, 2, 21, 18, 0, 11, 5), strict=True)
    return Counts("incidents", ("party",), {(party,): count for party, count in counts})


def measures(protected: Protected) -> dict[str, Measure]:
    """Protected cells as measures, and the plain figures of the other sections."""
    found = {}
    for key in sorted({*protected.published, *protected.hidden}):
        value = protected.shown(key)
        label = sample_text.TOTALS.get(key, {})
        found[key] = Measure(key, label, value, hidden=value is None, period="2026Q3")
    for quarter, count in zip(QUARTERS, VERIFIED_BY_QUARTER, strict=True):
        found[f"trend:{quarter}"] = Measure(
            f"trend:{quarter}", {}, count, basis="as_reported", period=quarter
        )
    for name, figure, unit, en, fr in sample_text.PLAIN:
        found[name] = Measure(name, {"en": en, "fr": fr}, figure, unit=unit, period="2026Q3")
    return found


def sample_report(lang: str) -> Report:
    """The report in one language."""
    protected = Release((victims(), incidents_by_form(), incidents_by_party())).protect(5)
    found = measures(protected)
    words = sample_text.words(lang)
    build = _Builder(lang, words, found, protected)
    return Report(
        title=words["title"],
        subtitle=words["subtitle"],
        marks=(words["not_cleared"], words["synthetic"]),
        highlights=("incidents", "victims", "late_verified", "under_verification"),
        watermark=words["watermark"],
        classification=words["classification"],
        caveat=words["caveat"],
        period=words["period"],
        as_of=date(2026, 10, 15),
        lang=lang,
        measures=found,
        sections=tuple(
            Section(str(at), words[f"s{at}"], build.section(at)) for at in range(1, 13)
        ),
        annexes=(
            Section("A", words["annex_a"], (build.victims_table("A.1"),)),
            Section("B", words["annex_b"], tuple(Paragraph(text) for text in words["method"].split("\n"))),
        ),
    )  # fmt: skip


class _Builder:
    """Puts the words of one language around the measures."""

    def __init__(
        self, lang: str, words: dict[str, str], found: dict[str, Measure], protected: Protected
    ) -> None:
        self.lang, self.words, self.found, self.protected = lang, words, found, protected

    def section(self, at: int) -> tuple[Block, ...]:
        special: dict[int, Callable[[], tuple[Block, ...]]] = {
            2: self.key_figures,
            3: self.trends,
            4: self.parties,
            5: self.cases,
            6: lambda: (Figures(("care_72h", "referred", "services_open", "areas_without")),),
            7: lambda: (Figures(("investigations", "trials", "convictions", "reparations")),),
            9: self.commitments,
            12: self.recommendations,
        }
        text = tuple(Paragraph(line) for line in self.words[f"t{at}"].split("\n"))
        return (*text, *special[at]()) if at in special else text

    def key_figures(self) -> tuple[Block, ...]:
        return (self.forms_table(), self.forms_chart(), Note(self.words["counting"]))

    def forms_table(self) -> Table:
        rows = [
            Row((sample_text.FORMS[form][self.lang], Ref(cell_key("incidents", {"form": form}))))
            for form in sample_text.FORMS
        ]
        rows.append(Row((self.words["total"], Ref("incidents")), total=True))
        columns = (Column(self.words["form"], share=4), Column(self.words["incidents"], figures=True))
        return Table("2.1", self.words["by_form"], columns, tuple(rows))

    def forms_chart(self) -> Chart:
        points = []
        for form, names in sample_text.FORMS.items():
            measure = self.found[cell_key("incidents", {"form": form})]
            points.append(charts.Point(names[self.lang], _as_number(measure), measure.hidden))
        svg = charts.bars(points, title=self.words["by_form"], desc=self.words["by_form_alt"], lang=self.lang)
        return Chart("2.a", self.words["by_form"], svg.text, svg.desc, "2.1")

    def trends(self) -> tuple[Block, ...]:
        points = [charts.Point(self.quarter(q), _as_number(self.found[f"trend:{q}"])) for q in QUARTERS]
        words = self.words
        svg = charts.trend(points, title=words["trend"], desc=words["trend_alt"], lang=self.lang)
        table = Table(
            "3.1", words["trend"], (Column(words["quarter"], share=2), Column(words["incidents"], figures=True)),
            tuple(Row((self.quarter(q), Ref(f"trend:{q}"))) for q in QUARTERS), words["trend_note"],
        )  # fmt: skip
        values = {}
        for code in PROVINCES:
            measure = self.found[cell_key("victims", {"area": code})]
            values[code] = charts.AreaValue(_as_number(measure), measure.hidden)
        drawn = charts.area_map(
            PATHS, values, PROVINCES, title=words["map"], desc=words["map_alt"], lang=self.lang
        )
        area = Chart("3.b", words["map"], drawn.text, drawn.desc, "A.1")
        return (
            Chart("3.a", words["trend"], svg.text, svg.desc, "3.1"),
            table,
            Subheading(words["areas"]),
            area,
        )

    def quarter(self, key: str) -> str:
        return f"{'T' if self.lang == 'fr' else 'Q'}{key[-1]} {key[:4]}"

    def parties(self) -> tuple[Block, ...]:
        rows = [
            Row((sample_text.PARTIES[party][self.lang], Ref(cell_key("incidents", {"party": party}))))
            for party in PARTIES
        ]
        rows.append(Row((self.words["total"], Ref("incidents")), total=True))
        columns = (Column(self.words["party"], share=4), Column(self.words["incidents"], figures=True))
        return (Table("4.1", self.words["by_party"], columns, tuple(rows), self.words["party_note"]),)

    def cases(self) -> tuple[Block, ...]:
        return (NarrativeByHand(self.words["by_hand_1"]), NarrativeByHand(self.words["by_hand_2"]))

    def commitments(self) -> tuple[Block, ...]:
        columns = tuple(
            Column(self.words[f"c{at}"], share=share) for at, share in enumerate((2, 3, 2, 2), start=1)
        )
        rows = tuple(Row(tuple(line.split("|"))) for line in self.words["commitments"].split("\n"))
        return (Table("9.1", self.words["c0"], columns, rows),)

    def recommendations(self) -> tuple[Block, ...]:
        columns = tuple(
            Column(self.words[f"r{at}"], share=share) for at, share in enumerate((5, 2, 1.8), start=1)
        )
        rows = tuple(Row(tuple(line.split("|"))) for line in self.words["recommendations"].split("\n"))
        return (Table("12.1", self.words["r0"], columns, rows),)

    def victims_table(self, name: str) -> Table:
        columns = [Column(self.words["province"], share=2)]
        columns += [Column(sample_text.PEOPLE[one][self.lang], figures=True) for one in CATEGORIES]
        columns.append(Column(self.words["total"], figures=True))
        rows = []
        for code, label in [*PROVINCES.items(), ("", self.words["total"])]:
            area = {"area": code} if code else {}
            cells = [Ref(cell_key("victims", {**area, "category": one})) for one in CATEGORIES]
            rows.append(Row((label, *cells, Ref(cell_key("victims", area))), total=not code))
        return Table(name, self.words["by_area"], tuple(columns), tuple(rows), self.words["area_note"])


def _as_number(measure: Measure) -> float | None:
    return float(measure.value) if isinstance(measure.value, int | float) else None


def write_sample(folder: Path) -> None:
    """Write the report in every format and say how long each took."""
    folder.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "fr"):
        started = time.perf_counter()
        report = sample_report(lang)
        sys.stdout.write(f"{lang} content {time.perf_counter() - started:.2f} s\n")
        renderers: dict[str, Callable[[Report], bytes]] = {
            "pdf": render_pdf,
            "docx": render_docx,
            "html": lambda one: render_html(one).encode(),
        }
        for kind, render in renderers.items():
            started = time.perf_counter()
            data = render(report)
            (folder / f"sample-{lang}.{kind}").write_bytes(data)
            sys.stdout.write(f"{lang} {kind} {len(data)} bytes {time.perf_counter() - started:.2f} s\n")


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))
