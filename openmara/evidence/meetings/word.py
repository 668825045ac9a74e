"""How a Word file that leaves the meetings looks: page, type, mark of class, reader, synthetic data. Same type and inks as the quarterly report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TYPEFACE = "Noto Sans"
INK, MUTED, ACCENT, ALARM, RULE = "1C2529", "55636A", "1F4E5F", "8C2F1B", "D5DCDF"


@dataclass(frozen=True)
class Marks:
    """What every page carries: class, whom the copy is for, on which day, and whether the data are synthetic."""

    classification: str
    reader: str
    day: str
    synthetic: bool

    def watermark(self) -> str:
        return _("Copy for %(reader)s, %(day)s. Not to be passed on.") % {"reader": self.reader, "day": self.day}


def new(title: str, subtitle: str, marks: Marks, lang: str, day: date) -> Any:
    """An A4 page with its marks in header and footer, and the title."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin, page.bottom_margin = Mm(26), Mm(22)
    _styles(document, lang)
    _line(page.header.paragraphs[0], marks.classification, ALARM, 8.5, bold=True)
    if marks.synthetic:
        _line(page.header.add_paragraph(), _("Synthetic data of Carana. Training use only."), ALARM, 8.5)
    _line(page.footer.paragraphs[0], marks.watermark(), MUTED, 8)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title, properties.subject, properties.language = title, subtitle, lang
    properties.created = properties.modified = datetime(day.year, day.month, day.day)
    document.add_paragraph(title, style="Title")
    document.add_paragraph(subtitle, style="Subtitle")
    return document


def _line(paragraph: Any, text: str, colour: str, size: float, bold: bool = False) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, TYPEFACE
    run.font.color.rgb = RGBColor.from_string(colour)


def _styles(document: Any, lang: str) -> None:
    sizes = {"Normal": (9.5, INK, 0, 6), "Title": (20, ACCENT, 0, 2), "Subtitle": (11, INK, 0, 12), "Heading 1": (13, ACCENT, 16, 6)}
    for name, (size, colour, before, after) in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.italic = TYPEFACE, Pt(size), False
        style.font.bold = name in ("Title", "Heading 1")
        style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
        for key in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{key}"), TYPEFACE)
    for found in document.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        document.styles["Title"].element.pPr.remove(found)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR" if lang == "fr" else "en-GB")
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def heading(document: Any, text: str) -> None:
    document.add_heading(text, level=1)


def table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], numeric: Sequence[int] = ()) -> None:
    """A table with a repeated head row, ruled by hairlines; `widths` in millimetres."""
    made = document.add_table(rows=1, cols=len(heads))
    made.autofit = False
    for cell, text in zip(made.rows[0].cells, heads, strict=True):
        _cell(cell, text, bold=True)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in rows:
        for place, (cell, text) in enumerate(zip(made.add_row().cells, row, strict=True)):
            _cell(cell, text, right=place in numeric)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for row in made.rows:
        keep = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(keep)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for place in numeric:
        made.rows[0].cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, bold: bool = False, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(8.5), bold
    borders = OxmlElement("w:tcBorders")
    edge = OxmlElement("w:bottom")
    for key, value in {"val": "single", "sz": "8" if bold else "4", "color": INK if bold else RULE}.items():
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()
