"""Each indicator's folder carries its id, which is no Python name: its specification is imported under its full path."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest


class Specification(pytest.Module):
    def _getobj(self) -> ModuleType:
        return import_module(f"openmara.indicators.catalogue.{self.path.parent.name}.{self.path.stem}")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    is_spec = module_path.name == "test_spec.py"
    return Specification.from_parent(parent, path=module_path) if is_spec else None
