"""The lists hold what the domain brief says, no more and no less."""

from datetime import date

import pytest

from openmara import vocabulary
from openmara.vocabulary import Unknown

COUNTS = {
    "nexus_type": 3,
    "nexus_directness": 2,
    "nexus_evidence": 5,
    "crsv_form": 17,
    "crsv_definition": 4,
    "associated_violation": 7,
    "crime_category": 6,
    "tactic_use": 8,
    "responsibility_mode": 8,
    "record_class": 4,
    "source_org_type": 20,
    "verification_status": 7,
    "attribution_status": 3,
    "standard_of_proof": 5,
    "source_category": 4,
    "source_type": 10,
    "source_reliability": 3,
    "source_credibility": 3,
    "date_precision": 7,
    "time_of_day": 4,
    "location_precision": 6,
    "place_type": 40,
    "displacement_context": 7,
    "activity_context": 14,
    "yes_no_unknown": 3,
    "perpetrator_count": 5,
    "person_category": 7,
    "sex": 6,
    "age_band": 7,
    "age_scheme": 8,
    "disability": 4,
    "displacement_status": 7,
    "vulnerability": 12,
    "victim_outcome": 4,
    "party_category": 4,
    "party_subtype": 7,
    "party_status": 4,
    "ucdp_actor_type": 6,
    "conflict_type": 3,
    "party_event": 7,
    "command_level": 7,
    "perpetrator_sex": 4,
    "perpetrator_custody": 5,
    "accountability_body": 8,
    "custody_event": 6,
    "custody_purpose": 6,
    "consent_basis": 5,
    "consent_scope": 6,
    "gathering_reason": 8, "service_referral": 4, "training_module": 4, "service_sector": 8,
    "meeting_function": 11, "agenda_reason": 7, "mara_checklist": 16,
    "recontact": 3,
    "classification": 3,
    "commitment_type": 13,
    "inventory_measure": 12,
    "inventory_output_type": 10,
    "inventory_theme": 15,
    "inventory_unit": 9,
    "component": 21,
    "patrol_mode": 4,
    "patrol_purpose": 15,
    "institution_type": 15,
    "gender_strategy_status": 6,
    "course_type": 11,
    "entry_status": 3,
    "alert_care": 5, "alert_threat": 6, "alert_timing": 5, "flash_trigger": 7, "form_group": 5, "pattern_criterion": 7,
    "pattern_finding": 3, "reconciliation_reason": 10, "verification_body": 2, "verification_reason": 13,
}
COUNTING_ORDER = (
    "sexual_slavery trafficking_sv forced_pregnancy forced_abortion enforced_sterilization gang_rape rape forced_marriage "
    "enforced_prostitution sexual_mutilation sexual_torture forced_witness attempted_rape sexual_assault forced_nudity "
    "threat_sv other_comparable"
).split()


def test_it_refuses_an_unknown_list() -> None:
    with pytest.raises(Unknown, match="no code list 'weather'"):
        vocabulary.load("weather")
    with pytest.raises(Unknown):
        vocabulary.label("weather", "rain")
    with pytest.raises(Unknown):
        vocabulary.load("../crosswalks")


def test_it_refuses_an_unknown_code() -> None:
    with pytest.raises(Unknown, match="crsv_form has no code 'theft'"):
        vocabulary.label("crsv_form", "theft")
    with pytest.raises(KeyError):
        vocabulary.load("crsv_form").code("theft")


def test_it_refuses_to_be_changed() -> None:
    entry = vocabulary.get("crsv_form", "rape")
    with pytest.raises(AttributeError):
        entry.code = "other"  # type: ignore[misc]  # the refusal is the point
    with pytest.raises(TypeError):
        entry.label["fr"] = "Autre"  # type: ignore[index]  # the refusal is the point
    assert isinstance(entry.crosswalk["icc"], tuple)


def test_a_code_is_refused_outside_its_validity() -> None:
    assert vocabulary.codes("crsv_definition", on=date(2013, 12, 31)) == ()
    assert vocabulary.codes("crsv_definition", on=date(2015, 12, 31)) == ("v2014",)
    assert vocabulary.codes("crsv_definition", on=date(2016, 1, 1)) == ("v2016",)
    assert vocabulary.codes("crsv_definition", on=date(2026, 9, 30)) == ("v2020",)
    assert len(vocabulary.codes("crsv_definition")) == 4


def test_the_lists_and_their_lengths_are_those_of_the_brief() -> None:
    assert {name: len(vocabulary.codes(name)) for name in vocabulary.names()} == COUNTS


