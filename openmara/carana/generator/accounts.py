"""Full accounts in template columns, before a source's layout coarsens them (docs/reference/rules.md, V1–V9)."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from .codes import CHILD_TALLY
from .noise import (
    HABITS,
    has_children,
    stated_dates,
    stated_forms,
    stated_parties,
    stated_place,
    stated_tally,
)
from .truth import TrueIncident, draw

SOURCE_TYPE_OF: Final = {
    "hr_office": "un_civilian",
    "police_liste": "un_police",
    "partner_odk_export": "local_ngo",
    "clinic_network": "health_provider",
    "force_sitrep": "un_military",
    "community_alerts": "community_alert_network",
}
PRIMARY_SHARE: Final = {
    "hr_office": 0.97,
    "police_liste": 0.8,
    "partner_odk_export": 0.9,
    "community_alerts": 0.5,
}
NEXUS: Final = {
    "temporal:direct": 30, "geographical:direct": 26, "causal:direct": 18,
    "causal:indirect": 12, "temporal:indirect": 9, "geographical:indirect": 5,
}  # fmt: skip
NEXUS_NOTES: Final = {
    "en": (
        "Armed actors controlled the area at the time.",
        "The event followed fighting in the district.",
        "The persons described belong to an armed actor.",
    ),
    "fr": (
        "La zone était tenue par des acteurs armés.",
        "Les faits ont suivi des combats dans le district.",
        "Les personnes décrites appartiennent à un acteur armé.",
    ),
}
NARRATIVES: Final = {
    "en": (
        "Account received by a partner; details held by the source. Synthetic.",
        "Event reported by a person in the area; details held by the source. Synthetic.",
        "Account consistent with others from the area; follow-up under way. Synthetic.",
        "Short account; the person asked for no further contact. Synthetic.",
    ),
    "fr": (
        "Récit reçu par un partenaire ; les détails restent chez la source. Données synthétiques.",
        "Faits signalés par une personne de la zone ; les détails restent chez la source. Données synthétiques.",
        "Récit concordant avec d'autres de la zone ; suivi en cours. Données synthétiques.",
        "Récit bref ; la personne ne souhaite pas être recontactée. Données synthétiques.",
    ),
}
SHAREABLE: Final = "An act of sexual violence was reported in the area. Synthetic."
OPTIONAL: Final = (
    "place_type",
    "time_of_day",
    "tactic_use",
    "perpetrator_count",
    "associated_violations",
    "displacement_context",
    "activity_context",
    "during_military_operation",
    "source_credibility",
)


def account(
    rng: Random, kind: str, incident: TrueIncident, reported: date, record_class: str = "crsv"
) -> dict[str, Any]:
    """One source's account of one incident, in template columns."""
    habit = HABITS[kind]
    coding: dict[str, Any] = {"source_org_type": SOURCE_TYPE_OF[kind], "record_class": record_class}
    coding |= stated_dates(rng, incident, habit, reported)
    coding["date_reported"] = reported.isoformat()
    coding |= stated_place(rng, incident, habit)
    coding |= {name: value for name, value in incident.extra.items() if value}
    coding["forms"] = stated_forms(rng, incident, habit)
    coding |= stated_tally(rng, incident, habit)
    coding["alleged_parties"] = stated_parties(rng, incident, habit)
    coding |= _nexus(rng, kind) if record_class == "crsv" else {}
    coding |= _source(rng, kind)
    coding |= _consent(rng, kind, coding, reported)
    coding |= _texts(rng, kind)
    for name in OPTIONAL:
        if name in coding and rng.random() < habit.blank:
            del coding[name]
    if has_children(coding):
        coding["child_protection_routed"] = "yes"
    elif rng.random() < 0.7:
        coding["child_protection_routed"] = "no"
    return coding


def _nexus(rng: Random, kind: str) -> dict[str, Any]:
    language = "fr" if kind == "police_liste" else "en"
    types = [draw(rng, NEXUS)]
    if rng.random() < 0.25 and kind not in ("community_alerts",):
        types.append(next(code for code in NEXUS if code not in types))
    evidence = ["perpetrator_profile"]
    if rng.random() < 0.3:
        evidence.append(
            rng.choice(("victim_profile", "impunity_climate", "ceasefire_violation", "cross_border"))
        )
    return {
        "nexus_types": types,
        "nexus_evidence": evidence,
        "nexus_note": rng.choice(NEXUS_NOTES[language]),
        "tactic_use": [
            draw(rng, {"war": 30, "terror": 30, "displacement": 20, "repression": 10, "unknown": 10})
        ],
    }


def _source(rng: Random, kind: str) -> dict[str, Any]:
    primary = rng.random() < PRIMARY_SHARE.get(kind, 0.0)
    category = rng.choice(("primary_victim", "primary_witness")) if primary else "secondary"
    return {
        "source_category": category,
        "source_type": "oral_testimony" if primary else "written_statement",
        "source_reliability": draw(rng, {"high": 40, "medium": 45, "low": 15}),
        "source_credibility": draw(rng, {"high": 40, "medium": 45, "low": 15}),
    }


def _consent(rng: Random, kind: str, coding: dict[str, Any], reported: date) -> dict[str, Any]:
    """Every account states consent for monitoring, the working group and figures; some for redacted cases."""
    scope = ["monitoring_internal", "wg_deidentified", "aggregate_reporting"]
    if rng.random() < 0.3:
        scope.append("advocacy_case_redacted")
    found: dict[str, Any] = {"consent_scope": scope, "consent_basis": "not_obtainable_no_interview"}
    if coding["source_category"] == "primary_victim":
        children = sum(coding.get(name, 0) for name in CHILD_TALLY)
        found["consent_basis"] = "survivor_child_assent_caregiver" if children else "survivor_adult"
        if kind == "hr_office":
            found["consent_date"] = (reported - timedelta(days=rng.randint(0, 2))).isoformat()
    return found


def _texts(rng: Random, kind: str) -> dict[str, Any]:
    language = "fr" if kind == "police_liste" else "en"
    strict = rng.random() < 0.25
    texts = {"narrative_confidential": rng.choice(NARRATIVES[language])}
    if rng.random() < 0.5:
        texts["narrative_shareable"] = SHAREABLE
    return texts | {"classification": "strictly_confidential" if strict else "confidential"}
