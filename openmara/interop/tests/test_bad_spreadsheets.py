"""A bad spreadsheet gets a message that names the cell or the property of the file, and nothing is stored."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from openmara.errors import NotAllowed, NotFound
from openmara.evidence.accounts import COLUMNS
from openmara.interop import archive, intake, tables, xlsx
from openmara.interop.intake import ImportRefused
from openmara.interop.tables import FileRefused
from openmara.interop.tests.conftest import PLAIN, stored
from openmara.security.context import acting
from openmara.security.models import Mission

Sheet = Callable[..., bytes]
pytestmark = pytest.mark.django_db


def refusal(mission: Mission, content: bytes, kind: str = "reports", **more: Any) -> str:
    """Try to take a file in; the message of the refusal, after making sure that nothing was stored."""
    before = stored()
    with acting("hr.1", "carana") as by, pytest.raises((FileRefused, ImportRefused)) as refused:
        intake.take(by=by, mission=mission, kind=kind, content=content, **more)
    assert stored() == before
    return str(refused.value)


def cell(name: str, row: int = 2) -> str:
    return f"{tables.letter(COLUMNS.index(name))}{row}"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(found: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for name, content in found.items():
            target.writestr(name, content)
    return stream.getvalue()


def test_it_refuses_a_role_that_does_not_report(mission: Mission, sheet: Sheet) -> None:
    with acting("gender", "carana") as by, pytest.raises(NotAllowed):
        intake.take(by=by, mission=mission, kind="reports", content=sheet({}))
    with acting("gender", "carana") as by, pytest.raises(NotAllowed):
        intake.check(by=by, kind="reports", content=sheet({}))


def test_it_refuses_an_organisation_that_is_not_there(mission: Mission, sheet: Sheet) -> None:
    with acting("hr.1", "carana") as by, pytest.raises(NotFound, match="NOWHERE"):
        intake.take(by=by, mission=mission, kind="reports", content=sheet({}), organisation="NOWHERE")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("date_from", "2099-01-01", "future"),
        ("date_reported", "2099-01-01", "future"),
        ("date_from", "03/07/2026", "Not a date"),
        ("date_reported", "2026-07-01", "before it happened"),
        ("women", -2, "between 0 and"),
        ("women", 2.5, "whole number"),
        ("women", "two", "whole number"),
        ("women", True, "whole number"),
        ("forms", "arson", "crsv_form"),
        ("adm2", "Atlantis", "Not a place"),
        ("adm2", "CR0101", "does not lie"),
        ("alleged_parties", "The Martians", "register"),
        ("nexus_types", None, "link to the conflict"),
        ("girls", 1, "child protection"),
        ("classification", None, "filled in"),
        ("narrative_shareable", "Call +41 79 123 45 67", "name or locate"),
    ],
)  # fmt: skip
def test_it_refuses_one_bad_cell_and_names_it(mission: Mission, sheet: Sheet, column: str, value: Any, words: str) -> None:
    named = "child_protection_routed" if column == "girls" else column
    message = refusal(mission, sheet({}, {column: value}, {}))
    assert f"{cell(named, 3)} ({named})" in message
    assert words in message
    assert message.startswith("1 cell is at fault")


def test_messages_never_repeat_what_stands_in_a_cell(mission: Mission, sheet: Sheet) -> None:
    secret = "Zanzibarbarella"
    changes = {name: secret for name in COLUMNS if name not in ("their_reference", "nexus_note", "narrative_confidential", "narrative_shareable")}
    message = refusal(mission, sheet(changes))
    assert "cells are at fault" in message
    assert secret not in message


def test_it_refuses_a_formula_and_names_its_cell(mission: Mission, sheet: Sheet) -> None:
    book = load_workbook(BytesIO(sheet({}, {})))
    book["reports"][cell("women", 3)] = "=1+1"
    stream = BytesIO()
    book.save(stream)
    message = refusal(mission, stream.getvalue())
    assert f"{cell('women', 3)} (women): A formula" in message
    assert "(total)" not in message


def test_a_text_that_begins_with_a_sign_of_formulas_is_text(mission: Mission, sheet: Sheet) -> None:
    with acting("hr.1", "carana") as by:
        assert intake.take(by=by, mission=mission, kind="reports", content=sheet({"nexus_note": "=HYPERLINK(1)"})).added == 1


def test_it_refuses_a_reference_that_stands_twice(mission: Mission, sheet: Sheet) -> None:
    message = refusal(mission, sheet({"their_reference": "TWIN"}, {}, {"their_reference": "TWIN"}))
    assert "A4 (their_reference): The same reference as in A2" in message


def test_it_refuses_a_reference_that_came_before_with_other_content(mission: Mission, sheet: Sheet) -> None:
    with acting("hr.1", "carana") as by:
        intake.take(by=by, mission=mission, kind="reports", content=sheet({}, {}))
    message = refusal(mission, sheet({}, {"women": 3}))
    assert message.count("A3 (their_reference)") == 1
    assert "1 cell is at fault" in message


def test_it_refuses_wrong_columns(mission: Mission, sheet: Sheet) -> None:
    book = load_workbook(BytesIO(sheet({})))
    book["reports"]["A1"] = "reference"
    book["reports"]["B1"] = None
    stream = BytesIO()
    book.save(stream)
    message = refusal(mission, stream.getvalue())
    assert "Row 1 lacks these headings" in message
    assert "`their_reference`, `source_org_type`" in message


def test_it_refuses_a_column_that_is_not_of_the_template_and_a_heading_that_stands_twice(mission: Mission, sheet: Sheet) -> None:
    for heading, words in (("name_of_victim", "not columns of the template"), ("women", "this heading stands in")):
        book = load_workbook(BytesIO(sheet({})))
        book["reports"].cell(row=1, column=len(COLUMNS) + 1, value=heading)
        stream = BytesIO()
        book.save(stream)
        message = refusal(mission, stream.getvalue())
        assert words in message
        assert f"{tables.letter(len(COLUMNS))}1" in message


def test_it_refuses_a_workbook_without_the_sheet(mission: Mission) -> None:
    book = Workbook()
    stream = BytesIO()
    book.save(stream)
    assert "no sheet named `reports`" in refusal(mission, stream.getvalue())


@pytest.mark.parametrize(
    ("name", "words"),
    [("xl/vbaProject.bin", "macros"), ("xl/externalLinks/externalLink1.xml", "links to other files"), ("xl/embeddings/oleObject1.bin", "embedded"),
     ("xl/connections.xml", "other sources"), ("../evil.xml", "points outside"), ("/etc/passwd", "points outside"), ("xl\\evil.xml", "points outside")],
)  # fmt: skip
def test_it_refuses_macros_links_and_parts_that_point_outside(mission: Mission, sheet: Sheet, name: str, words: str) -> None:
    assert words in refusal(mission, packed(parts(sheet({})) | {name: b"<x/>"}))


def test_it_refuses_a_macro_workbook_renamed_to_xlsx(mission: Mission, sheet: Sheet) -> None:
    found = parts(sheet({}))
    types = found["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    assert "macros" in refusal(mission, packed(found | {"[Content_Types].xml": types}))


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_refuses_a_document_type_in_any_part_and_encoding(mission: Mission, sheet: Sheet, name: str, encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!--{"x" * 9000}--><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert "document type" in refusal(mission, packed(parts(sheet({})) | {name: bomb.encode(encoding)}))


def test_it_refuses_a_zip_bomb_before_anything_is_unpacked(mission: Mission, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(parts(sheet({})) | {"xl/worksheets/sheet9.xml": bytes(40_000_000)})
    assert len(bomb) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_a, **_k: pytest.fail("unpacked before it was judged"))
    assert "100 times its size" in refusal(mission, bomb)


def test_it_refuses_what_the_directory_says_is_larger_than_200_mb(mission: Mission, sheet: Sheet) -> None:
    found = parts(sheet({}))
    content = packed(found, zipfile.ZIP_STORED)
    size = len(found["xl/workbook.xml"]).to_bytes(4, "little")
    directory = content.index(b"PK\x01\x02")
    entry = content.index(size, directory)
    while content[entry - 4 : entry] != size:
        entry = content.index(size, entry + 1)
    faked = content[:entry] + (210_000_000).to_bytes(4, "little") + content[entry + 4 :]
    assert "larger than 200 MB" in refusal(mission, faked)


def test_it_refuses_a_file_of_200_mb_by_its_size() -> None:
    with pytest.raises(FileRefused, match="200 MB large"):
        tables.check_size(200_000_000)
    tables.check_size(199_999_999)


def test_it_refuses_too_many_parts_twin_names_passwords_and_links(mission: Mission, sheet: Sheet) -> None:
    many = {f"xl/{number}.txt": b"" for number in range(archive.MAX_ENTRIES + 1)}
    assert "more than 2000 parts" in refusal(mission, packed(parts(sheet({})) | many))
    assert "same name" in refusal(mission, packed(parts(sheet({})) | {"XL/WORKBOOK.XML": b"<x/>"}))
    encrypted = bytearray(packed(parts(sheet({}))))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(mission, bytes(encrypted))
    stream = BytesIO(packed(parts(sheet({}))))
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(stream, "a") as target:
        target.writestr(link, "/etc/passwd")
    assert "link or a device" in refusal(mission, stream.getvalue())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "not delimited text"),
        (b"%PDF-1.7\n", "not delimited text"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        ("référence;écrite en Latin-1".encode("latin-1"), "Byte 2 cannot be read as UTF-8. Say which encoding"),
        (b"their_reference;women\nR-1;\x00", "Line 2 holds a NUL"),
        (b'their_reference;"women\nR-1;2', "a quote is not closed"),
        (b"their_reference;a,b\n", "not clear which sign"),
        (b"their_reference;women\nR-1;2;3\n", "Row 2 has more cells"),
    ],
)  # fmt: skip
def test_it_refuses_files_that_are_not_what_they_seem(mission: Mission, content: bytes, words: str) -> None:
    assert words in refusal(mission, content)


def test_it_refuses_an_old_workbook_where_an_xlsx_is_expected(mission: Mission) -> None:
    assert "old format or protected by a password" in refusal(mission, b"\xd0\xcf\x11\xe0" + b"\x00" * 600, kind="hr_office")


def test_it_refuses_another_encoding_than_declared(mission: Mission) -> None:
    text = "N° d'ordre;Date des faits\n1;2\n"
    assert "in Unicode" in refusal(mission, text.encode("utf-8"), kind="police_liste")
    assert "mark of UTF-16" in refusal(mission, b"alert\tcall\n", kind="community_alerts")
    assert "Byte 12 cannot be read" in refusal(mission, b"alert,call\n\xff", kind="reports")


def test_a_declared_encoding_is_read(mission: Mission) -> None:
    header, values = ";".join(PLAIN), ";".join(str(value) for value in (PLAIN | {"nexus_note": "Présence d’hommes armés"}).values())
    content = f"sep=;\r\n{header}\r\n{values}\r\n".encode("cp1252")
    refusal(mission, content)
    with acting("hr.1", "carana") as by:
        assert intake.take(by=by, mission=mission, kind="reports", content=content, encoding="cp1252").added == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "list of objects"), (b"[1]", "Record 1 is not an object"), (b'[{"serial": NaN}]', "NaN"), (b"[" * 100_000, "Nested too deeply"),
        (b'[{"serial": "1", "serial": "2"}]', "same key twice"), (b'[{"other": 1}]', "`serial`"), (b"[{", "line 1, column"), (b"[\xff]", "Byte 2"),
        (b'[{"serial": "1", "event": ' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"}]", "Record 1 is nested"), (b"[" + b"9" * 5000 + b"]", "number is too long"),
    ],
)  # fmt: skip
def test_it_refuses_json_that_is_not_an_honest_log(mission: Mission, content: bytes, words: str) -> None:
    assert words in refusal(mission, content, kind="force_sitrep")


def test_it_refuses_an_archive_without_the_table_of_the_form(mission: Mission) -> None:
    assert "no file `carana_incident.csv`" in refusal(mission, packed({"other.csv": b"a,b\n"}), kind="partner_odk_export")


def test_it_keeps_two_hundred_problems_and_counts_the_rest(mission: Mission, sheet: Sheet) -> None:
    with acting("hr.1", "carana") as by:
        found = intake.check(by=by, kind="reports", content=sheet(*({"women": -1, "forms": "arson"} for _ in range(150))))
    assert (len(found.problems), found.problem_count, len(found.accounts)) == (200, 300, 0)


def test_a_false_extent_costs_nothing_and_a_broken_part_is_refused(sheet: Sheet) -> None:
    found = parts(sheet({}))
    name = "xl/worksheets/sheet1.xml"
    wide = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', found[name])
    assert b"XFD1048576" in wide
    assert len(xlsx.read_xlsx(packed(found | {name: wide}), sheet="reports").rows) == 1
    with pytest.raises(FileRefused, match="damaged"):
        xlsx.read_xlsx(packed(found | {name: wide.replace(b"</row>", b"")}), sheet="reports")


def test_half_characters_are_refused_at_their_place(mission: Mission) -> None:
    message = refusal(mission, b'[{"serial": "1", "remarks": "half \\ud800"}]', kind="force_sitrep")
    assert "record 1, remarks (remarks): Contains a character that is not a character" in message