def test_the_forms_stand_in_counting_order() -> None:
    forms = vocabulary.load("crsv_form").codes
    assert [form.code for form in forms] == COUNTING_ORDER
    assert [form.order for form in forms] == list(range(1, 18))


def test_the_forms_cross_to_the_other_systems() -> None:
    gang_rape = vocabulary.get("crsv_form", "gang_rape")
    assert gang_rape.crosswalk["icc"][0] == "7(1)(g)-1"
    assert gang_rape.crosswalk["iccs"] == ("03011",)
    assert gang_rape.crosswalk["mrm"] == "Gang rape"
    assert "icc" in gang_rape.unconfirmed
    svac = {form.code: form.crosswalk.get("svac") for form in vocabulary.load("crsv_form").codes}
    assert {code: value for code, value in svac.items() if value} == {
        "rape": 1,
        "gang_rape": 1,
        "sexual_slavery": 2,
        "forced_marriage": 2,
        "enforced_prostitution": 3,
        "forced_pregnancy": 4,
        "forced_abortion": 5,
        "enforced_sterilization": 5,
        "sexual_mutilation": 6,
        "sexual_torture": 7,
    }
    assert "mrm" not in vocabulary.get("crsv_form", "threat_sv").crosswalk
    assert "v2014" not in vocabulary.get("crsv_form", "forced_marriage").crosswalk["crsv_definition"]


def test_every_form_says_whether_the_definition_names_it() -> None:
    named = {form.code: form.crosswalk["in_sg_definition"] for form in vocabulary.load("crsv_form").codes}
    assert set(named.values()) == {"yes", "comparable", "only_if_comparable"}
    assert sum(value == "yes" for value in named.values()) == 10


def test_verification_states_carry_their_mrm_ids() -> None:
    ids = {
        code.code: code.crosswalk.get("mrm_v2_id") for code in vocabulary.load("verification_status").codes
    }
    assert ids == {
        "received": None,
        "under_verification": "report_pending_verification",
        "reported_not_verified": "reported_not_verified",
        "verified": "verified",
        "out_of_scope": "not_mrm",
        "did_not_occur": "verification_found_that_incident_did_not_occur",
        "duplicate": None,
    }
    label = vocabulary.get("verification_status", "under_verification").crosswalk["mrm_v1_label"]
    assert label == "Report pending verification"


def test_every_printed_place_of_gbv_and_mrm_has_its_code() -> None:
    places = vocabulary.load("place_type").codes
    gbv = {place.crosswalk["gbvims_label"] for place in places if "gbvims_label" in place.crosswalk}
    mrm = {place.crosswalk["mrm_label"] for place in places if "mrm_label" in place.crosswalk}
    both = {place.code for place in places if {"gbvims_label", "mrm_label"} <= place.crosswalk.keys()}
    assert (len(gbv), len(mrm)) == (16, 22)
    assert both == {"bush_forest", "cultivated_field", "school", "road", "market", "other"}


def test_the_inventory_keeps_the_numbers_of_its_site() -> None:
    numbers = {
        code.code: code.crosswalk.get("source_measure_id")
        for code in vocabulary.load("inventory_measure").codes
    }
    assert {number for number in numbers.values() if number} == {66, 68, 69, 73, 74, 76}
    assert vocabulary.get("inventory_measure", "coordination").unconfirmed == ("source_measure_id",)


def test_what_is_not_confirmed_says_so() -> None:
    assert vocabulary.load("crsv_form").status == "proposal"
    assert vocabulary.get("crime_category", "genocide").status == "unconfirmed"
    assert vocabulary.get("source_org_type", "health_provider").status == "confirmed"
    assert vocabulary.get("source_org_type", "media").status == "proposal"


def test_labels_follow_the_language_and_fall_back_to_english() -> None:
    assert vocabulary.label("crsv_form", "gang_rape") == "Gang rape"
    assert vocabulary.label("crsv_form", "gang_rape", "fr") == "Viol collectif"
    assert vocabulary.label("crsv_form", "gang_rape", "fr-ca") == "Viol collectif"
    assert vocabulary.label("crsv_form", "gang_rape", "pt") == "Gang rape"
    assert vocabulary.choices("yes_no_unknown", "fr") == [
        ("yes", "Oui"),
        ("no", "Non"),
        ("unknown", "Inconnu"),
    ]


def test_a_list_is_read_once() -> None:
    assert vocabulary.load("crsv_form") is vocabulary.load("crsv_form")
