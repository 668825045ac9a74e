"""What pages of verification show, as prepared values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openmara import vocabulary
from openmara.evidence import pages, presenters, rules
from openmara.evidence.models import Decision, Incident
from openmara.evidence.queries import IncidentFile, Names
from openmara.evidence.verification import actions, quarters
from openmara.security import clock

LINES = {
    "verified": gettext_lazy("occurred and verified"), "late": gettext_lazy("verified late"), "under_verification": gettext_lazy("open"),
    "older_open": gettext_lazy("open, from before"), "reported_not_verified": gettext_lazy("reported, not verified"), "": gettext_lazy("not shown"),
}  # fmt: skip
BANDS = {
    "0-13": gettext_lazy("less than 14 days"), "14-29": gettext_lazy("14 to 29 days"), "30-89": gettext_lazy("30 to 89 days"),
    "90": gettext_lazy("90 days and more"),
}  # fmt: skip
STEPS_BACK = ("under_verification", "did_not_occur", "duplicate")


@dataclass(frozen=True)
class InQuarter:
    """One quarter that shows the incident, and as what."""

    quarter: str
    reported: str
    known: str


@dataclass(frozen=True)
class Origin:
    """A judgement that two accounts are of one origin."""

    key: str
    one: str
    other: str
    by: str
    made_at: datetime
    undone: bool


@dataclass(frozen=True)
class Band:
    code: str
    label: str
    received: int
    under_verification: int
    href: str


@dataclass(frozen=True)
class OpenRow:
    """An open incident in the backlog: month and district at the finest."""

    ref: str
    href: str
    month: str
    district: str
    status: str
    who: str
    opened: datetime
    since: datetime
    band: str


def in_figures(incident: Incident, decisions: Iterable[Decision] | None = None) -> list[quarters.Counted]:
    """Every quarter that shows the incident, by the counting rule for one incident."""
    if incident.record_class != "crsv":
        return []
    return quarters.counted(actions.steps_of(incident, decisions), incident.month_to, clock.day_in(incident.mission))


def figures(incident: Incident, decisions: Iterable[Decision]) -> list[InQuarter]:
    return [InQuarter(one.quarter, str(LINES[one.as_reported]), str(LINES[one.as_known])) for one in in_figures(incident, decisions)]


def moved(found: Sequence[quarters.Touched]) -> list[InQuarter]:
    """What a step back changes: quarter, line before, line after."""
    return [InQuarter(one.quarter, str(LINES[one.before]), str(LINES[one.after])) for one in found]


def origins(file: IncidentFile) -> list[Origin]:
    refs = {link.report_id: link.report.ref for link in file.links}
    return [
        Origin(str(one.id), refs[one.report_a_id], refs[one.report_b_id], one.made_by.shown_name, one.made_at, one.undone_at is not None)
        for one in file.origins
    ]


def bands(found: Sequence[tuple[str, int, int]], mission: str, whose: str) -> list[Band]:
    return [
        Band(code, str(BANDS[code]), received, under, reverse("backlog", args=[mission]) + f"?band={code}" + (f"&whose={whose}" if whose else ""))
        for code, received, under in found
    ]


def band_of(opened: datetime, now: datetime) -> str:
    days = (now - opened).days
    return str(BANDS["0-13" if days < 14 else "14-29" if days < 30 else "30-89" if days < 90 else "90"])


def open_rows(rows: Sequence[Incident], since: Mapping[object, datetime], names: Names, mission: str) -> list[OpenRow]:
    now = clock.now()
    return [
        OpenRow(
            row.ref, reverse("incident", args=[mission, row.ref]), pages.months(row.month_from, row.month_to), presenters.district(row, names),
            row.verification_status, row.assigned_to.shown_name if row.assigned_to else _("Nobody yet"), row.recorded_at,
            since.get(row.id, row.recorded_at), band_of(row.recorded_at, now),
        )
        for row in rows
    ]  # fmt: skip


def reasons(before: str, after: Sequence[str]) -> list[tuple[str, str]]:
    """Reasons that fit any of these steps, in the order of the list."""
    fitting = {code for step in after for code in rules.reason_codes(before, step)}
    return [(code, text) for code, text in vocabulary.choices("verification_reason", pages.language()) if code in fitting]


def reason_field(before: str, after: Sequence[str], values: Mapping[str, str], problems: Mapping[str, str]) -> pages.Field:
    offered = reasons(before, after)
    chosen = values.get("reason_code", "")
    return pages.Field(
        "q-reason_code", "reason_code", "select", _("Reason, where not verified or closed"), _("Needed for every decision but “verified” and “under verification”."),
        chosen, problems.get("reason_code", ""), choices=pages.choices("q-reason_code", offered, chosen),
    )  # fmt: skip


def retract_fields(values: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, pages.Field]:
    """What becomes of the incident, why, in words."""
    offered = [(step, pages.label("verification_status", step)) for step in STEPS_BACK]
    meant = {step: pages.definition("verification_status", step) for step in STEPS_BACK}
    chosen = values.get("reason_code", "")
    found = [
        pages.radios("to_status", _("It becomes"), offered, values, problems, meant),
        pages.line("duplicate_of", _("Where a duplicate: of which incident"), values, problems, _("The reference of the incident that stays.")),
        pages.Field(
            "q-reason_code", "reason_code", "select", _("Reason"), "", chosen, problems.get("reason_code", ""), required=True,
            choices=pages.choices("q-reason_code", reasons("verified", STEPS_BACK), chosen),
        ),
        pages.area("rationale", _("Reasons in words"), values, problems, _("Read by the senior adviser and by you. No names."), 4),
    ]  # fmt: skip
    return {one.name: one for one in found}


def released(file: IncidentFile, live: object | None) -> tuple[str, date | None]:
    """By whom and when an incident was released."""
    if live is None:
        return "", None
    return live.made_by.shown_name, live.made_at.date()  # type: ignore[attr-defined]  # a Release
