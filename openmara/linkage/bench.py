"""Measures linkage on synthetic reports whose incident is known: `python -m openmara.linkage.bench --size ci --json`.

The figures rank methods; they do not promise accuracy on real reports.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping

from openmara.linkage.clusters import clusters
from openmara.linkage.reports_of_truth import SIZES, generate
from openmara.linkage.scoring import Candidate, score

THRESHOLD = 0.02
Figures = dict[str, float]


def measure(size: str) -> Figures:
    """Make the reports, link them, and compare with the truth."""
    _say(f"making {SIZES[size]} synthetic reports")
    truth = generate(size)
    found: list[Candidate] = []
    groups: list[frozenset[str]] = []
    pairs = 0
    started = time.perf_counter()
    for number, reports in enumerate(truth.missions, 1):  # a mission never sees another's reports
        _say(f"mission {number} of {len(truth.missions)}: linking {reports.num_rows} reports")
        scoring = score(reports, THRESHOLD)
        groups += clusters(scoring.candidates)
        found += scoring.candidates
        pairs += scoring.pairs_scored
    seconds = round(time.perf_counter() - started, 2)
    figures: Figures = {"reports": len(truth.incident_of), "candidate_pairs": pairs, "seconds": seconds}
    figures |= _pairs(found, truth.incident_of)
    figures |= _groups(_group_of(groups, truth.incident_of), truth.incident_of)
    return {name: round(value, 4) for name, value in figures.items()}


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs_within(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _pairs(candidates: Iterable[Candidate], incident_of: Mapping[str, str]) -> Figures:
    """Pairs taken alone, at even odds."""
    taken = [c for c in candidates if c.probability >= 0.5]
    right = sum(incident_of[c.report_a] == incident_of[c.report_b] for c in taken)
    precision = right / max(1, len(taken))
    recall = right / max(1, _pairs_within(Counter(incident_of.values()).values()))
    return {"pair_precision": precision, "pair_recall": recall, "pair_f1": _f(precision, recall)}


def _group_of(groups: Iterable[frozenset[str]], reports: Iterable[str]) -> dict[str, str]:
    """The group of each report; one that stands alone is its own group."""
    group_of = {report: report for report in reports}
    group_of |= {report: min(group) for group in groups for report in group}
    return group_of


def _groups(group_of: Mapping[str, str], incident_of: Mapping[str, str]) -> Figures:
    """B-cubed: averaged over reports, how much of its group belongs to it and how much of its incident is there."""
    both = Counter((group_of[report], incident_of[report]) for report in incident_of)
    groups, incidents = Counter(group_of.values()), Counter(incident_of.values())
    precision = sum(n * n / groups[group] for (group, _), n in both.items()) / max(1, len(incident_of))
    recall = sum(n * n / incidents[incident] for (_, incident), n in both.items()) / max(1, len(incident_of))
    right, made, true = (_pairs_within(c.values()) for c in (both, groups, incidents))
    exact = sum(n == groups[group] == incidents[incident] for (group, incident), n in both.items())
    return {
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f": _f(precision, recall),
        "cluster_pair_f1": _f(right / max(1, made), right / max(1, true)),
        "exact_incidents": exact / max(1, len(incidents)),
    }


def _say(text: str) -> None:
    sys.stderr.write(f"bench link: {text}\n")


def main(arguments: list[str] | None = None) -> None:
    """Print the figures: one a line, or one JSON object on the last line."""
    parser = argparse.ArgumentParser(prog="bench link", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="ci")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    figures = measure(chosen.size)
    if chosen.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name:18} {value:g}\n" for name, value in figures.items())


if __name__ == "__main__":
    main()
