"""UCDP Georeferenced Event Dataset (CSV, plain or gzip) as reports of context: conflict events beside the reports.

They carry deaths, not victims of sexual violence: no class of record, no forms, no tally, total 0; never an incident,
never counted. UCDP's deaths and its two precision codes stay readable in the text. Source: UCDP GED Codebook.
"""

import hashlib
import zlib
from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from openmara.interop.delimited import read_delimited
from openmara.interop.mapping import check_columns
from openmara.interop.named_places import NamedPlaces
from openmara.interop.tables import MAX_BYTES, FileRefused, Row, Table, check_size
from openmara.places.boundaries import AreaRecord
from openmara.vocabulary import fold

ORGANISATION = "UCDP"
ORGANISATION_NAME = {"en": "Uppsala Conflict Data Program", "fr": "Programme d’Uppsala sur les données relatives aux conflits"}
NEEDED = (
    "id", "type_of_violence", "dyad_name", "where_prec", "adm_1", "adm_2", "country_id", "date_prec", "date_start", "date_end",
    "best", "high", "low",
)  # fmt: skip
COLUMN_OF = {
    "their_reference": "id", "date_from": "date_start", "date_to": "date_end", "date_reported": "date_end",
    "date_precision": "date_prec", "location_precision": "where_prec", "adm1": "adm_1", "adm2": "adm_2",
}  # fmt: skip
# Codebook: 1 the day, 2 two to six days, 3 the week, 4 the month, 5 more than a month up to a year.
DATE_PRECISION = {"1": "day", "2": "range", "3": "week", "4": "month", "5": "year"}
# Codebook: 1 the place, 2 within about 25 km of a known place, 3 second-level area, 4 first-level area,
# 5 part of the country or a line, 6 the country only, 7 international waters or airspace.
PLACE_PRECISION = {"1": "settlement", "2": "adm2", "3": "adm2", "4": "adm1", "5": "unknown", "6": "unknown", "7": "unknown"}
TYPES = {"1": "state-based", "2": "non-state", "3": "one-sided"}
FIXED = {"source_org_type": "open_source", "source_category": "secondary", "source_type": "document",
         "consent_basis": "not_required_aggregate", "classification": "internal"}  # fmt: skip
MAX_RATIO = 100


def read(content: bytes, encoding: str = "") -> Table:
    """The events of one file."""
    check_size(len(content))
    table = read_delimited(_inflated(content), encoding=encoding, delimiter=",")
    check_columns(table, list(NEEDED))
    return table


def _inflated(content: bytes) -> bytes:
    """Plain text of a gzip file, with a limit that is checked while it is unpacked."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    limit = min(MAX_BYTES, max(len(content) * MAX_RATIO, 1_000_000))
    unpacking = zlib.decompressobj(wbits=31)
    try:
        out = unpacking.decompress(content, limit)
    except zlib.error:
        raise FileRefused(_("The file is damaged: it cannot be unpacked.")) from None
    if unpacking.unconsumed_tail:
        raise FileRefused(_("The file unpacks to more than %(ratio)s times its size, as no honest file does.") % {"ratio": MAX_RATIO})
    if not unpacking.eof or unpacking.unused_data:
        raise FileRefused(_("The file is damaged: it cannot be unpacked."))
    return out


def area_code(country: str, first: str, second: str = "") -> str:
    """A provisional code from UCDP's own names, the same in every file: `GW`, country number, marks of the names."""
    code = f"GW{_whole(country)}" + _mark(first)
    return code + _mark(second) if second else code


def _mark(name: str) -> str:
    return hashlib.sha256(fold(name).encode()).hexdigest()[:6].upper()


def _whole(text: str) -> str:
    """UCDP's identifiers come as 214797 or 214797.0."""
    return text.strip().removesuffix(".0")


def areas(table: Table) -> list[AreaRecord]:
    """The areas that the events name, without shapes; their codes are provisional."""
    found: dict[str, AreaRecord] = {}
    for row in table.rows:
        country, first, second = (_text(row, name) for name in ("country_id", "adm_1", "adm_2"))
        if not first or not country:
            continue
        above = area_code(country, first)
        found.setdefault(above, AreaRecord(1, above, {"und": first[:120]}, f"GW{_whole(country)}", None, None, None))
        if second:
            code = area_code(country, first, second)
            found.setdefault(code, AreaRecord(2, code, {"und": second[:120]}, above, None, None, None))
    return sorted(found.values(), key=lambda one: (one.level, one.pcode))


def _text(row: Row, name: str) -> str:
    value = row.cells.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def convert(row: Row, _places: NamedPlaces) -> tuple[dict[str, object], dict[str, str]]:
    """One event under the template's columns. UCDP states no day of reporting: the event's last day stands there."""
    problems: dict[str, str] = {}
    country, first, second = (_text(row, name) for name in ("country_id", "adm_1", "adm_2"))
    cells: dict[str, object] = dict(FIXED)
    cells["their_reference"] = f"GED-{_whole(_text(row, 'id'))}"
    cells["adm1"] = area_code(country, first) if first else ""
    cells["adm2"] = area_code(country, first, second) if first and second else ""
    cells["date_from"], cells["date_to"] = _day(row, "date_start", problems), _day(row, "date_end", problems)
    cells["date_reported"] = cells["date_to"]
    cells["date_precision"] = _code(DATE_PRECISION, row, "date_prec", "date_precision", problems)
    cells["location_precision"] = _place_precision(row, bool(first), bool(second), problems)
    cells["narrative_confidential"] = _sentence(row)
    return cells, problems


def _code(codes: Mapping[str, str], row: Row, name: str, column: str, problems: dict[str, str]) -> str:
    code = codes.get(_whole(_text(row, name)))
    if code is None:
        problems[column] = _("Not a code of UCDP's codebook.")
    return code or ""


def _place_precision(row: Row, has_first: bool, has_second: bool, problems: dict[str, str]) -> str:
    """UCDP's precision, never finer than the area that is named."""
    code = _code(PLACE_PRECISION, row, "where_prec", "location_precision", problems)
    if code in ("settlement", "adm2") and not has_second:
        code = "adm1"
    if code == "adm1" and not has_first:
        code = "unknown"
    return code


def _day(row: Row, name: str, problems: dict[str, str]) -> date | None:
    try:
        return datetime.fromisoformat(_text(row, name)).date()
    except ValueError:
        problems["date_from" if name == "date_start" else "date_to"] = _("Not a date as files of this kind write them.")
        return None


def _sentence(row: Row) -> str:
    """What UCDP states beyond place and time, in its own codes."""
    kind = TYPES.get(_whole(_text(row, "type_of_violence")), "unstated")
    deaths = ", ".join(f"{name} {_whole(_text(row, name)) or '-'}" for name in ("low", "best", "high"))
    return (
        f"UCDP GED event {_whole(_text(row, 'id'))}: {kind} violence, {_text(row, 'dyad_name')[:300]}. Deaths: {deaths}."
        f" date_prec {_whole(_text(row, 'date_prec'))}, where_prec {_whole(_text(row, 'where_prec'))}."
    )
