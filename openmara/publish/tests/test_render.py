"""Three renderings of one content."""

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import typst

from openmara.publish.content import Paragraph, Section
from openmara.publish.render_docx import render_docx
from openmara.publish.render_html import render_html
from openmara.publish.render_pdf import render_pdf
from openmara.publish.tests.sample_report import sample_report

LANGS = ("en", "fr")


@pytest.fixture(scope="module")
def samples():
    return {lang: sample_report(lang) for lang in LANGS}


def parts_of(docx):
    with ZipFile(BytesIO(docx)) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def with_text(report, text):
    return replace(report, sections=(Section("1", "Text", (Paragraph(text),)),), annexes=())


def test_html_never_takes_text_as_markup(samples):
    html = render_html(with_text(samples["en"], "<script>alert()</script> & more"))
    assert "<script" not in html and "&lt;script&gt;" in html


def test_pdf_never_takes_text_as_markup(samples):
    assert render_pdf(with_text(samples["en"], '#read("/etc/passwd") *bold* $x$')).startswith(b"%PDF")


def test_word_never_takes_text_as_markup(samples):
    assert "&lt;w:br/&gt;" in parts_of(render_docx(with_text(samples["en"], "<w:br/>")))["word/document.xml"]


@pytest.mark.parametrize("lang", LANGS)
def test_html_is_a_wellformed_fragment_without_style_or_script(samples, lang):
    html = render_html(samples[lang])
    root = ElementTree.fromstring(html)
    assert root.get("lang") == lang
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in ("script", "style", "link")
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
    assert len([element for element in root.iter("h2")]) == 15


@pytest.mark.parametrize("lang", LANGS)
def test_every_mark_is_in_every_rendering(samples, lang):
    report = samples[lang]
    parts = parts_of(render_docx(report))
    header = parts["word/header1.xml"]
    html = render_html(report)
    for mark in report.marks:
        assert mark in header and mark in html


def test_html_tables_name_their_rows_and_columns(samples):
    html = render_html(samples["en"])
    assert html.count("<table>") == html.count("<caption>") == len(samples["en"].tables())
    assert 'scope="col"' in html and 'scope="row"' in html


def test_a_hidden_number_is_c_for_eyes_and_a_word_for_ears(samples):
    assert '<abbr class="om-measure om-hidden" title="withheld">c</abbr>' in render_html(samples["en"])


@pytest.mark.parametrize("lang", LANGS)
def test_pdf_is_tagged_named_and_repeatable(samples, lang):
    pdf = render_pdf(samples[lang])
    assert pdf == render_pdf(samples[lang])
    assert b"/MarkInfo" in pdf or b"pdfuaid" in pdf
    assert b"/JavaScript" not in pdf and b"/Author" not in pdf


def test_pdf_refuses_a_chart_without_a_description(samples):
    report = samples["en"]
    chart = next(block for _, block in report.blocks() if type(block).__name__ == "Chart")
    bare = replace(report, sections=(Section("1", "Chart", (replace(chart, alt=""),)),), annexes=())
    with pytest.raises(typst.TypstError, match="alt"):
        render_pdf(bare)


@pytest.mark.parametrize("lang", LANGS)
def test_word_has_headings_contents_alt_text_and_repeated_table_heads(samples, lang):
    report = samples[lang]
    document = parts_of(render_docx(report))["word/document.xml"]
    assert document.count('w:pStyle w:val="Heading1"') == 14
    assert 'TOC \\o "1-1"' in document
    assert document.count("<w:tblHeader") == len(report.tables())
    assert document.count("descr=") == sum(type(block).__name__ == "Chart" for _, block in report.blocks())


@pytest.mark.parametrize("lang", LANGS)
def test_word_names_no_author_no_machine_and_no_clock(samples, lang):
    docx = render_docx(samples[lang])
    assert docx == render_docx(samples[lang])
    core = parts_of(docx)["docProps/core.xml"]
    assert "python-docx" not in core and "2026-10-15" in core
    assert "docProps/thumbnail.jpeg" not in parts_of(docx)


@pytest.mark.parametrize("lang", LANGS)
def test_word_speaks_the_language_and_names_the_typeface(samples, lang):
    styles = parts_of(render_docx(samples[lang]))["word/styles.xml"]
    assert f'w:lang w:val="{ {"en": "en-GB", "fr": "fr-FR"}[lang] }"' in styles
    assert 'w:ascii="Noto Sans"' in styles


def test_the_page_count_is_a_field(samples):
    footer = parts_of(render_docx(samples["en"]))["word/footer1.xml"]
    assert " PAGE " in footer and " NUMPAGES " in footer
