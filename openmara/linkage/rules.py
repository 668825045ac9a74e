"""What a judgement on a pair of reports brings about, pure. A judgement never deletes a report and never merges incidents."""

from enum import StrEnum

VERDICTS = ("same", "different")


class Outcome(StrEnum):
    """What follows from the verdict, given the incidents to which the two reports belong."""

    RECORDED = "recorded"
    JOINS_FIRST = "joins_first"
    JOINS_SECOND = "joins_second"
    ALREADY_TOGETHER = "already_together"
    TWO_INCIDENTS = "two_incidents"
    NO_INCIDENT = "no_incident"
    TOGETHER_BUT_DIFFERENT = "together_but_different"


def outcome(verdict: str, first: object, second: object) -> Outcome:
    """`first` and `second` are the incidents of the reports, None where a report belongs to none."""
    together = first is not None and first == second
    if verdict == "different":
        return Outcome.TOGETHER_BUT_DIFFERENT if together else Outcome.RECORDED
    if together:
        return Outcome.ALREADY_TOGETHER
    if first is None and second is None:
        return Outcome.NO_INCIDENT
    if first is None:
        return Outcome.JOINS_SECOND
    return Outcome.JOINS_FIRST if second is None else Outcome.TWO_INCIDENTS
