"""One content, three files: Word, PDF and a page that stands alone."""

from html import escape
from pathlib import Path

from openmara.publish.content import Report
from openmara.publish.render_docx import render_docx
from openmara.publish.render_html import render_html
from openmara.publish.render_pdf import render_pdf

LOOK = Path(__file__).parent / "static" / "publish" / "report.css"


def render(report: Report, kind: str) -> bytes:
    """The bytes of one format."""
    if kind == "docx":
        return render_docx(report)
    return render_pdf(report) if kind == "pdf" else standing_alone(report).encode()


def standing_alone(report: Report) -> str:
    """The report as one file that opens without the application; its look travels inside."""
    style = LOOK.read_text(encoding="utf-8")
    marks = " – ".join((report.title, *report.marks))
    return (
        f'<!doctype html><html lang="{escape(report.lang)}"><head><meta charset="utf-8"><meta name="viewport"'
        f' content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{escape(marks)}</title>'
        f'<style>body{{margin:2rem auto;max-width:60rem;padding:0 1rem;font-family:"Noto Sans",system-ui,sans-serif;color:#1c2529}}'
        f"{style}</style></head><body>{render_html(report)}</body></html>"
    )


def inside_a_page(html: str) -> str:
    """The report of a finished file as part of a page, which has its own first heading."""
    start, end = html.index("<article"), html.rindex("</article>") + len("</article>")
    return html[start:end].replace("<h1>", '<h2 class="om-title">', 1).replace("</h1>", "</h2>", 1)
