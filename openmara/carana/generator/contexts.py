"""The settings in which the demo's incidents happen, with the weights the generator draws from.

All figures are invented. They are set so that about four in five victims are women and girls, and men
and boys appear mostly in detention and forced recruitment (trend of the Secretary-General’s reports).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Context:
    """One setting: what is done, to whom, where, and what goes with it."""

    weight: float
    forms: Mapping[str, float]
    people: Mapping[str, float]
    place_types: tuple[str, ...]
    activity: str
    displacement: tuple[str, ...]
    violations: tuple[str, ...]
    sizes: tuple[float, ...] = (68, 16, 8, 4, 2, 1, 0.6, 0.4)  # weight of 1, 2, 3 … victims
    military: float = 0.3
    evening: float = 0.45


WOMEN_AND_GIRLS: Final = {"women": 66.0, "girls": 32.0, "men": 1.0, "boys": 1.0}
ATTACK_FORMS: Final = {
    "rape": 40.0,
    "gang_rape": 26.0,
    "attempted_rape": 8.0,
    "sexual_assault": 8.0,
    "forced_nudity": 5.0,
    "sexual_slavery": 4.0,
    "threat_sv": 3.0,
    "forced_witness": 3.0,
    "sexual_mutilation": 1.0,
    "other_comparable": 2.0,
}

CONTEXTS: Final[dict[str, Context]] = {
    "village_attack": Context(
        26,
        ATTACK_FORMS,
        {"women": 60, "girls": 33, "men": 4, "boys": 3},
        ("private_house", "isolated_area", "populated_area"),
        "home_attack",
        ("not_displaced", "pre_displacement"),
        ("looting", "abduction", "killing", "forced_displacement"),
        sizes=(45, 22, 13, 8, 5, 3, 2, 1, 0.6, 0.4),
        military=0.5,
        evening=0.7,
    ),
    "road": Context(
        18,
        {
            "rape": 42,
            "gang_rape": 20,
            "attempted_rape": 14,
            "sexual_assault": 14,
            "threat_sv": 5,
            "forced_nudity": 5,
        },
        WOMEN_AND_GIRLS,
        ("road", "bush_forest"),
        "travel_road",
        ("not_displaced", "during_flight"),
        ("looting", "abduction"),
    ),
    "field_and_water": Context(
        16,
        {"rape": 52, "gang_rape": 14, "attempted_rape": 16, "sexual_assault": 16, "other_comparable": 2},
        WOMEN_AND_GIRLS,
        ("cultivated_field", "water_point", "bush_forest"),
        "farming",
        ("not_displaced", "post_displacement"),
        ("abduction",),
        sizes=(80, 14, 4, 2),
        evening=0.2,
    ),
    "checkpoint": Context(
        9,
        {"sexual_assault": 38, "forced_nudity": 26, "rape": 20, "threat_sv": 14, "enforced_prostitution": 2},
        {"women": 72, "girls": 18, "men": 8, "boys": 2},
        ("checkpoint", "border_crossing"),
        "checkpoint",
        ("not_displaced", "during_flight"),
        ("looting",),
    ),
    "displacement_site": Context(
        12,
        {
            "rape": 50,
            "sexual_assault": 20,
            "attempted_rape": 14,
            "trafficking_sv": 5,
            "enforced_prostitution": 8,
            "threat_sv": 3,
        },
        WOMEN_AND_GIRLS,
        ("idp_refugee_camp", "displacement_route"),
        "displacement_site",
        ("during_refuge", "during_flight"),
        ("forced_displacement",),
        sizes=(78, 14, 5, 3),
        evening=0.6,
    ),
    "captivity": Context(
        7,
        {
            "sexual_slavery": 46,
            "forced_marriage": 40,
            "forced_pregnancy": 6,
            "forced_abortion": 2,
            "trafficking_sv": 6,
        },
        {"women": 52, "girls": 48},
        ("area_controlled_by_armed_groups", "military_facility"),
        "abduction",
        ("not_displaced", "pre_displacement"),
        ("abduction", "recruitment"),
        sizes=(70, 16, 8, 6),
    ),
    "detention": Context(
        13,
        {
            "sexual_torture": 44,
            "forced_nudity": 26,
            "rape": 12,
            "threat_sv": 10,
            "sexual_assault": 6,
            "enforced_sterilization": 2,
        },
        {"women": 16, "girls": 2, "men": 74, "boys": 8},
        ("detention_formal", "detention_informal", "military_facility"),
        "detention",
        ("not_displaced",),
        ("torture",),
        sizes=(52, 22, 12, 8, 4, 2),
        military=0.4,
    ),
    "recruitment": Context(
        3,
        {"sexual_torture": 22, "forced_witness": 34, "rape": 30, "forced_nudity": 14},
        {"women": 2, "girls": 8, "men": 30, "boys": 60},
        ("military_facility", "area_controlled_by_armed_groups", "school"),
        "abduction",
        ("not_displaced",),
        ("recruitment", "abduction"),
        sizes=(40, 26, 18, 10, 6),
    ),
}

# Forms that often come with a first form.
COMPANIONS: Final = {
    "gang_rape": ("forced_witness", "forced_nudity"),
    "sexual_slavery": ("rape", "forced_marriage", "forced_pregnancy"),
    "forced_marriage": ("rape",),
    "sexual_torture": ("forced_nudity", "threat_sv"),
    "rape": ("threat_sv",),
    "trafficking_sv": ("enforced_prostitution",),
}
LONG_FORMS: Final = ("sexual_slavery", "forced_marriage", "trafficking_sv", "forced_pregnancy")

ADM1_WEIGHT: Final = {
    "CR01": 10, "CR02": 7, "CR03": 7, "CR04": 7, "CR05": 12, "CR06": 12, "CR07": 13, "CR08": 32,
}  # fmt: skip
PARTIES_BY_ADM1: Final[dict[str, dict[str, float]]] = {
    "CR01": {"CDF": 26, "CNP": 26, "PEF": 18, "UIAM": 30},
    "CR02": {"CDF": 28, "MPC": 40, "UIAM": 32},
    "CR03": {"CDF": 24, "MPC": 46, "UIAM": 30},
    "CR04": {"CDF": 22, "MPC": 52, "PEF": 6, "UIAM": 20},
    "CR05": {"CDF": 20, "MPC": 44, "ICSC": 12, "UIAM": 24},
    "CR06": {"CDF": 22, "ICSC": 40, "UIAM": 38},
    "CR07": {"CDF": 20, "ICSC": 50, "UIAM": 30},
    "CR08": {"CDF": 10, "ICSC": 56, "CNP": 6, "UIAM": 28},
}
STATE_PARTIES: Final = {"CDF": 46, "CNP": 38, "PEF": 16}
