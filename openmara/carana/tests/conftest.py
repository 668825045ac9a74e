"""One demo folder for all tests of this package."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openmara.carana.generator import Summary, write


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("carana")
    return folder, write(folder)


@pytest.fixture(scope="session")
def truth(demo: tuple[Path, Summary]) -> Callable[[str], list[dict[str, Any]]]:
    """Lines of one of the truth files."""

    def lines(name: str) -> list[dict[str, Any]]:
        text = (demo[0] / "truth" / f"{name}.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    return lines
