"""The one gate, refusals first. Pure."""

from dataclasses import replace

import pytest

from openmara.evidence.consent import rules
from openmara.evidence.consent.rules import EVERYTHING, GIVEN, REFUSED, WITHDRAWN, Account, Answer, may_leave

TOLD = (Answer("advocacy_case_redacted", "", GIVEN), Answer("aggregate_reporting", "", GIVEN))
OWN = Account(basis="survivor_adult", answers=TOLD)
WITHOUT = Account(basis="not_obtainable_no_interview", answers=TOLD)


def why(*accounts: Account, use: str = "case", status: str = "verified", released: bool = True, recipient: str = "", text: str | None = "Told.") -> str:
    return may_leave(use=use, accounts=accounts, status=status, released=released, recipient=recipient, text=text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": ()}, "no consent"),
        ({"answers": (Answer("aggregate_reporting", "", GIVEN),)}, "no consent to tell this as a case"),
        ({"answers": (*TOLD, Answer("advocacy_case_redacted", "", WITHDRAWN))}, "withdrawn"),
        ({"answers": (*TOLD, Answer("advocacy_case_redacted", "", REFUSED))}, "refused"),
        ({"answers": (*TOLD, Answer(EVERYTHING, "", WITHDRAWN))}, "withdrawn"),
        ({"basis": ""}, "Missing means no"),
        ({"basis": "not_obtainable_no_interview"}, "without an interview"),
        ({"basis": "not_required_aggregate"}, "without an interview"),
        ({"short_form": True}, "short form"),
        ({"children": True}, "child protection"),
        ({"children": True, "child_protection_routed": True}, "adult’s consent"),
        ({"children": True, "child_protection_routed": True, "basis": "caregiver_only_best_interest"}, "assent"),
    ],
)  # fmt: skip
def test_a_case_is_not_told_where_an_account_stands_in_the_way(changes: dict[str, object], said: str) -> None:
    assert said in why(replace(OWN, **changes))  # type: ignore[arg-type]
    assert why(OWN, replace(OWN, **changes)) != "" or "without an interview" in said  # type: ignore[arg-type]


def test_it_is_refused_before_verification_before_release_and_without_a_text() -> None:
    assert "Only verified" in why(OWN, status="under_verification")
    assert "released" in why(OWN, released=False)
    assert "no text" in why(OWN, text="  ")
    assert "no account" in why()
    assert "not known" in why(OWN, use="newspaper")


def test_a_hand_over_names_its_recipient_and_holds_for_no_other() -> None:
    agreed = replace(OWN, answers=(Answer("accountability", "national_court", GIVEN),))
    assert "to whom" in why(agreed, use="handover", text=None)
    assert "Missing means no" in why(agreed, use="handover", recipient="icc", text=None)
    assert "never handed over" in why(WITHOUT, use="handover", recipient="national_court", text=None)
    assert why(agreed, use="handover", recipient="national_court", text=None) == ""


def test_a_case_with_consent_is_told_also_where_others_heard_of_it() -> None:
    assert why(OWN) == ""
    assert why(OWN, WITHOUT) == ""
    child = replace(OWN, basis="survivor_child_assent_caregiver", children=True, child_protection_routed=True)
    assert why(child) == ""


def test_the_working_group_reads_what_was_shared_with_it_and_no_more() -> None:
    shared = replace(WITHOUT, answers=(Answer("wg_deidentified", "", GIVEN),))
    assert why(shared, use="meeting_pack", status="received", released=False) == ""
    assert "Missing means no" in why(WITHOUT, use="meeting_pack")


def test_the_newest_answer_holds_and_what_is_given_after_everything_was_withdrawn_holds_again() -> None:
    gone = replace(OWN, answers=(*TOLD, Answer(EVERYTHING, "", WITHDRAWN)))
    assert rules.all_withdrawn(gone) and rules.is_restricted(gone) and not rules.counts(gone)
    back = replace(OWN, answers=(*gone.answers, Answer("aggregate_reporting", "", GIVEN)))
    assert not rules.all_withdrawn(back) and rules.counts(back)
    assert "withdrawn" in why(back)


def test_counting_goes_on_until_it_is_refused_or_withdrawn() -> None:
    assert rules.counts(Account())
    for answer in (REFUSED, WITHDRAWN):
        assert not rules.counts(Account(answers=(Answer("aggregate_reporting", "", answer),)))


def test_intake_scopes_are_answers_with_their_recipients() -> None:
    found = rules.standing(rules.of_intake(["referral:health", "aggregate_reporting"], ["aggregate_reporting"]))
    assert found == {("referral", "health"): GIVEN}


def test_an_answer_without_its_recipient_or_with_an_unknown_use_is_refused() -> None:
    known = {"referral": ("health",), "aggregate_reporting": ()}
    assert set(rules.check_answer(scope="x", recipient="", answer=GIVEN, known=known)) == {"scope"}
    assert set(rules.check_answer(scope="referral", recipient="", answer=GIVEN, known=known)) == {"recipient"}
    assert set(rules.check_answer(scope="aggregate_reporting", recipient="health", answer="", known=known)) == {"answer", "recipient"}
    assert rules.check_answer(scope="referral", recipient="health", answer=REFUSED, known=known) == {}


def test_whose_consent_it_is_follows_who_is_counted() -> None:
    assert rules.check_basis(basis="survivor_adult", children=1, adults=0)
    assert rules.check_basis(basis="survivor_child_assent_caregiver", children=0, adults=2)
    assert not rules.check_basis(basis="survivor_child_assent_caregiver", children=1, adults=1)


def test_the_quarters_whose_figures_held_it() -> None:
    assert rules.reach(verified_quarter="2026Q1", happened="2025Q4", last_reported="2026Q2") == ["2025Q4", "2026Q1", "2026Q2"]
    assert rules.reach(verified_quarter="", happened="", last_reported="2026Q2") == []
