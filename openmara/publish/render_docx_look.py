"""How the Word document looks and what it says about itself: page, styles, metadata, archive."""

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from openmara.publish.content import Report
from openmara.publish.render_words import ACCENT, INK, MUTED, RULE, TYPEFACE, WASH

TYPEFACE_ENTRY = (
    f'<w:font w:name="{TYPEFACE}"><w:altName w:val="Segoe UI"/><w:panose1 w:val="020B0502040504020204"/>'
    '<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
)
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
AFTER_BORDER = ("shd", "tabs", "spacing", "ind", "jc", "outlineLvl", "rPr")


def colour_of(code: str) -> RGBColor:
    return RGBColor.from_string(code.removeprefix("#"))


def element(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def set_up_page(document: Any, report: Report) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin, page.bottom_margin = Mm(26), Mm(22)
    page.header_distance, page.footer_distance = Mm(12), Mm(10)


HEADINGS: tuple[tuple[str, float, str, float, float], ...] = (
    ("Title", 22, ACCENT, 0, 2),
    ("Subtitle", 12, INK, 0, 12),
    ("Heading 1", 13, ACCENT, 20, 6),
    ("Heading 2", 10, INK, 10, 4),
    ("Caption", 8.5, INK, 10, 3),
)
OWN_STYLES: tuple[tuple[str, float, str, float, float], ...] = (
    ("Table text", 8.5, INK, 1.5, 1.5),
    ("Table note", 7.5, MUTED, 3, 10),
    ("Contents line", 9.5, INK, 0, 4),
    ("Key figure", 17, ACCENT, 4, 0),
    ("Key figure label", 8, MUTED, 0, 4),
    ("Boxed note", 8.5, INK, 6, 8),
    ("By hand", 9.5, INK, 0, 8),
)


def set_up_styles(document: Any, report: Report) -> None:
    """Name, size in points, colour, space before and after in points."""
    styles = document.styles
    _font(styles["Normal"], 9.5, INK)
    _spacing(styles["Normal"], 0, 8, line=1.15)
    language = element("lang", val=LOCALES.get(report.lang, report.lang))
    styles["Normal"].element.get_or_add_rPr().append(language)
    for name, size, colour, before, after in HEADINGS:
        _font(styles[name], size, colour, bold=name not in ("Subtitle",))
        _spacing(styles[name], before, after, keep=name != "Title")
    for name, size, colour, before, after in OWN_STYLES:
        style = styles.add_style(name, 1)
        style.base_style = styles["Normal"]
        _font(style, size, colour, bold=name == "Key figure")
        _spacing(style, before, after)
    _plain(styles["Title"])
    _plain(styles["Subtitle"])
    boxed = styles["Boxed note"]
    _shade(boxed.element.get_or_add_pPr(), WASH)
    border(boxed.element.get_or_add_pPr(), **dict.fromkeys(("top", "left", "bottom", "right"), (4, WASH)))
    boxed.paragraph_format.left_indent = boxed.paragraph_format.right_indent = Pt(7)
    styles["Contents line"].paragraph_format.tab_stops.add_tab_stop(Mm(21))
    styles["Heading 1"].paragraph_format.tab_stops.add_tab_stop(Mm(9))
    border(styles["By hand"].element.get_or_add_pPr(), left=(16, RULE))


def _font(style: Any, size: float, colour: str, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = TYPEFACE, Pt(size), bold, False
    style.font.color.rgb = colour_of(colour)
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


def _plain(style: Any) -> None:
    """Without the rule and the wide letters of the blank template."""
    for properties, name in ((style.element.pPr, "pBdr"), (style.element.rPr, "spacing")):
        for found in properties.findall(qn(f"w:{name}")):
            properties.remove(found)


def insert(properties: Any, element: Any, before: tuple[str, ...]) -> None:
    """Word insists on the order of the schema."""
    for child in properties:
        if child.tag in {qn(f"w:{name}") for name in before}:
            child.addprevious(element)
            return
    properties.append(element)


def border(properties: Any, **sides: tuple[int, str]) -> None:
    """Sides in eighths of a point."""
    borders = element("pBdr")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            size, colour = sides[side]
            borders.append(
                element(side, val="single", sz=str(size), space="6", color=colour.removeprefix("#"))
            )
    insert(properties, borders, AFTER_BORDER)


def _shade(properties: Any, colour: str) -> None:
    shade = element("shd", val="clear", color="auto", fill=colour.removeprefix("#"))
    insert(properties, shade, AFTER_BORDER[1:])


def set_up_metadata(document: Any, report: Report) -> None:
    """No author, no machine, no clock: the date is that of the data."""
    properties = document.core_properties
    moment = datetime(report.as_of.year, report.as_of.month, report.as_of.day)
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.title, properties.subject = report.title, report.subtitle
    properties.language = LOCALES.get(report.lang, report.lang)
    properties.created = properties.modified = moment
    properties.revision = 1


def drop_thumbnail(document: Any) -> None:
    """The blank template brings a picture of itself along."""
    relations = document.part.package.rels
    for name in [name for name, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[name]


def name_typeface(document: Any) -> None:
    """Where Noto Sans is not installed, Word takes a sans serif of the same width, not a serif."""
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", TYPEFACE_ENTRY.encode() + b"</w:fonts>")


def with_fixed_times(docx: bytes) -> bytes:
    """The parts of the archive without the clock of this run."""
    out = BytesIO()
    with ZipFile(BytesIO(docx)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), ZIP_DEFLATED)
    return out.getvalue()
