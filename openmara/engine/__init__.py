"""Runs named SQL steps over frames and says exactly what was run.

It knows tables, parameters and fingerprints, and no word of the domain.
It refuses anything but reading: no writes, no files, no network, no values pasted into SQL.
Left of it: nothing. Plain Python.
"""

from openmara.engine.fingerprint import fingerprint
from openmara.engine.run import Result, run
from openmara.engine.steps import Step, parse, read, show

__all__ = ["Result", "Step", "fingerprint", "parse", "read", "run", "show"]
