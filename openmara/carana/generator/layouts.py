"""The six layouts: what each kind of source can say, read from the mapping files the importer uses too.

The mapping files translate source words to template codes; the generator turns them round. So a word that
the importer cannot read back cannot be written, and the tests read every file back through the mapping.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from .codes import LISTS

MAPPINGS_FOLDER = Path(__file__).resolve().parents[2] / "interop" / "mappings"
KINDS = (
    "hr_office",
    "police_liste",
    "partner_odk_export",
    "clinic_network",
    "force_sitrep",
    "community_alerts",
)
SUFFIX = {
    "hr_office": "xlsx",
    "police_liste": "csv",
    "partner_odk_export": "zip",
    "clinic_network": "xlsx",
    "force_sitrep": "json",
    "community_alerts": "txt",
}
# A word for a thing the source has no word for.
NEAREST: Mapping[str, Mapping[str, str]] = {
    "location_precision": {"settlement": "adm2", "adm3": "adm2"},
    "time_of_day": {"unknown": ""},
    "nexus_types": {
        "geographical:indirect": "geographical:direct",
        "causal:direct": "causal:indirect",
    },
    "forms": {
        "enforced_prostitution": "trafficking_sv",
        "forced_pregnancy": "sexual_slavery",
        "forced_abortion": "other_comparable",
        "enforced_sterilization": "other_comparable",
        "sexual_mutilation": "other_comparable",
    },
    "place_type": {"area_controlled_by_armed_groups": "isolated_area"},
    "source_category": {"primary_victim": "primary_witness"},
}


@dataclass(frozen=True)
class Layout:
    """One kind of source with its mapping and the words for every code."""

    kind: str
    mapping: Mapping[str, Any]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def organisation(self) -> str:
        return str(self.mapping["organisation"])

    def fit(self, coding: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a coding this source can state, in its own coarseness."""
        columns, constants = self.mapping["columns"], self.mapping.get("constants", {})
        fitted: dict[str, Any] = {}
        for name, value in coding.items():
            if name in constants:
                continue
            if name in columns:
                kept = self._sayable(name, value)
                if kept not in ("", [], None):
                    fitted[name] = kept
        return fitted | dict(constants)

    def _sayable(self, name: str, value: Any) -> Any:
        words = self.words.get(name)
        if words is None:
            return value
        if name in LISTS:
            kept = [self._nearest(name, part, words) for part in value]
            return [part for part in dict.fromkeys(kept) if part]
        return self._nearest(name, str(value), words)

    def _nearest(self, name: str, code: str, words: Mapping[str, tuple[str, ...]]) -> str:
        if code in words:
            return code
        near = NEAREST.get(name, {}).get(code, "")
        return near if near in words else ""

    def say(self, rng: Random, name: str, code: str) -> str:
        """A source word for a code; where there are several, people use them as they like."""
        words = self.words.get(name)
        return rng.choice(words[code]) if words else code


def load(kind: str) -> Layout:
    """Read one mapping file and turn its word lists round."""
    mapping = tomllib.loads((MAPPINGS_FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    for column, table in mapping.get("values", {}).items():
        turned: dict[str, tuple[str, ...]] = {}
        for word, code in table.items():
            turned[code] = (*turned.get(code, ()), word)
        words[column] = turned
    return Layout(kind, mapping, words)


def load_all() -> dict[str, Layout]:
    return {kind: load(kind) for kind in KINDS}
