"""What an urgent text may not say: refused first, then what passes."""

import pytest

from openmara.evidence.flash import rules

KNOWN = rules.place_names(["Sureen", "Folsa Nord", "Leppko"], ["Kilam"], ["Leppko", "Fellari", "Alur"], ["Carana Defence Forces"])


@pytest.mark.parametrize(
    "text",
    [
        "Seen near Sureen at night", "près de folsa nord", "in KILAM", "a girl aged 14", "âgée de 14 ans", "une fille de 9 ans", "a 14-year-old", "14 y/o",
        "née en 2009", "she said “they came back”", "elle a dit « ils reviennent »", 'they said "leave"', "see photo", "vidéo jointe", "image1.jpg",
        "Mme Diallo was told", "call +221 77 123 45 67", "Amina Sarr informed us", "write to a.b@example.org", "13.12345, 22.54321",
    ],
)  # fmt: skip
def test_it_refuses_village_age_quotation_picture_and_person(text: str) -> None:
    assert rules.findings(text, KNOWN), text
    assert "risk" in rules.check_texts({"risk": text}, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "", "Armed men still in the district", "The threat goes on along the road to Leppko.", "Patrols asked for in Alur district, 24 hours",
        "Les hommes armés restent dans le district ; l’accès aux soins n’est pas assuré.", "Update within 72 hours. Carana Defence Forces informed.",
        "People’s access to care isn’t known", "4 women and 2 girls need care",
    ],
)  # fmt: skip
def test_it_lets_plain_words_pass(text: str) -> None:
    assert rules.findings(text, KNOWN) == [], text


@pytest.mark.parametrize("text", ["two women were taken", "after the rape", "3 filles", "les victimes", "violence sexuelle", "survivors nearby", "deux femmes"])
def test_an_alert_says_nothing_of_survivors(text: str) -> None:
    assert "note" in rules.check_alert_texts({"note": text}, KNOWN) and "route" in rules.check_alert_texts({"route": text}, KNOWN)


def test_the_road_of_an_alert_may_name_its_places_but_its_note_may_not() -> None:
    assert rules.check_alert_texts({"route": "Sureen – Kilam", "note": "Women going to market use it."}, KNOWN) == {}
    assert "note" in rules.check_alert_texts({"note": "Near Sureen"}, KNOWN)


def test_reasons_are_suggested_from_the_codes_alone() -> None:
    assert rules.suggested({"women": 4, "girls": None}, "armed_group", listed=False) == []
    assert rules.suggested({"women": 4, "girls": 1}, "armed_group", listed=True) == ["many_victims", "children", "party_of_concern"]
    assert rules.suggested({"men": 1}, "armed_force", listed=False) == ["party_of_concern"]


def test_no_state_leads_back_from_what_went_out() -> None:
    assert rules.step_problem("draft", "sent") and rules.step_problem("sent", "draft") and rules.step_problem("superseded", "sent")
    assert rules.step_problem("draft", "cleared") is None
