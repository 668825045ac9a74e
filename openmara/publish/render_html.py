"""The report as a fragment of semantic HTML: classes only, no style and no script of its own."""

from collections.abc import Callable
from html import escape

from openmara.publish.content import (
    Block,
    Cell,
    Chart,
    Figures,
    NarrativeByHand,
    Note,
    Paragraph,
    Ref,
    Report,
    Section,
    Subheading,
    Table,
    parse_sentence,
)
from openmara.publish.render_words import facts, legend, shown, word


def render_html(report: Report) -> str:
    """The whole report, to be placed inside a page that has its own `h1`-free frame and style sheet."""
    lang = escape(report.lang)
    marks = "".join(f'<li class="om-mark">{escape(mark)}</li>' for mark in report.marks)
    lines = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts(report)
    )
    head = (
        f'<header class="om-report-head"><ul class="om-marks">{marks}</ul>'
        f'<h1>{escape(report.title)}</h1><p class="om-subtitle">{escape(report.subtitle)}</p>'
        f'<dl class="om-facts">{lines}</dl>{_highlights(report)}'
        f'<p class="om-caveat">{escape(report.caveat)}</p></header>'
    )
    body = "".join(_section(section, report) for section in report.parts())
    notes = "".join(f"<p>{escape(note)}</p>" for note in legend(report))
    return (
        f'<article class="om-report" lang="{lang}">{head}{_contents(report)}{body}'
        f'<footer class="om-legend">{notes}</footer></article>'
    )


def _highlights(report: Report) -> str:
    return _figures(Figures(report.highlights), report) if report.highlights else ""


def _anchor(section: Section) -> str:
    return f"s-{escape(section.number.lower().replace(' ', '-'))}"


def _heading(section: Section, report: Report) -> str:
    number = section.number
    if section in report.annexes:
        number = f"{word('annex', report.lang)} {number}"
    return f'<span class="om-number">{escape(number)}</span> {escape(section.title)}'


def _contents(report: Report) -> str:
    title = escape(word("contents", report.lang))
    lines = "".join(
        f'<li><a href="#{_anchor(section)}">{_heading(section, report)}</a></li>'
        for section in report.parts()
    )
    return f'<nav class="om-contents" aria-label="{title}"><h2>{title}</h2><ol>{lines}</ol></nav>'


def _section(section: Section, report: Report) -> str:
    anchor = _anchor(section)
    blocks = "".join(_block(block, report) for block in section.blocks)
    return (
        f'<section class="om-section" aria-labelledby="{anchor}">'
        f'<h2 id="{anchor}">{_heading(section, report)}</h2>{blocks}</section>'
    )


def _block(block: Block, report: Report) -> str:
    return _RENDER[type(block)](block, report)


def _measure(name: str, report: Report) -> str:
    """A number that names its measure, so that a page can lead back to the evidence."""
    measure = report.measures[name]
    text = escape(shown(measure, report.lang))
    if measure.hidden:
        spoken = escape(word("hidden_spoken", report.lang))
        return f'<abbr class="om-measure om-hidden" title="{spoken}">{text}</abbr>'
    value = f'<data class="om-measure" value="{escape(str(measure.value))}">{text}</data>'
    return value if measure.value is not None else f'<span class="om-measure om-no-data">{text}</span>'


def _words(text: str, report: Report) -> str:
    parts = parse_sentence(text)
    return "".join(_measure(part.id, report) if isinstance(part, Ref) else escape(part) for part in parts)


def _cell(cell: Cell, report: Report) -> str:
    return _measure(cell.id, report) if isinstance(cell, Ref) else _words(cell, report)


def _paragraph(block: Paragraph, report: Report) -> str:
    return f"<p>{_words(block.text, report)}</p>"


def _subheading(block: Subheading, report: Report) -> str:
    return f"<h3>{_words(block.text, report)}</h3>"


def _figures(block: Figures, report: Report) -> str:
    lines = ""
    for name in block.ids:
        label = escape(report.measures[name].label.get(report.lang, name))
        lines += f"<div><dt>{label}</dt><dd>{_measure(name, report)}</dd></div>"
    return f'<dl class="om-figures">{lines}</dl>'


def _table(block: Table, report: Report) -> str:
    heads = "".join(
        f'<th scope="col"{_figure_class(column.figures)}>{escape(column.label)}</th>'
        for column in block.columns
    )
    rows = ""
    for row in block.rows:
        cells = f'<th scope="row">{_cell(row.cells[0], report)}</th>'
        for column, cell in zip(block.columns[1:], row.cells[1:], strict=True):
            cells += f"<td{_figure_class(column.figures)}>{_cell(cell, report)}</td>"
        rows += f'<tr class="om-total">{cells}</tr>' if row.total else f"<tr>{cells}</tr>"
    note = f'<p class="om-table-note">{_words(block.note, report)}</p>' if block.note else ""
    caption = f'<span class="om-number">{escape(block.id)}</span> {_words(block.caption, report)}'
    return (
        f'<div class="om-table{" om-narrow" if block.is_narrow else ""}" id="t-{escape(block.id)}"><table><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{note}</div>"
    )


def _figure_class(figures: bool) -> str:
    return ' class="om-figure"' if figures else ""


def _chart(block: Chart, report: Report) -> str:
    link = f'<a href="#t-{escape(block.table_id)}">{escape(word("see_table", report.lang))} {escape(block.table_id)}</a>'
    caption = f'<span class="om-number">{escape(block.id)}</span> {_words(block.caption, report)}'
    return f'<figure class="om-chart-figure"><figcaption>{caption}</figcaption>{block.svg}<p class="om-table-note">{link}</p></figure>'


def _note(block: Note, report: Report) -> str:
    label = escape(word("note", report.lang))
    return f'<p class="om-note"><strong>{label}.</strong> {_words(block.text, report)}</p>'


def _by_hand(block: NarrativeByHand, report: Report) -> str:
    label = escape(word("by_hand", report.lang))
    return f'<div class="om-by-hand"><p class="om-by-hand-mark">{label}</p><p>{escape(block.text)}</p></div>'


_RENDER: dict[type, Callable[..., str]] = {
    Paragraph: _paragraph,
    Subheading: _subheading,
    Figures: _figures,
    Table: _table,
    Chart: _chart,
    Note: _note,
    NarrativeByHand: _by_hand,
}
