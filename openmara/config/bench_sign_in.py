"""`openmara bench sign-in`: whether time tells an existing account from one that is not there (B-60).

Keys: pairs, known_ms and unknown_ms (median of a refused sign-in), apart_ms (median of the paired differences), same_p (two-sided
Mann–Whitney test of the two samples: small = time tells them apart).
"""

import math
import statistics
import time

from openmara.config.scratch import scratch_database
from openmara.security import actions
from openmara.security.signin import PasswordBackend

PAIRS = {"ci": 40, "full": 5_000}


def measure(size: str) -> dict[str, float | int]:
    """Refused sign-ins for a real name and for a made-up one in turn, over the same path as the page's."""
    backend = PasswordBackend()
    known: list[float] = []
    unknown: list[float] = []
    with scratch_database():
        with actions.installing():
            actions.enrol(username="somebody", code="somebody", display_name="Somebody", password="bench only, synthetic, loopback")
        for number in range(PAIRS[size] + 3):
            order = [("somebody", known), (f"nobody.{number}", unknown)]
            for username, into in order if number % 2 else reversed(order):
                started = time.perf_counter()
                backend.authenticate(None, username=username, password="not the pass phrase")
                into.append((time.perf_counter() - started) * 1000)
    known, unknown = known[3:], unknown[3:]  # warm by then
    return {
        "pairs": PAIRS[size],
        "known_ms": round(statistics.median(known), 2),
        "unknown_ms": round(statistics.median(unknown), 2),
        "apart_ms": round(statistics.median(a - b for a, b in zip(known, unknown, strict=True)), 3),
        "same_p": round(_mann_whitney(known, unknown), 4),
    }


def _mann_whitney(one: list[float], other: list[float]) -> float:
    """Two-sided p by the normal approximation; times are never tied at this resolution."""
    ranks = {value: rank for rank, value in enumerate(sorted(one + other), start=1)}
    many, much = len(one), len(other)
    u = sum(ranks[value] for value in one) - many * (many + 1) / 2
    spread = math.sqrt(many * much * (many + much + 1) / 12)
    return math.erfc(abs(u - many * much / 2) / spread / math.sqrt(2))
