"""Reconciliation: which cells a sheet has, which differences ask for an explanation, and what three people sign. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openmara import vocabulary

BODIES = {"mara": "swpa", "human_rights": "hr", "mrm": "cp"}  # who signs for which
BREAKDOWNS = ("adm1", "party_category")


@dataclass(frozen=True)
class Cell:
    """Figures of one cell in survivors; None = the body has stated none."""

    form_group: str
    breakdown: str
    code: str
    incidents: int
    mara: int
    late: int
    human_rights: int | None = None
    mrm: int | None = None
    reason_code: str = ""
    words: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.form_group, self.breakdown, self.code)


def group_of(form: str) -> str:
    """The group of a principal form."""
    for one in vocabulary.load("form_group").codes:
        if form in one.crosswalk.get("crsv_form", ()):
            return one.code
    return "other_forms"


def differs(cell: Cell) -> bool:
    """Whether what another body has stated is not MARA's figure of the quarter, so that it needs a reason."""
    return any(figure is not None and figure != cell.mara for figure in (cell.human_rights, cell.mrm))


def check_cell(cell: Cell) -> str:
    """What a cell lacks before anybody may sign: '' = nothing; else the name of the field."""
    if not differs(cell):
        return ""
    if cell.reason_code not in vocabulary.codes("reconciliation_reason"):
        return "reason_code"
    return "words" if len(cell.words.strip()) < 5 else ""


def fingerprint(quarter: str, cells: Iterable[Cell]) -> bytes:
    """What is signed: every figure, reason and word, in one order."""
    rows = [[*cell.key, cell.incidents, cell.mara, cell.late, cell.human_rights, cell.mrm, cell.reason_code, cell.words] for cell in cells]
    return hashlib.sha256(json.dumps([quarter, sorted(rows, key=lambda row: [str(part) for part in row[:3]])]).encode()).digest()


@dataclass(frozen=True)
class Counted:
    """One verified incident of a quarter: how many people and children, its group, province, kinds of parties, and whether it was late."""

    form_group: str
    adm1: str
    party_categories: tuple[str, ...]
    people: int
    children: int
    late: bool


def cells(found: Iterable[Counted]) -> list[Cell]:
    """MARA's figures by the counting rule. Children stand in a group of their own besides, so groups do not add up with it."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    for one in found:
        places = [("adm1", one.adm1), *(("party_category", code) for code in one.party_categories or ("unknown",))]
        for group, people in ((one.form_group, one.people), ("children", one.children)):
            if group == "children" and not people:
                continue
            for breakdown, code in places:
                figures = sums.setdefault((group, breakdown, code), [0, 0, 0])
                figures[0] += not one.late
                figures[2 if one.late else 1] += people
    return [Cell(*key, one[0], one[1], one[2]) for key, one in sorted(sums.items())]


def moved(kept: Mapping[tuple[str, str, str], Cell], now: Iterable[Cell]) -> int:
    """How many cells MARA would count otherwise today than the sheet says."""
    figures = {cell.key: (cell.incidents, cell.mara, cell.late) for cell in now}
    before = {key: (cell.incidents, cell.mara, cell.late) for key, cell in kept.items() if (cell.incidents, cell.mara, cell.late) != (0, 0, 0)}
    return sum(1 for key in {*figures, *before} if figures.get(key) != before.get(key))
