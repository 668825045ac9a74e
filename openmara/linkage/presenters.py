"""What the page of possible duplicates shows, as prepared values: two reports side by side, and the reasons in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.evidence.models import ReportPlace
from openmara.evidence.queries import Names, ReportFile
from openmara.linkage.queries import PairFile
from openmara.linkage.reasons import reasons
from openmara.linkage.rules import Outcome

GROUPS = {
    "women": gettext_lazy("Women"), "girls": gettext_lazy("Girls"), "men": gettext_lazy("Men"), "boys": gettext_lazy("Boys"), "adult_unknown": gettext_lazy("Adults, sex not known"),
    "child_unknown": gettext_lazy("Children, sex not known"), "unknown": gettext_lazy("Age and sex not known"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One characteristic of both reports; `differs` is said in a word beside it."""

    label: str
    first: str
    second: str
    differs: bool


@dataclass(frozen=True)
class Side:
    ref: str
    href: str
    incident: str
    incident_href: str


@dataclass(frozen=True)
class Reason:
    """`favours` decides the sign; the sign is read out as a word too."""

    sign: str
    spoken: str
    text: str


@dataclass(frozen=True)
class Pair:
    id: str
    number: int
    likelihood: str
    first: Side
    second: Side
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    judged: str
    judged_by: str
    judged_at: object
    advice: str
    may_open: bool


def language() -> str:
    return "fr" if (get_language() or "en").startswith("fr") else "en"


def pairs(files: Sequence[PairFile], names: Names, mission: str) -> list[Pair]:
    return [_pair(number, file, names, mission) for number, file in enumerate(files, start=1)]


def _pair(number: int, file: PairFile, names: Names, mission: str) -> Pair:
    first, second, judgement = file.first, file.second, file.judgement
    verdicts = {"same": _("Judged to speak of one incident"), "different": _("Judged to speak of different incidents")}
    return Pair(
        id=str(file.pair.id), number=number, likelihood=likelihood(file.pair.probability), first=_side(first, mission), second=_side(second, mission),
        rows=tuple(_rows(first, second, names)), reasons=tuple(_reasons(file)), judged=verdicts[judgement.verdict] if judgement else "",
        judged_by=judgement.made_by.shown_name if judgement else "", judged_at=judgement.made_at if judgement else None,
        advice=advice(file), may_open=bool(judgement and judgement.verdict == "same" and not first.link and not second.link),
    )  # fmt: skip


def likelihood(probability: float) -> str:
    """A score only proposes, so it is told in words."""
    if probability >= 0.9:
        return _("Very likely the same")
    if probability >= 0.5:
        return _("Likely the same")
    return _("Possibly the same")


def advice(file: PairFile) -> str:
    """What to do where the reports of a pair judged the same belong to two incidents, or of one judged different to one."""
    first, second = (side.link.incident if side.link else None for side in (file.first, file.second))
    if file.judgement is None or first is None or second is None:
        return ""
    if file.judgement.verdict == "same" and first.id != second.id:
        return _("They belong to two incidents: close one of them as a duplicate on its verification page.")
    if file.judgement.verdict == "different" and first.id == second.id:
        return _("They belong to one incident: take one of them out on the incident’s page.")
    return ""


def said(outcome: Outcome, ref: str) -> str:
    """What a judgement brought about, in words."""
    words = {
        Outcome.RECORDED: _("The judgement is recorded."),
        Outcome.ALREADY_TOGETHER: _("The judgement is recorded; both belong to one incident already."),
        Outcome.TWO_INCIDENTS: _("The judgement is recorded. They belong to two incidents: close one of them as a duplicate on its verification page."),
        Outcome.NO_INCIDENT: _("The judgement is recorded. Neither belongs to an incident yet: one can be opened from these two."),
        Outcome.TOGETHER_BUT_DIFFERENT: _("The judgement is recorded. They belong to one incident: take one of them out on the incident’s page."),
    }
    return words.get(outcome) or _("The judgement is recorded, and the report belongs to incident %(ref)s now.") % {"ref": ref}


def _side(file: ReportFile, mission: str) -> Side:
    incident = file.link.incident.ref if file.link else ""
    href = reverse("incident", args=[mission, incident]) if incident else ""
    return Side(file.report.ref, reverse("report", args=[mission, file.report.ref]), incident, href)


def _rows(first: ReportFile, second: ReportFile, names: Names) -> Iterable[Row]:
    """Exact day and place only where they are open for both."""
    exact = first.exact is not None and second.exact is not None
    pairs = zip(_characteristics(first, first.exact if exact else None, names), _characteristics(second, second.exact if exact else None, names), strict=True)
    for (label, one), (_label, other) in pairs:
        if one or other:
            yield Row(label, one or "–", other or "–", bool(one and other and one != other))


def _characteristics(file: ReportFile, exact: ReportPlace | None, names: Names) -> list[tuple[str, str]]:
    row = file.report
    total = formats.number_format(row.total, 0, use_l10n=True, force_grouping=True)
    counted = [f"{word} {getattr(row, name)}" for name, word in GROUPS.items() if getattr(row, name)]
    return [
        (_("Date"), _when(row.month_from, row.month_to, exact)),
        (_("How exact the date is"), _label("date_precision", row.date_precision)),
        (_("Place"), _where(file, exact, names)),
        (_("Kind of place"), _label("place_type", row.place_type)),
        (_("Forms of violence"), ", ".join(_label("crsv_form", one) for one in sorted(row.forms))),
        (_("People"), f"≈ {total}" if row.number_estimated else total),
        (_("Of whom"), ", ".join(counted)),
        (_("Alleged party"), ", ".join(names.party(code) for code in sorted(row.party_codes)) or _("Unknown")),
        (_("Source"), ", ".join(_label("source_category", one.source_category) for one in file.sources)),
        (_("Office"), str(getattr(row.organisation, f"name_{language()}", "") or row.organisation.name_en)),
    ]


def _when(first: date, last: date, exact: ReportPlace | None) -> str:
    short = "N Y" if language() == "fr" else "M Y"  # three letters would make June and July one in French
    style = f"j {short}" if exact else short
    if exact:
        first, last = exact.date_from, exact.date_to
    if first == last:
        return formats.date_format(last, style)
    return f"{formats.date_format(first, style)} – {formats.date_format(last, style)}"


def _where(file: ReportFile, exact: ReportPlace | None, names: Names) -> str:
    fine = [names.settlements.get(exact.settlement, exact.settlement), names.area(exact.adm3)] if exact else []
    return ", ".join(part for part in [*fine, names.area(file.report.adm2), names.area(file.report.adm1)] if part)


def _label(name: str, code: str) -> str:
    try:
        return vocabulary.label(name, code, language()) if code else ""
    except vocabulary.Unknown:
        return code


def _reasons(file: PairFile) -> Iterable[Reason]:
    kept = file.pair.features
    for text in reasons(kept.get("features", {}), language(), kept.get("contributions", {})):
        sign, _cut, words = text.partition(" ")
        yield Reason(sign, _("For:") if sign == "+" else _("Against:"), words)
