"""The one gate: what may leave, to whom, on which consent. Pure. Missing means no.

Sources: docs/reference/consent.md (WHO 2007 recommendation 6 and 8, Murad Code, GBVIMS consent per sector, MRM consent fields).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

GIVEN, REFUSED, WITHDRAWN = "given", "refused", "withdrawn"
EVERYTHING = "everything"  # the scope of a withdrawal of all there is
# Use → the scope that must have been given. A hand-over and a referral name their recipient.
USES: Mapping[str, str] = {
    "narrative": "wg_deidentified",
    "meeting_pack": "wg_deidentified",
    "named_reader": "wg_deidentified",
    "case": "advocacy_case_redacted",
    "handover": "accountability",
    "referral": "referral",
}
NAMED = frozenset({"accountability", "referral"})  # scopes that say nothing without their recipient
INTERVIEWED = frozenset({"survivor_adult", "survivor_child_assent_caregiver", "caregiver_only_best_interest"})
OF_A_CHILD = frozenset({"survivor_child_assent_caregiver", "caregiver_only_best_interest"})
COUNTING = "aggregate_reporting"
TOLD = frozenset({"case", "narrative", "meeting_pack", "named_reader"})
CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")


@dataclass(frozen=True)
class Answer:
    """One recorded answer, in the order of recording."""

    scope: str
    recipient: str
    answer: str
    at: datetime | None = None
    limits: str = ""


@dataclass(frozen=True)
class Account:
    """What the gate must know of one account that a text or a case rests on."""

    basis: str = ""
    answers: tuple[Answer, ...] = ()
    children: bool = False
    child_protection_routed: bool = False
    short_form: bool = False
    holds: Mapping[tuple[str, str], str] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", standing(self.answers))


def standing(answers: Iterable[Answer]) -> dict[tuple[str, str], str]:
    """(scope, recipient) → the answer that holds. The newest wins; a withdrawal of everything takes back all that was given before."""
    found: dict[tuple[str, str], str] = {}
    for one in answers:
        if one.scope == EVERYTHING:
            found = {key: WITHDRAWN if held == GIVEN else held for key, held in found.items()} | {(COUNTING, ""): WITHDRAWN}
        found[(one.scope, one.recipient)] = one.answer
    return found


def of_intake(scopes: Iterable[str], withdrawn: Collection[str] = (), at: datetime | None = None) -> list[Answer]:
    """What an account came in with, as answers: `referral:health` is a scope and its recipient."""
    parts = [scope.partition(":") for scope in scopes if scope not in withdrawn]
    return [Answer(head, recipient, GIVEN, at) for head, _colon, recipient in parts]


def has(account: Account, scope: str, recipient: str = "") -> bool:
    """Whether a use was agreed to, for this recipient where the scope names one. Missing means no."""
    return account.holds.get((scope, recipient)) == GIVEN


def all_withdrawn(account: Account) -> bool:
    """Everything was withdrawn and nothing given since: erasure is owed."""
    return account.holds.get((EVERYTHING, "")) == WITHDRAWN and GIVEN not in account.holds.values()


def is_restricted(account: Account) -> bool:
    """`restricted_withdrawn`: something that had been agreed to was taken back."""
    return any(held == WITHDRAWN for held in account.holds.values())


def counts(account: Account) -> bool:
    """Counting goes on until it is refused or withdrawn; then the next scheduled revision takes the account out."""
    return account.holds.get((COUNTING, "")) not in (REFUSED, WITHDRAWN)


def may_leave(
    *, use: str, accounts: Collection[Account], status: str, released: bool, recipient: str = "", text: str | None = None
) -> str:
    """Why something person-level may not leave for this use, or ''. No account may stand in the way, and a case needs a person's own."""
    scope = USES.get(use)
    if scope is None:
        return _("This use is not known to the rules of consent.")
    if scope in NAMED and not recipient:
        return _("Say to whom: consent holds for one recipient and not for another.")
    if not accounts:
        return _("There is no account whose consent could be asked.")
    if status != "verified" and use in ("case", "handover"):
        return _("Only verified incidents are told.") if use == "case" else _("Only verified incidents are handed over.")
    if not released and use in ("case", "handover"):
        return _("The verification has not been released yet.")
    if text is not None and not text.strip():
        return _("There is no text for sharing.")
    return next((reason for account in accounts if (reason := _account(account, use, scope, recipient))), "") or _voice(accounts, use)


