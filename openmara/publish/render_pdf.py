"""The report as tagged PDF/UA by Typst: content travels as JSON, never as markup."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from openmara.publish.content import (
    Block,
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
)
from openmara.publish.render_words import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    TYPEFACE,
    WASH,
    across,
    cell_text,
    facts,
    font_folders,
    legend,
    sentence,
    shown,
    word,
)

TEMPLATE = Path(__file__).parent / "templates" / "publish" / "report.typ"
STANDARDS = ["ua-1"]


def render_pdf(report: Report) -> bytes:
    """Everything stays in memory; the same content gives the same bytes."""
    drawings: dict[str, bytes] = {}
    sections = [_section(section, report, drawings) for section in report.parts()]
    data = {
        "lang": report.lang,
        "title": report.title,
        "subtitle": report.subtitle,
        "marks": list(report.marks),
        "watermark": report.watermark,
        "classification": report.classification,
        "caveat": report.caveat,
        "facts": facts(report),
        "legend": legend(report),
        "across": across(len(report.highlights)),
        "highlights": [_figure(name, report) for name in report.highlights],
        "sections": sections,
        "words": {
            name: word(name, report.lang)
            for name in ("contents", "page", "of", "by_hand", "note", "see_table")
        },
        "look": {
            "accent": ACCENT,
            "ink": INK,
            "muted": MUTED,
            "rule": RULE,
            "wash": WASH,
            "typeface": TYPEFACE,
        },
    }
    sources = {"main.typ": TEMPLATE.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    moment = datetime(report.as_of.year, report.as_of.month, report.as_of.day, tzinfo=UTC)
    pdf = typst.compile(  # type: ignore[call-overload]  # its stub forgets sources kept in memory
        {**sources, **drawings},
        font_paths=[str(folder) for folder in font_folders()],
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=int(moment.timestamp()),
    )
    return bytes(pdf)


def _section(section: Section, report: Report, drawings: dict[str, bytes]) -> dict[str, Any]:
    number = section.number
    if section in report.annexes:
        number = f"{word('annex', report.lang)} {number}"
    return {
        "number": number,
        "title": section.title,
        "whole": section is report.parts()[-1],
        "new_page": section in report.annexes[:1],
        "blocks": [_block(block, report, drawings) for block in section.blocks],
    }


def _block(block: Block, report: Report, drawings: dict[str, bytes]) -> dict[str, Any]:
    match block:
        case Paragraph() | Note() | Subheading():
            kind = type(block).__name__.lower()
            return {"kind": kind, "text": sentence(block.text, report)}
        case NarrativeByHand():
            return {"kind": "by_hand", "text": block.text}
        case Figures():
            return {"kind": "figures", "figures": [_figure(name, report) for name in block.ids], "across": across(len(block.ids))}
        case Table():
            return _table(block, report)
        case Chart():
            name = f"chart-{len(drawings)}.svg"
            drawings[name] = block.svg.encode()
            caption = sentence(block.caption, report)
            return {
                "kind": "chart",
                "id": block.id,
                "caption": caption,
                "file": name,
                "alt": block.alt,
                "table": block.table_id,
            }


def _figure(name: str, report: Report) -> dict[str, str]:
    measure = report.measures[name]
    return {"label": measure.label.get(report.lang, name), "text": shown(measure, report.lang)}


def _table(block: Table, report: Report) -> dict[str, Any]:
    rows = [
        {
            "total": row.total,
            "cells": [
                {"text": cell_text(cell, report), "muted": _is_muted(cell, report)} for cell in row.cells
            ],
        }
        for row in block.rows
    ]
    columns = [{"label": one.label, "figures": one.figures, "share": one.share} for one in block.columns]
    note = sentence(block.note, report)
    return {
        "kind": "table",
        "id": block.id,
        "narrow": block.is_narrow,
        "caption": sentence(block.caption, report),
        "columns": columns,
        "rows": rows,
        "note": note,
    }


def _is_muted(cell: object, report: Report) -> bool:
    return isinstance(cell, Ref) and (
        report.measures[cell.id].hidden or report.measures[cell.id].value is None
    )
