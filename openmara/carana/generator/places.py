"""The gazetteer of Carana as the generator sees it, read from the files of the places folder."""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PLACES_FOLDER = Path(__file__).resolve().parents[1] / "places"


@dataclass(frozen=True)
class Settlement:
    """A settlement with the codes of the areas around it."""

    code: str
    name: str
    adm1: str
    adm2: str
    adm3: str


@dataclass(frozen=True)
class Gazetteer:
    """Settlements, and the names of districts by p-code."""

    settlements: tuple[Settlement, ...]
    districts: Mapping[str, str]

    def adm1_codes(self) -> list[str]:
        return sorted({s.adm1 for s in self.settlements})

    def in_adm1(self, code: str) -> list[Settlement]:
        return [s for s in self.settlements if s.adm1 == code]

    def named(self, name: str) -> Settlement:
        """The settlement of that name; the storyline needs a few by name."""
        return next(s for s in self.settlements if s.name == name)

    def word(self, code: str) -> str:
        """The name of a district or settlement if no sibling carries the same, else its p-code."""
        return self._words.get(code, code)

    @cached_property
    def _words(self) -> dict[str, str]:
        named = [(code[:4], code, name) for code, name in self.districts.items()]
        named += [(s.adm2, s.code, s.name) for s in self.settlements]
        seen = Counter((parent, len(code), name.casefold()) for parent, code, name in named)
        return {code: name for parent, code, name in named if seen[parent, len(code), name.casefold()] == 1}


def read(folder: Path = PLACES_FOLDER) -> Gazetteer:
    """Read settlements.csv and the district names of adm2.geojson."""
    with (folder / "settlements.csv").open(encoding="utf-8", newline="") as handle:
        settlements = tuple(
            Settlement(
                row["settlement_pcode"],
                row["name_en"],
                row["adm1_pcode"],
                row["adm2_pcode"],
                row["adm3_pcode"],
            )
            for row in csv.DictReader(handle)
        )
    boundaries = json.loads((folder / "adm2.geojson").read_text(encoding="utf-8"))
    districts = {f["properties"]["ADM2_PCODE"]: f["properties"]["ADM2_EN"] for f in boundaries["features"]}
    return Gazetteer(settlements, districts)
