"""Writes the synthetic files of the Carana demo mission: raw reports, registers, the truth and the cast's script.

Deterministic: one seed gives the same bytes. Holds no product code path: what it writes enters the product
through its importers and actions. Imports no other room; FORMATS.md describes what it writes.
"""

from .write import Summary, write

__all__ = ["Summary", "write"]
