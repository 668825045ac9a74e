"""The report as a Word document: real styles and headings, marks on every page, no author."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Emu, Mm, Pt

from openmara import charts
from openmara.publish.content import (
    Chart,
    Figures,
    NarrativeByHand,
    Note,
    Paragraph,
    Report,
    Section,
    Subheading,
    Table,
)
from openmara.publish.render_docx_look import (
    border,
    colour_of,
    drop_thumbnail,
    element,
    insert,
    name_typeface,
    set_up_metadata,
    set_up_page,
    set_up_styles,
    with_fixed_times,
)
from openmara.publish.render_words import (
    ACCENT,
    MUTED,
    RULE,
    across,
    cell_text,
    facts,
    legend,
    sentence,
    shown,
    word,
)

TEXT_WIDTH = Mm(166)
WHOLE_ROWS = 12  # a table up to this size is not torn between two pages
LEAST_ROWS = 3  # of a longer one, so much at least stands below its head


def render_docx(report: Report) -> bytes:
    """One document, deterministic: the same content gives the same bytes."""
    document = Document()
    set_up_page(document, report)
    set_up_styles(document, report)
    set_up_metadata(document, report)
    _header_and_footer(document, report)
    _front(document, report)
    for section in report.parts():
        _section(document, section, report)
    drop_thumbnail(document)
    name_typeface(document)
    buffer = BytesIO()
    document.save(buffer)
    return with_fixed_times(buffer.getvalue())


def _header_and_footer(document: Any, report: Report) -> None:
    page = document.sections[0]
    header = page.header.paragraphs[0]
    _tab_to_the_right(header)
    _run(header, "  ·  ".join(report.marks), 7.5, ACCENT, bold=True)
    _run(header, f"\t{report.classification}", 7.5, MUTED)
    border(header._p.get_or_add_pPr(), bottom=(4, RULE))
    footer = page.footer.paragraphs[0]
    _tab_to_the_right(footer)
    _run(footer, f"{report.title} – {report.subtitle}\t{word('page', report.lang)} ", 7.5, MUTED)
    _field(footer, "PAGE")
    _run(footer, f" {word('of', report.lang)} ", 7.5, MUTED)
    _field(footer, "NUMPAGES")
    border(footer._p.get_or_add_pPr(), top=(4, RULE))


def _tab_to_the_right(paragraph: Any) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.style.paragraph_format.tab_stops.clear_all()


def _run(paragraph: Any, text: str, size: float = 0, colour: str = "", bold: bool | None = None) -> Any:
    run = paragraph.add_run(text)
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = colour_of(colour)
    run.font.bold = bold
    return run


def _field(paragraph: Any, code: str) -> None:
    for kind in ("begin", "separate", "end"):
        run = _run(paragraph, "", 7.5, MUTED)
        run._r.append(element("fldChar", fldCharType=kind))
        if kind == "begin":
            instruction = element("instrText")
            instruction.text = f" {code} "
            _run(paragraph, "", 7.5, MUTED)._r.append(instruction)
        elif kind == "separate":
            _run(paragraph, "1", 7.5, MUTED)


def _front(document: Any, report: Report) -> None:
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(report.subtitle, style="Subtitle")
    table = _grid(document, 1, len(facts(report)), _widths((1.3, 1.0, 1.5, 0.9)))
    for cell, (name, value) in zip(table.rows[0].cells, facts(report), strict=True):
        _cell_paragraph(cell, name, "Key figure label")
        line = cell.add_paragraph(style="Table text")
        _run(line, value, 9, bold=True)
    _rules(table, top=(8, ACCENT), bottom=(4, RULE))
    caveat = document.add_paragraph(report.caveat)
    caveat.paragraph_format.space_before = Pt(10)
    if report.highlights:
        _figures(document, Figures(report.highlights), report)
    _contents(document, report)
    for at, note in enumerate(legend(report)):
        line = document.add_paragraph(note, style="Table note")
        line.paragraph_format.space_before, line.paragraph_format.space_after = (
            Pt(14 if at == 0 else 2),
            Pt(2),
        )


def _contents(document: Any, report: Report) -> None:
    """A real table of contents with its lines already in place; page numbers come when Word updates it."""
    title = document.add_paragraph(style="Caption")
    _run(title, word("contents", report.lang), 10)
    lines = [document.add_paragraph(style="Contents line") for _ in report.parts()]
    for line, section in zip(lines, report.parts(), strict=True):
        link = element("hyperlink", anchor=_bookmark(section), history="1")
        run = _run(line, f"{_number(section, report)}\t{section.title}")
        link.append(run._r)
        line._p.append(link)
    opening = [element("r") for _ in range(3)]
    instruction = element("instrText")
    instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
    opening[0].append(element("fldChar", fldCharType="begin"))
    opening[1].append(instruction)
    opening[2].append(element("fldChar", fldCharType="separate"))
    for run in reversed(opening):
        lines[0]._p.insert(1, run)
    closing = element("r")
    closing.append(element("fldChar", fldCharType="end"))
    lines[-1]._p.append(closing)


def _bookmark(section: Section) -> str:
    return f"_Toc_{section.number}"


def _number(section: Section, report: Report) -> str:
    return f"{word('annex', report.lang)} {section.number}" if section in report.annexes else section.number


def _section(document: Any, section: Section, report: Report) -> None:
    heading = document.add_paragraph(style="Heading 1")
    at = str(report.parts().index(section))
    heading._p.append(element("bookmarkStart", id=at, name=_bookmark(section)))
    gap = "\u2003" if section in report.annexes else "\t"
    _run(heading, _number(section, report) + gap, colour=MUTED, bold=False)
    _run(heading, section.title)
    heading._p.append(element("bookmarkEnd", id=at))
    if section in (*report.annexes[:1], report.sections[0]):
        heading.paragraph_format.page_break_before = True
        heading.paragraph_format.space_before = Pt(0)
    first = len(document.paragraphs)
    for at_block, block in enumerate(section.blocks):
        _RENDER[type(block)](document, block, report)
        if any(isinstance(one, NarrativeByHand) for one in section.blocks[at_block + 1 : at_block + 2]):
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    if section is report.parts()[-1]:
        for paragraph in document.paragraphs[first:-1]:  # no last page with a few lines
            paragraph.paragraph_format.keep_with_next = True


def _paragraph(document: Any, block: Paragraph, report: Report) -> None:
    document.add_paragraph(sentence(block.text, report))


def _subheading(document: Any, block: Subheading, report: Report) -> None:
    document.add_paragraph(sentence(block.text, report), style="Heading 2")


def _note(document: Any, block: Note, report: Report) -> None:
    paragraph = document.add_paragraph(style="Boxed note")
    _run(paragraph, f"{word('note', report.lang)}. ", bold=True)
    _run(paragraph, sentence(block.text, report))


def _by_hand(document: Any, block: NarrativeByHand, report: Report) -> None:
    paragraph = document.add_paragraph(style="By hand")
    paragraph.paragraph_format.keep_together = True
    _run(paragraph, word("by_hand", report.lang), 7.5, MUTED, bold=True).add_break()
    _run(paragraph, block.text)


def _figures(document: Any, block: Figures, report: Report) -> None:
    columns = across(len(block.ids))
    table = _grid(document, -(-len(block.ids) // columns), columns)
    for at, name in enumerate(block.ids):
        measure = report.measures[name]
        cell = table.cell(at // columns, at % columns)
        _cell_paragraph(cell, shown(measure, report.lang), "Key figure")
        cell.add_paragraph(measure.label.get(report.lang, name), style="Key figure label")
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("cantSplit"))
    _rules(table, top=(8, ACCENT), bottom=(4, RULE))
    _gap(document)


def _caption(document: Any, name: str, text: str) -> None:
    paragraph = document.add_paragraph(style="Caption")
    _run(paragraph, f"{name}\u2002", colour=ACCENT)
    _run(paragraph, text)


def _table(document: Any, block: Table, report: Report) -> None:
    _caption(document, block.id, sentence(block.caption, report))
    widths = _widths([one.share for one in block.columns], 0.62 if block.is_narrow else 1.0)
    table = _grid(document, len(block.rows) + 1, len(block.columns), widths)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(element("cantSplit"))
    head._tr.get_or_add_trPr().append(element("tblHeader"))
    for cell, column in zip(head.cells, block.columns, strict=True):
        _fill(cell, column.label, column.figures, bold=True)
    for row, drawn in zip(block.rows, list(table.rows)[1:], strict=True):
        drawn._tr.get_or_add_trPr().append(element("cantSplit"))
        for cell, column, content in zip(drawn.cells, block.columns, row.cells, strict=True):
            _fill(cell, cell_text(content, report), column.figures, bold=row.total)
    _rules(table, top=(8, ACCENT), bottom=(4, RULE), insideH=(4, RULE))
    _rule_under(head, 6, ACCENT)
    _keep_together(table, len(block.rows) if len(block.rows) <= WHOLE_ROWS else LEAST_ROWS)
    if block.note:
        document.add_paragraph(sentence(block.note, report), style="Table note")
    else:
        _gap(document)


def _keep_together(table: Any, rows: int) -> None:
    for row in list(table.rows)[:rows]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(cell: Any, text: str, figures: bool, bold: bool) -> None:
    paragraph = _cell_paragraph(cell, "", "Table text")
    _run(paragraph, text, bold=bold or None)
    if figures:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _chart(document: Any, block: Chart, report: Report) -> None:
    _caption(document, block.id, sentence(block.caption, report))
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    width = min(Mm(150), Pt(0.75 * charts.width_of(block.svg)))
    picture = paragraph.add_run().add_picture(BytesIO(charts.to_png(block.svg)), width=width)
    picture._inline.docPr.set("descr", block.alt)
    picture._inline.docPr.set("name", block.id)
    document.add_paragraph(f"{word('see_table', report.lang)} {block.table_id}.", style="Table note")


def _widths(shares: Sequence[float], part: float = 1.0) -> list[Emu]:
    return [Emu(round(TEXT_WIDTH * part * share / sum(shares))) for share in shares]


def _grid(document: Any, rows: int, columns: int, widths: list[Emu] | None = None) -> Any:
    table = document.add_table(rows, columns)
    table.autofit = False
    for at, column in enumerate(table.columns):
        width = widths[at] if widths else Emu(TEXT_WIDTH // columns)
        column.width = width
        for cell in column.cells:
            cell.width = width
    margins = element("tblCellMar")
    margins.append(element("left", w="0", type="dxa"))
    margins.append(element("right", w="0", type="dxa"))
    insert(table._tbl.tblPr, margins, ("tblLook",))
    for row in table.rows:
        for at, cell in enumerate(row.cells):
            _inner_margins(cell, left=at > 0, right=at < columns - 1)
    return table


def _inner_margins(cell: Any, *, left: bool, right: bool) -> None:
    """Space between columns, none at the outer edges: text and rules start on the same line."""
    margins = element("tcMar")
    margins.append(element("left", w="80" if left else "0", type="dxa"))
    margins.append(element("right", w="80" if right else "0", type="dxa"))
    insert(cell._tc.get_or_add_tcPr(), margins, ("vAlign",))


def _rules(table: Any, **sides: tuple[int, str]) -> None:
    borders = element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        if side in sides:
            size, colour = sides[side]
            borders.append(
                element(side, val="single", sz=str(size), space="0", color=colour.removeprefix("#"))
            )
    insert(table._tbl.tblPr, borders, ("shd", "tblLayout", "tblCellMar", "tblLook"))


def _rule_under(row: Any, size: int, colour: str) -> None:
    for cell in row.cells:
        borders = element("tcBorders")
        borders.append(
            element("bottom", val="single", sz=str(size), space="0", color=colour.removeprefix("#"))
        )
        insert(cell._tc.get_or_add_tcPr(), borders, ("shd", "tcMar", "vAlign"))


def _cell_paragraph(cell: Any, text: str, style: str) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    if text:
        paragraph.add_run(text)
    return paragraph


def _gap(document: Any) -> None:
    gap = document.add_paragraph(style="Table note")
    gap.paragraph_format.space_before = gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(8)


_RENDER: dict[type, Callable[[Any, Any, Report], None]] = {
    Paragraph: _paragraph,
    Subheading: _subheading,
    Note: _note,
    NarrativeByHand: _by_hand,
    Figures: _figures,
    Table: _table,
    Chart: _chart,
}
