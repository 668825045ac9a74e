"""Code lists the generator needs, kept in one table of its own (sources: S/2019/280, MRM configuration)."""

from typing import Final

SOFTWARE_MARK: Final = "Synthetic training data. Carana is a fictional country."

TALLY: Final = ("women", "girls", "men", "boys", "adult_unknown", "child_unknown", "unknown")
CHILD_TALLY: Final = ("girls", "boys", "child_unknown")

# Counting order of principal forms, as in the list `crsv_form`.
FORM_ORDER: Final = (
    "sexual_slavery",
    "trafficking_sv",
    "forced_pregnancy",
    "forced_abortion",
    "enforced_sterilization",
    "gang_rape",
    "rape",
    "forced_marriage",
    "enforced_prostitution",
    "sexual_mutilation",
    "sexual_torture",
    "forced_witness",
    "attempted_rape",
    "sexual_assault",
    "forced_nudity",
    "threat_sv",
    "other_comparable",
)

# Party code -> category; parties of the UN training scenario.
PARTY_CATEGORY: Final = {
    "CDF": "armed_force",
    "CNP": "armed_force",
    "PEF": "armed_force",
    "MPC": "armed_group",
    "ICSC": "armed_group",
    "MLCS": "armed_group",
    "UIAM": "unknown",
    "unknown": "unknown",
}

# Columns of the incident report template in their order (contract of the spreadsheet template).
TEMPLATE: Final = (
    "their_reference",
    "source_org_type",
    "record_class",
    "date_from",
    "date_to",
    "date_precision",
    "date_reported",
    "adm1",
    "adm2",
    "adm3",
    "settlement",
    "location_precision",
    "place_type",
    "time_of_day",
    "forms",
    "nexus_types",
    "nexus_evidence",
    "nexus_note",
    "tactic_use",
    *TALLY,
    "total",
    "number_estimated",
    "total_min",
    "total_max",
    "alleged_parties",
    "perpetrator_count",
    "associated_violations",
    "displacement_context",
    "activity_context",
    "during_military_operation",
    "source_category",
    "source_type",
    "source_reliability",
    "source_credibility",
    "consent_basis",
    "consent_scope",
    "consent_date",
    "child_protection_routed",
    "narrative_confidential",
    "narrative_shareable",
    "classification",
)
LISTS: Final = (
    "forms",
    "nexus_types",
    "nexus_evidence",
    "tactic_use",
    "alleged_parties",
    "associated_violations",
    "consent_scope",
)
DATES: Final = ("date_from", "date_to", "date_reported", "consent_date")
COUNTS: Final = (*TALLY, "total", "total_min", "total_max")

# The cast, by the area each person works in.
OPENER_BY_ADM1: Final = {"CR01": "wpa.fellari", "CR08": "wpa.leppko"}
OPENER_ELSEWHERE: Final = "swpa"
HUMAN_RIGHTS: Final = ("hr.1", "hr.2", "hr.3")
CHILD_PROTECTION: Final = "cp.1"
IMPORTER: Final = "swpa"


def principal_form(forms: list[str]) -> str:
    """The first of the forms in the counting order of the list `crsv_form`."""
    return min(forms, key=FORM_ORDER.index)
