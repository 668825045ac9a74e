"""The flash report as a file: one page in Word, every copy marked with the reader it was made for."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from openmara.evidence.presenters import Fact

TYPEFACE = "Noto Sans"
INK, ACCENT, MUTED = RGBColor(0x1F, 0x2A, 0x30), RGBColor(0x1F, 0x5F, 0x75), RGBColor(0x5B, 0x66, 0x6D)


@dataclass(frozen=True)
class Copy:
    """One reader's copy: what stands on it besides the facts."""

    ref: str
    reader: str
    taken: str
    mission: str
    classification: str
    synthetic: bool
    language: str
    note: str = ""


def written(copy: Copy, facts: Sequence[Fact]) -> bytes:
    """A4, Noto Sans, one table of facts; the reader's name at head and foot of each page."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = TYPEFACE, Pt(10), INK
    normal.element.get_or_add_rPr().append(_element("lang", val="fr-FR" if copy.language == "fr" else "en-GB"))
    document.core_properties.title, document.core_properties.author = f"{_('Flash report')} {copy.ref}", copy.mission
    mark = _("Copy for %(reader)s · %(taken)s · not to be passed on") % {"reader": copy.reader, "taken": copy.taken}
    _line(page.header.paragraphs[0], f"{copy.classification.upper()} · {mark}")
    foot = [copy.mission, copy.ref] + ([_("Synthetic data: nothing in it happened")] if copy.synthetic else [])
    _line(page.footer.paragraphs[0], " · ".join(foot) + "\n" + mark)
    title = document.add_paragraph()
    _run(title, _("Flash report %(ref)s") % {"ref": copy.ref}, 18, ACCENT, bold=True)
    _run(document.add_paragraph(), _("First information, not verified. Numbers may change. No name, age, village, picture or quotation is held here."), 9, MUTED)
    if copy.note:
        _run(document.add_paragraph(), copy.note, 10, INK, bold=True)
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, (Mm(50), Mm(116)), strict=True):
        column.width = width
    for fact in facts:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(50), Mm(116)
        for cell in cells:
            cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(4)
        _run(cells[0].paragraphs[0], fact.label, 9, MUTED)
        _run(cells[1].paragraphs[0], fact.text, 10, INK)
        for cell in cells:
            _rule(cell)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _run(paragraph: object, text: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)  # type: ignore[attr-defined]  # python-docx leaves it untyped
    run.font.name, run.font.size, run.font.color.rgb, run.bold = TYPEFACE, Pt(size), colour, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:cs"), TYPEFACE)


def _line(paragraph: object, text: str) -> None:
    _run(paragraph, text, 8, MUTED)


def _rule(cell: object) -> None:
    """A thin line under each fact."""
    borders = OxmlElement("w:tcBorders")
    borders.append(_element("bottom", val="single", sz="4", color="C9D1D5"))
    cell._tc.get_or_add_tcPr().append(borders)  # type: ignore[attr-defined]  # python-docx leaves it untyped


def _element(name: str, /, **attributes: str) -> object:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
