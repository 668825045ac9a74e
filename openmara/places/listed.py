"""Reads areas and settlements from plain lists (CSV rows with p-codes), as humanitarian gazetteers come without shapes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.places.boundaries import PCODE, AreaRecord

SETTLEMENT_HEADER = ("settlement_pcode", "name_en", "adm1_pcode", "adm2_pcode")
LONGEST = 120
Record = TypeVar("Record")


@dataclass(frozen=True)
class SettlementRecord:
    """One settlement as a file states it. Coordinates are the settlement's."""

    code: str
    name: str
    adm1: str
    adm2: str
    adm3: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def read_areas(rows: Iterable[Mapping[str, str]]) -> list[AreaRecord]:
    """Areas of the deepest level whose p-code column the list has (ADM1_PCODE … ADM3_PCODE)."""
    out: list[AreaRecord] = []
    problems: dict[str, str] = {}
    for line, raw in enumerate(rows, start=2):
        row = {str(name).upper(): (value or "").strip() for name, value in raw.items() if isinstance(value, str | None)}
        level = max((number for number in range(4) if row.get(f"ADM{number}_PCODE")), default=None)
        if level is None:
            problems[_row(line)] = _("No p-code found. The list needs columns such as ADM2_PCODE and ADM3_PCODE.")
            continue
        code, parent = row[f"ADM{level}_PCODE"], row.get(f"ADM{level - 1}_PCODE", "")
        names = {lang.lower(): row[f"ADM{level}_{lang}"] for lang in ("EN", "FR") if row.get(f"ADM{level}_{lang}")}
        if not PCODE.fullmatch(code) or (level and not code.startswith(parent or "?")):
            problems[_row(line)] = _("A p-code begins with the code of the area above.")
        elif not names or any(len(name) > LONGEST for name in names.values()):
            problems[_row(line)] = _("The area needs a name of at most %(limit)s letters.") % {"limit": LONGEST}
        else:
            out.append(AreaRecord(level, code, names, parent or None, None, None, None))
    return _sound(out, problems)


read_subdistricts = read_areas


def read_settlements(rows: Iterable[Mapping[str, str]]) -> list[SettlementRecord]:
    """Settlements with their codes, names, areas and, if stated, coordinates in degrees."""
    out: list[SettlementRecord] = []
    problems: dict[str, str] = {}
    for line, raw in enumerate(rows, start=2):
        row = {str(name).lower(): (value or "").strip() for name, value in raw.items() if isinstance(value, str | None)}
        missing = [name for name in SETTLEMENT_HEADER if not row.get(name)]
        latitude, longitude = _degrees(row.get("lat", ""), 90), _degrees(row.get("lon", ""), 180)
        if missing:
            problems[_row(line)] = _("Missing: %(columns)s.") % {"columns": ", ".join(missing)}
        elif len(row["settlement_pcode"]) > 24 or len(row["name_en"]) > LONGEST:
            problems[_row(line)] = _("The code or the name is too long.")
        elif "wrong" in (latitude, longitude) or (latitude is None) != (longitude is None):
            problems[_row(line)] = _("Coordinates are degrees: latitude within 90, longitude within 180.")
        else:
            found = [place if isinstance(place, Decimal) else None for place in (latitude, longitude)]
            out.append(
                SettlementRecord(
                    row["settlement_pcode"], row["name_en"], row["adm1_pcode"], row["adm2_pcode"], row.get("adm3_pcode", ""), *found
                )
            )
    return _sound(out, problems)


def _row(line: int) -> str:
    return _("row %(number)s") % {"number": line}


def _sound(out: list[Record], problems: dict[str, str]) -> list[Record]:
    if problems:
        first = "; ".join(f"{where}: {what}" for where, what in list(problems.items())[:20])
        raise NotValid(_("The list cannot be used: %(problems)s") % {"problems": first}, problems)
    if not out:
        raise NotValid(_("The list holds no row."))
    return out


def _degrees(text: str, limit: int) -> Decimal | str | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return "wrong"
    return value.quantize(Decimal("0.00001")) if value.is_finite() and abs(value) <= limit else "wrong"
