"""What every rendering of a report shares: words, number formats, colours, typeface."""

from datetime import date

from openmara.charts.look import ACCENT as ACCENT
from openmara.charts.look import INK as INK
from openmara.charts.look import MUTED as MUTED
from openmara.charts.look import NARROW_SPACE, number
from openmara.charts.look import TYPEFACE as TYPEFACE
from openmara.charts.look import font_folders as font_folders
from openmara.publish.content import Cell, Measure, Ref, Report, parse_sentence

RULE = "#C9D2D6"
WASH = "#EEF3F5"
HIDDEN_MARK = "c"

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "contents": "Contents",
        "page": "Page",
        "of": "of",
        "period": "Period",
        "as_of": "Data as of",
        "classification": "Classification",
        "figures": "Figures",
        "as_reported": "as reported",
        "as_known": "as known",
        "hidden_note": "c: withheld to protect people. Small counts, and others that would reveal them, are not shown.",
        "no_data_note": "–: no data. The area or topic was not covered in the period; this is not zero.",
        "rounded_note": "<5: none to four. <10: one to nine. Numbers of incidents and victims are rounded to protect people.",
        "no_data": "no data",
        "by_hand": "Entered by hand",
        "note": "Note",
        "table": "Table",
        "chart": "Chart",
        "annex": "Annex",
        "see_table": "The same figures are in table",
        "hidden_spoken": "withheld",
    },
    "fr": {
        "contents": "Table des matières",
        "page": "Page",
        "of": "sur",
        "period": "Période",
        "as_of": "Données arrêtées au",
        "classification": "Classification",
        "figures": "Chiffres",
        "as_reported": "tels que communiqués",
        "as_known": "tels que connus à ce jour",
        "hidden_note": "c\u00a0: chiffre non communiqué afin de protéger les personnes. Les petits nombres, "
        "et ceux qui permettraient de les déduire, ne sont pas publiés.",
        "no_data_note": "–\u00a0: données non disponibles. La zone ou le sujet n’était pas couvert pendant la période\u00a0; "
        "il ne s’agit pas d’un zéro.",
        "rounded_note": "<5\u00a0: de zéro à quatre. <10\u00a0: d’un à neuf. Les nombres d’incidents et de victimes sont arrondis afin de "
        "protéger les personnes.",
        "no_data": "n.\u00a0d.",
        "by_hand": "Saisi manuellement",
        "note": "Note",
        "table": "Tableau",
        "chart": "Graphique",
        "annex": "Annexe",
        "see_table": "Les mêmes chiffres figurent dans le tableau",
        "hidden_spoken": "non communiqué",
    },
}

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}


def word(name: str, lang: str) -> str:
    """A fixed word of the renderings; English where a language has none yet."""
    return LABELS.get(lang, LABELS["en"])[name]


def shown(measure: Measure, lang: str) -> str:
    """A measure as a reader sees it: `c` where hidden, a dash where there is no data."""
    if measure.hidden:
        return HIDDEN_MARK
    if measure.value is None:
        return "–"
    if isinstance(measure.value, str):
        return measure.value
    if measure.unit == "rounded" and measure.value in (0, 5):  # none to four, one to nine: never told apart
        return "<5" if measure.value == 0 else "<10"
    text = number(measure.value, lang)
    if measure.unit == "%":
        return f"{text}{NARROW_SPACE}%" if lang == "fr" else f"{text}%"
    return text


def long_date(day: date, lang: str) -> str:
    """The date as a person of that language writes it."""
    first = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    return f"{first} {MONTHS.get(lang, MONTHS['en'])[day.month - 1]} {day.year}"


def sentence(text: str, report: Report) -> str:
    """A sentence with its measures filled in."""
    parts = (
        shown(report.measures[part.id], report.lang) if isinstance(part, Ref) else part
        for part in parse_sentence(text)
    )
    return "".join(parts)


def across(figures: int) -> int:
    """Key figures in a row: four where that leaves no rest, else three."""
    return max(1, min(figures, 4 if figures % 4 == 0 else 3))


def cell_text(cell: Cell, report: Report) -> str:
    """A table cell as a reader sees it."""
    if isinstance(cell, Ref):
        return shown(report.measures[cell.id], report.lang)
    return sentence(cell, report)


def legend(report: Report) -> list[str]:
    """The footnotes that this report needs."""
    used = report.measures.values()
    notes = []
    if any(measure.hidden for measure in used):
        notes.append(word("hidden_note", report.lang))
    if any(measure.unit == "rounded" for measure in used):
        notes.append(word("rounded_note", report.lang))
    if any(measure.value is None and not measure.hidden for measure in used):
        notes.append(word("no_data_note", report.lang))
    return notes


def facts(report: Report) -> list[tuple[str, str]]:
    """The lines under the title: period, date of the data, basis, classification."""
    lang = report.lang
    bases = sorted({word(measure.basis, lang) for measure in report.measures.values()})
    return [
        (word("period", lang), report.period),
        (word("as_of", lang), long_date(report.as_of, lang)),
        (word("figures", lang), ", ".join(bases)),
        (word("classification", lang), report.classification),
    ]