def _account(account: Account, use: str, scope: str, recipient: str) -> str:
    """Why one account stands in the way: child protection first, then what its person said."""
    if account.children and not account.child_protection_routed:  # V4
        return _("Children are among those counted: child protection must have been told before any use.")
    held = account.holds.get((scope, recipient))
    if all_withdrawn(account) or held == WITHDRAWN:
        return _("Consent to this was withdrawn.")
    if held == REFUSED:
        return _("Consent to this was refused.")
    if account.short_form and use in TOLD | {"handover"}:
        return _("It came in on the short form: it may be verified and counted, never told.")
    if not account.basis:
        return _("An account has no recorded consent. Missing means no.")
    if account.basis in INTERVIEWED:
        return _child(account, use) or ("" if has(account, scope, recipient) else _missing(scope))
    if use in ("handover", "referral"):
        return _("It is known without an interview: it may be verified and counted, never handed over.")
    return "" if use == "case" or has(account, scope, recipient) else _missing(scope)


def _child(account: Account, use: str) -> str:
    """Assent of the child and consent of the caregiver; the caregiver alone in the child's best interests, and then never told as a case."""
    if account.children and account.basis not in OF_A_CHILD:
        return _("Children are among those counted: an adult’s consent does not speak for them.")
    if use == "case" and account.basis == "caregiver_only_best_interest":
        return _("The child could not give its assent: it is not told as a case.")
    return ""


def _missing(scope: str) -> str:
    if scope == "advocacy_case_redacted":
        return _("There is no consent to tell this as a case.")
    return _("There is no recorded consent to this. Missing means no.")


def _voice(accounts: Collection[Account], use: str) -> str:
    """A case is somebody's own story: at least one account must be of a person who was asked."""
    if use != "case" or any(account.basis in INTERVIEWED for account in accounts):
        return ""
    return _("It is known without an interview: it may be verified and counted, never told as a case.")


def check_answer(*, scope: str, recipient: str, answer: str, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Whether an answer can be recorded. `known` gives each scope the recipients it may name (none: it names nobody)."""
    if scope not in known:
        return {"scope": _("Choose a use.")}
    problems = {}
    if answer not in (GIVEN, REFUSED):
        problems["answer"] = _("Say whether it was agreed to or refused.")
    if scope in NAMED and (recipient not in known[scope] if known[scope] else not CODE.fullmatch(recipient)):
        problems["recipient"] = _("Name the recipient: consent holds for one and not for another.")
    if scope not in NAMED and recipient:
        problems["recipient"] = _("This use names no recipient.")
    return problems


def check_basis(*, basis: str, children: int, adults: int) -> dict[str, str]:
    """Whose consent it can be: of a child only with assent and caregiver, or the caregiver alone in its best interests."""
    if children and not adults and basis == "survivor_adult":
        return {"basis": _("Only children are counted: the basis is the child’s assent with the caregiver’s consent, or the caregiver’s alone.")}
    if adults and not children and basis in OF_A_CHILD:
        return {"basis": _("No child is counted here: correct the count, or choose another basis.")}
    return {}


def hint(account: Account, interviewed_before: bool, recontact: str) -> str:
    """What to keep in mind before anybody is spoken to (Murad Code: no repeated interviews)."""
    if recontact == "no":
        return _("This person does not wish to be contacted again. Ask the office that sent the account.")
    if interviewed_before:
        return _("Somebody has spoken with the person already. Do not interview again: ask the office that holds the account.")
    return _("Speak with the person only if no account holds what is needed, and only through the channel they chose.") if account.basis in INTERVIEWED else ""


def reach(*, verified_quarter: str, happened: str, last_reported: str) -> list[str]:
    """Quarters whose released figures included an incident: from where it first counted to the last one reported."""
    first = verified_quarter or happened
    return _quarters(min(happened, first) if happened else first, last_reported) if first and last_reported else []


def _quarters(first: str, last: str) -> list[str]:
    found: list[str] = []
    here = first
    while here <= last and len(found) < 40:
        found.append(here)
        year, number = int(here[:4]), int(here[5])
        here = f"{year + number // 4}Q{number % 4 + 1}"
    return found
