"""The report as a Word document: real styles and headings, marks on every page, no author."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from openmara.publish import charts
from openmara.publish.content import (
    Block,
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
from openmara.publish.render_common import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    TYPEFACE,
    WASH,
    cell_text,
    facts,
    legend,
    sentence,
    shown,
    word,
)

TEXT_WIDTH = Mm(166)
LOCALES = {"en": "en-GB", "fr": "fr-FR"}


def render_docx(report: Report) -> bytes:
    """One document, deterministic: the same content gives the same bytes."""
    document = Document()
    _set_up_page(document, report)
    _set_up_styles(document, report)
    _set_up_metadata(document, report)
    _header_and_footer(document, report)
    _front(document, report)
    for section in report.parts():
        _section(document, section, report)
    _drop_thumbnail(document)
    buffer = BytesIO()
    document.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.removeprefix("#"))


def _element(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _set_up_page(document: Any, report: Report) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin, page.bottom_margin = Mm(26), Mm(22)
    page.header_distance, page.footer_distance = Mm(12), Mm(10)


def _set_up_styles(document: Any, report: Report) -> None:
    styles = document.styles
    _font(styles["Normal"], 9.5, INK)
    _spacing(styles["Normal"], 0, 8, line=1.15)
    language = _element("lang", val=LOCALES.get(report.lang, report.lang))
    styles["Normal"].element.get_or_add_rPr().append(language)
    for name, size, colour, before, after in (
        ("Title", 22, ACCENT, 0, 2),
        ("Subtitle", 12, INK, 0, 12),
        ("Heading 1", 13, ACCENT, 20, 6),
        ("Heading 2", 10, INK, 10, 4),
        ("Caption", 8.5, INK, 10, 3),
    ):
        _font(styles[name], size, colour, bold=name not in ("Subtitle",))
        _spacing(styles[name], before, after, keep=name != "Title")
    for name, size, colour, before, after in (
        ("Table text", 8.5, INK, 1.5, 1.5),
        ("Table note", 7.5, MUTED, 3, 10),
        ("Contents line", 9.5, INK, 0, 4),
        ("Key figure", 17, ACCENT, 4, 0),
        ("Key figure label", 8, MUTED, 0, 4),
        ("Boxed note", 8.5, INK, 6, 8),
        ("By hand", 9.5, INK, 0, 8),
    ):
        style = styles.add_style(name, 1)
        style.base_style = styles["Normal"]
        _font(style, size, colour, bold=name == "Key figure")
        _spacing(style, before, after)
    _clear_title_rule(styles["Title"])
    _shade(styles["Boxed note"].element.get_or_add_pPr(), WASH)
    _border(styles["By hand"].element.get_or_add_pPr(), left=(16, RULE))


def _font(style: Any, size: float, colour: str, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = TYPEFACE, Pt(size), bold, False
    style.font.color.rgb = _colour(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [*fonts.attrib]:
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), TYPEFACE)


def _spacing(style: Any, before: float, after: float, line: float = 1.0, keep: bool = False) -> None:
    paragraph = style.paragraph_format
    paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
    paragraph.line_spacing, paragraph.keep_with_next = line, keep
    paragraph.widow_control = True


def _clear_title_rule(style: Any) -> None:
    for border in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(border)


def _insert(properties: Any, element: Any, before: tuple[str, ...]) -> None:
    """Word insists on the order of the schema."""
    for child in properties:
        if child.tag in {qn(f"w:{name}") for name in before}:
            child.addprevious(element)
            return
    properties.append(element)


AFTER_BORDER = ("shd", "tabs", "spacing", "ind", "jc", "outlineLvl", "rPr")


def _border(properties: Any, **sides: tuple[int, str]) -> None:
    """Sides in eighths of a point."""
    borders = _element("pBdr")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            size, colour = sides[side]
            borders.append(_element(side, val="single", sz=str(size), space="6", color=colour.removeprefix("#")))
    _insert(properties, borders, AFTER_BORDER)


def _shade(properties: Any, colour: str) -> None:
    shade = _element("shd", val="clear", color="auto", fill=colour.removeprefix("#"))
    _insert(properties, shade, AFTER_BORDER[1:])


def _set_up_metadata(document: Any, report: Report) -> None:
    """No author, no machine, no clock: the date is that of the data."""
    properties = document.core_properties
    moment = datetime(report.as_of.year, report.as_of.month, report.as_of.day)
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title, properties.subject = report.title, report.subtitle
    properties.language = LOCALES.get(report.lang, report.lang)
    properties.created = properties.modified = moment
    properties.revision = 1


def _header_and_footer(document: Any, report: Report) -> None:
    page = document.sections[0]
    header = page.header.paragraphs[0]
    _tab_to_the_right(header)
    _run(header, "  ·  ".join(report.marks), 7.5, ACCENT, bold=True)
    _run(header, f"\t{report.classification}", 7.5, MUTED)
    _border(header._p.get_or_add_pPr(), bottom=(4, RULE))
    footer = page.footer.paragraphs[0]
    _tab_to_the_right(footer)
    _run(footer, f"{report.title} – {report.subtitle}\t{word('page', report.lang)} ", 7.5, MUTED)
    _field(footer, "PAGE")
    _run(footer, f" {word('of', report.lang)} ", 7.5, MUTED)
    _field(footer, "NUMPAGES")
    _border(footer._p.get_or_add_pPr(), top=(4, RULE))


def _tab_to_the_right(paragraph: Any) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.style.paragraph_format.tab_stops.clear_all()


def _run(paragraph: Any, text: str, size: float = 0, colour: str = "", bold: bool | None = None) -> Any:
    run = paragraph.add_run(text)
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = _colour(colour)
    run.font.bold = bold
    return run


def _field(paragraph: Any, code: str) -> None:
    for kind in ("begin", "separate", "end"):
        run = _run(paragraph, "", 7.5, MUTED)
        run._r.append(_element("fldChar", fldCharType=kind))
        if kind == "begin":
            instruction = _element("instrText")
            instruction.text = f" {code} "
            _run(paragraph, "", 7.5, MUTED)._r.append(instruction)
        elif kind == "separate":
            _run(paragraph, "1", 7.5, MUTED)


def _front(document: Any, report: Report) -> None:
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(report.subtitle, style="Subtitle")
    table = _grid(document, 1, len(facts(report)))
    for cell, (name, value) in zip(table.rows[0].cells, facts(report), strict=True):
        _cell_paragraph(cell, name, "Key figure label")
        line = cell.add_paragraph(style="Table text")
        _run(line, value, 9, bold=True)
    _rules(table, top=(8, ACCENT), bottom=(4, RULE))
    caveat = document.add_paragraph(report.caveat)
    caveat.paragraph_format.space_before = Pt(10)
    _contents(document, report)
    for note in legend(report):
        document.add_paragraph(note, style="Table note")


def _contents(document: Any, report: Report) -> None:
    """A real table of contents with its lines already in place; page numbers come when Word updates it."""
    title = document.add_paragraph(style="Caption")
    _run(title, word("contents", report.lang), 10)
    lines = [document.add_paragraph(style="Contents line") for _ in report.parts()]
    for line, section in zip(lines, report.parts(), strict=True):
        link = _element("hyperlink", anchor=_bookmark(section), history="1")
        run = _run(line, f"{_number(section, report)}\u2003{section.title}")
        link.append(run._r)
        line._p.append(link)
    opening = [_element("r") for _ in range(3)]
    instruction = _element("instrText")
    instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
    opening[0].append(_element("fldChar", fldCharType="begin"))
    opening[1].append(instruction)
    opening[2].append(_element("fldChar", fldCharType="separate"))
    for run in reversed(opening):
        lines[0]._p.insert(1, run)
    closing = _element("r")
    closing.append(_element("fldChar", fldCharType="end"))
    lines[-1]._p.append(closing)


def _bookmark(section: Section) -> str:
    return f"_Toc_{section.number}"


def _number(section: Section, report: Report) -> str:
    return f"{word('annex', report.lang)} {section.number}" if section in report.annexes else section.number


def _section(document: Any, section: Section, report: Report) -> None:
    heading = document.add_paragraph(style="Heading 1")
    at = str(report.parts().index(section))
    heading._p.append(_element("bookmarkStart", id=at, name=_bookmark(section)))
    _run(heading, f"{_number(section, report)}\u2003", colour=MUTED, bold=False)
    _run(heading, section.title)
    heading._p.append(_element("bookmarkEnd", id=at))
    if section in report.annexes or section is report.sections[0]:
        heading.paragraph_format.page_break_before = True
    for block in section.blocks:
        _RENDER[type(block)](document, block, report)


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
    _run(paragraph, word("by_hand", report.lang), 7.5, MUTED, bold=True).add_break()
    _run(paragraph, block.text)


def _figures(document: Any, block: Figures, report: Report) -> None:
    across = min(4, len(block.ids))
    table = _grid(document, -(-len(block.ids) // across), across)
    for at, name in enumerate(block.ids):
        measure = report.measures[name]
        cell = table.cell(at // across, at % across)
        _cell_paragraph(cell, shown(measure, report.lang), "Key figure")
        cell.add_paragraph(measure.label.get(report.lang, name), style="Key figure label")
    _rules(table, top=(8, ACCENT), bottom=(4, RULE))
    _gap(document)


def _caption(document: Any, name: str, text: str) -> None:
    paragraph = document.add_paragraph(style="Caption")
    _run(paragraph, f"{name}\u2002", colour=ACCENT)
    _run(paragraph, text)


def _table(document: Any, block: Table, report: Report) -> None:
    _caption(document, block.id, sentence(block.caption, report))
    widths = [Emu(round(TEXT_WIDTH * one.share / sum(c.share for c in block.columns))) for one in block.columns]
    table = _grid(document, len(block.rows) + 1, len(block.columns), widths)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(_element("cantSplit"))
    head._tr.get_or_add_trPr().append(_element("tblHeader"))
    for cell, column in zip(head.cells, block.columns, strict=True):
        _fill(cell, column.label, column.figures, bold=True)
    for row, drawn in zip(block.rows, list(table.rows)[1:], strict=True):
        drawn._tr.get_or_add_trPr().append(_element("cantSplit"))
        for cell, column, content in zip(drawn.cells, block.columns, row.cells, strict=True):
            _fill(cell, cell_text(content, report), column.figures, bold=row.total)
    _rules(table, top=(8, ACCENT), bottom=(4, RULE), insideH=(4, RULE))
    _rule_under(head, 6, ACCENT)
    if block.note:
        document.add_paragraph(sentence(block.note, report), style="Table note")
    else:
        _gap(document)


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


def _grid(document: Any, rows: int, columns: int, widths: list[Emu] | None = None) -> Any:
    table = document.add_table(rows, columns)
    table.autofit = False
    for at, column in enumerate(table.columns):
        width = widths[at] if widths else Emu(TEXT_WIDTH // columns)
        column.width = width
        for cell in column.cells:
            cell.width = width
    margins = _element("tblCellMar")
    margins.append(_element("left", w="60", type="dxa"))
    margins.append(_element("right", w="60", type="dxa"))
    table._tbl.tblPr.append(margins)
    return table


def _rules(table: Any, **sides: tuple[int, str]) -> None:
    borders = _element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        if side in sides:
            size, colour = sides[side]
            borders.append(_element(side, val="single", sz=str(size), space="0", color=colour.removeprefix("#")))
    _insert(table._tbl.tblPr, borders, ("shd", "tblLayout", "tblCellMar", "tblLook"))


def _rule_under(row: Any, size: int, colour: str) -> None:
    for cell in row.cells:
        borders = _element("tcBorders")
        borders.append(_element("bottom", val="single", sz=str(size), space="0", color=colour.removeprefix("#")))
        cell._tc.get_or_add_tcPr().append(borders)


def _cell_paragraph(cell: Any, text: str, style: str) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    if text:
        paragraph.add_run(text)
    return paragraph


def _gap(document: Any) -> None:
    gap = document.add_paragraph(style="Table note")
    gap.paragraph_format.space_after = Pt(2)


def _drop_thumbnail(document: Any) -> None:
    """The blank template brings a picture of itself along."""
    relations = document.part.package.rels
    for name in [name for name, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[name]


def _with_fixed_times(docx: bytes) -> bytes:
    """The parts of the archive without the clock of this run."""
    out = BytesIO()
    with ZipFile(BytesIO(docx)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), ZIP_DEFLATED)
    return out.getvalue()


_RENDER: dict[type, Callable[[Any, Any, Report], None]] = {
    Paragraph: _paragraph,
    Subheading: _subheading,
    Note: _note,
    NarrativeByHand: _by_hand,
    Figures: _figures,
    Table: _table,
    Chart: _chart,
}
