"""What an urgent text may not say, when a flash report is suggested, and its states. Pure.

Source: flash report fields and limits as in docs/reference/flash.md; an alert tells of danger and never of survivors.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from openmara.evidence.rules import compartments, pii_findings

GROUPS = ("women", "girls", "men", "boys", "unknown")
STATES: dict[str, frozenset[str]] = {
    "draft": frozenset({"cleared"}),
    "cleared": frozenset({"sent", "draft"}),
    "sent": frozenset({"superseded"}),
    "superseded": frozenset(),
}
UPDATE_HOURS = ("24", "48", "72")
FOLLOW_UP = timedelta(hours=72)
ALERT_LASTS = timedelta(hours=72)
MANY = 5
ALWAYS = ("no_questions", "no_source")
ADDRESSEES = ("hom", "swpa", "hr", "cp", "gender", "poc", "joc", "jmac", "hq")
TEXTS = ("risk", "action_taken", "action_requested")

AGE = re.compile(
    r"\b(?:aged?|âgée?s?(?: de)?)\s+(?:of\s+)?\d{1,3}\b|\b\d{1,3}[\s-]{0,2}(?:years?|year-old|yrs?|y/?o|ans?|mois|months?)\b"
    r"|\b(?:née?s? en|born in)\s+(?:19|20)\d\d\b", re.I,
)  # fmt: skip
QUOTES = re.compile(r"[“”«»„‟\"]|(?<!\w)['‘’][^'‘’]{3,}['‘’](?!\w)")
PICTURES = re.compile(r"\b(?:photos?|photographs?|pictures?|vidéos?|videos?|selfies?|\w+\.(?:jpe?g|png|mp4|heic))\b", re.I)
SURVIVORS = re.compile(
    r"\b(?:rap(?:e|es|ed|ing)|viols?|violée?s?|sexual\w*|sexuel\w*|victim\w*|survivor\w*|survivante?s?|rescapée?s?|assault\w*|agress\w*|gang)\b", re.I
)
COUNTED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|une?|deux|trois|quatre|cinq)\s+(?:women|woman|girls?|m[ae]n|boys?|children|child|people|persons?"
    r"|femmes?|filles?|fillettes?|hommes?|garçons?|enfants?|personnes?)\b", re.I,
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Names of the mission: of places finer than a district, which no urgent text may hold, and names that are no person's."""

    fine: frozenset[str]
    plain: frozenset[str]


def place_names(settlements: Collection[str], subdistricts: Collection[str], coarse: Collection[str], parties: Collection[str]) -> Known:
    """A village that bears its district's name is not told from the district, and passes."""
    allowed = {name.casefold() for name in coarse}
    fine = {name.casefold() for name in (*settlements, *subdistricts) if len(name) > 2} - allowed
    return Known(frozenset(fine), frozenset(name for name in (*coarse, *parties) if name))


def findings(text: str, known: Known) -> list[str]:
    """What a text says that no urgent product may say; a person still reads it."""
    if not text.strip():
        return []
    found = []
    folded = " ".join(re.findall(r"[\w’'-]+", text.casefold()))
    if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", folded) for name in known.fine if name in folded):
        found.append(_("a village or a place finer than the district"))
    if AGE.search(text):
        found.append(_("an age"))
    if QUOTES.search(text):
        found.append(_("a quotation"))
    if PICTURES.search(text):
        found.append(_("a picture"))
    without = text
    for name in sorted(known.plain, key=len, reverse=True):
        without = re.sub(re.escape(name), " ", without, flags=re.I)
    if set(pii_findings(without)) - {"age and exact date"}:
        found.append(_("a name or another detail of a person"))
    return found


def check_texts(texts: Mapping[str, str], known: Known) -> dict[str, str]:
    """One problem per text of a flash report."""
    problems = {}
    for name, text in texts.items():
        if found := findings(text, known):
            problems[name] = _("Take out: %(what)s. A flash report never holds it.") % {"what": ", ".join(found)}
    return problems


def check_alert_texts(texts: Mapping[str, str], known: Known) -> dict[str, str]:
    """An alert says nothing of survivors either: no form of violence, no number of people. A road may name its places."""
    problems = {}
    for name, text in texts.items():
        places = Known(frozenset(), frozenset({*known.plain, *known.fine})) if name == "route" else known
        found = findings(text, places)
        if SURVIVORS.search(text) or COUNTED.search(text):
            found.append(_("what was suffered, or how many people"))
        if found:
            problems[name] = _("Take out: %(what)s. An alert says where, when and from whom danger comes, nothing of survivors.") % {"what": ", ".join(found)}
    return problems


def suggested(numbers: Mapping[str, int | None], party_category: str, listed: bool) -> list[str]:
    """Reasons for a flash report that the codes themselves show. Suggested, never automatic."""
    found = []
    if sum(number or 0 for number in numbers.values()) >= MANY:
        found.append("many_victims")
    if (numbers.get("girls") or 0) + (numbers.get("boys") or 0) > 0:
        found.append("children")
    if listed or party_category == "armed_force":
        found.append("party_of_concern")
    return found


def walls(category: str, subtype: str = "", code: str = "") -> list[str]:
    """The compartment of an urgent product, by the party alleged."""
    return compartments([(category, subtype, code)])


def step_problem(before: str, after: str) -> str | None:
    if after not in STATES.get(before, frozenset()):
        return _("In its present state this flash report cannot take that step.")
    return None
