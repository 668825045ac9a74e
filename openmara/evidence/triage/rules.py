"""Rules of triage, pure: routes, the wording in force, and what stops interviewing (domain brief 1.1, 1.5, 4.1, 4.7).

WHO (2007) asks that basic care be available locally before anything that may lead to disclosure, and that whoever asks is trained;
neither ever keeps anybody from recording what has come in already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from openmara import vocabulary


class Coding(Protocol):
    """What of an account or an incident is compared."""

    month_from: date
    month_to: date
    forms: Sequence[str]
    total: int


# Where triage may send a report. `sea_route` ends the report, so it is no state that a report can have.
STATES = frozenset({"untriaged", "crsv", "gbv_context", "mrm_xref", "out_of_scope", "hq_routing"})
ELSEWHERE = ("gbv_context", "mrm_xref", "out_of_scope", "hq_routing")
LEAST_REASON = 10
NEAR = 5  # incidents offered beside a report
MODULES = ("who_ethics", "murad", "psea", "gbv_referral")
SECTORS = ("health", "psychosocial")
ANSWERS = ("yes", "no", "unknown")
# The short form asks no narrative and no consent; whoever was told about services is said without a provider.
SHORT = (
    "date_from", "date_to", "date_precision", "adm1", "adm2", "forms", "women", "girls", "men", "boys", "adults_not_split",
    "children_not_split", "people_not_split", "total", "number_estimated", "child_protection_routed", "alleged_parties", "source_org_type", "source_category",
)  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """Why interviewing stops, and what to do instead."""

    code: str
    reason: str
    to_do: str


@dataclass(frozen=True)
class Covered:
    """Whether somebody can be referred in a district; `unknown` where nobody has said."""

    health: str = "unknown"
    psychosocial: str = "unknown"


def months_around(first: date, last: date) -> tuple[date, date]:
    """From the month before to the month after: accounts of one event rarely agree on the day."""
    before, after = first.year * 12 + first.month - 2, last.year * 12 + last.month
    return date(before // 12, before % 12 + 1, 1), date(after // 12, after % 12 + 1, 1)


def likeness(one: Coding, other: Coding) -> tuple[bool, int, bool]:
    """What speaks for one event, the weightier first: months that meet, forms of violence in common, the same number of people."""
    meet = one.month_from <= other.month_to and other.month_from <= one.month_to
    return meet, len(set(one.forms) & set(other.forms)), one.total == other.total


def stops(*, covered: Covered | None, modules: Mapping[str, date], today: date, lang: str = "en") -> list[Stop]:
    """Why interviewing and seeking disclosure stop; empty where nothing stands against it. `covered` is None where no area is chosen yet."""
    return [*_of_area(covered), *_of_modules(modules, today, lang)]


def _of_area(covered: Covered | None) -> list[Stop]:
    if covered is None:
        return []
    absent = {
        "health": (_("No health care to which a survivor could be referred works in this district."),
                   _("Nobody has said whether health care works in this district.")),
        "psychosocial": (_("No psychosocial support to which a survivor could be referred works in this district."),
                         _("Nobody has said whether psychosocial support works in this district.")),
    }  # fmt: skip
    found = []
    for sector in SECTORS:
        answer = getattr(covered, sector)
        if answer == "no":
            found.append(Stop(f"{sector}_no", absent[sector][0], _("Give information on what there is further away. Tell the GBV coordinator.")))
        elif answer != "yes":
            found.append(Stop(f"{sector}_unknown", absent[sector][1], _("Ask the GBV coordinator, and have it set under Service coverage.")))
    return found


def _of_modules(modules: Mapping[str, date], today: date, lang: str) -> list[Stop]:
    """A module holds through its last day."""
    found = []
    for code in MODULES:
        until = modules.get(code)
        name = vocabulary.label("training_module", code, lang)
        if until is None:
            found.append(Stop(f"{code}_missing", _("Module not completed: %(name)s.") % {"name": name}, _("Take it, then ask the senior adviser to enter it.")))
        elif until < today:
            said = _("Module run out: %(name)s.") % {"name": name}
            found.append(Stop(f"{code}_expired", said, _("Repeat it, then ask the senior adviser to enter it.")))
    return found


def definition_on(day: date) -> str:
    """The wording of the definition in force on a day: the newest of those that hold."""
    return vocabulary.codes("crsv_definition", on=day)[-1]


def check_change(before: str, after: str, reason: str) -> dict[str, str]:
    """A report that was sent somewhere is sent elsewhere with a reason only."""
    if after not in STATES:
        return {"route": _("Choose one.")}
    if after == before:
        return {"route": _("The report is there already.")}
    if before != "untriaged" and len(reason.strip()) < LEAST_REASON:
        return {"reason": _("Say why the earlier decision changes, in a few words. No names.")}
    return {}


def check_nexus(types: Iterable[str]) -> dict[str, str]:
    """V5: conflict-related needs one link at least, of a kind that is known."""
    found = list(types)
    kinds = [one.partition(":")[0] for one in found]
    known = set(vocabulary.codes("nexus_type"))
    if not found:
        return {"nexus_types": _("Conflict-related needs at least one link to the conflict.")}
    if set(kinds) - known or any(one.partition(":")[2] not in ("direct", "indirect") for one in found):
        return {"nexus_types": _("Choose from the list.")}
    return {}


def concerns_international_forces(compartment: Iterable[str]) -> bool:
    """Forces of a State or organisation under a mandate, not of the United Nations: headquarters says where it goes."""
    return "contingent" in set(compartment)


def check_receipt(reference: str, at: object, earliest: object, latest: object) -> dict[str, str]:
    """The channel's receipt: a reference of its own, and a time between the routing and now."""
    problems = {}
    if not 3 <= len(reference.strip()) <= 80:
        problems["reference"] = _("Write the reference the channel gave you.")
    if at is None:
        problems["received_at"] = _("Write the day and the time, for example 2026-03-31 and 17:40.")
    elif not earliest <= at <= latest:  # type: ignore[operator]  # moments
        problems["received_at"] = _("The receipt lies before the account came to you, or in the future.")
    return problems
