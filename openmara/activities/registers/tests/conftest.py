"""Every register folder, and the entries of its synthetic example."""

import csv
import tomllib
from pathlib import Path

import pytest

from openmara import forms

REGISTERS = Path(__file__).resolve().parent.parent
NAMES = ("patrol", "ssr_institution", "training")


class Register:
    def __init__(self, name: str) -> None:
        self.folder = REGISTERS / name
        self.form = forms.read(self.folder)
        self.definition = tomllib.loads((self.folder / "definition.toml").read_text(encoding="utf-8"))
        self.frame_sql = (self.folder / "frame.sql").read_text(encoding="utf-8")

    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "example.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


@pytest.fixture(params=NAMES)
def register(request) -> Register:
    return Register(request.param)


@pytest.fixture
def register_named():
    return Register
