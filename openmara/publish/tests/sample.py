"""A report made from the demo's truth, without database."""

from datetime import date

from openmara.publish import builder, figures, rules
from openmara.publish.content import Report
from openmara.publish.tables import Share
from openmara.publish.tests import from_truth


def material(quarter: str = "2026Q3", lang: str = "en", audience: str = "forum", **changes: object) -> figures.Material:
    found = from_truth.figures(quarter)

    def share(one: dict[str, int]) -> Share:
        return Share(one["numerator"], one["denominator"])

    patrols = {(): share(found["IND-PREV-01"])} | {(("force", code),): share(one) for code, one in found["IND-PREV-01"]["by_force"].items()}
    trained = {(): share(found["IND-TRN-01"]["all"])} | {
        (("component", code), ("sex", sex)): share(found["IND-TRN-01"][code][sex])
        for code in ("civilian", "military", "police")
        for sex in ("women", "men")
    }
    institutions = {((("institution", code),) if code != "all" else ()): share(one) for code, one in found["IND-SSR-01"].items()}
    plain = {
        "quarter": quarter, "lang": lang, "audience": audience, "as_of": date(2026, 11, 21), "mission": "UNAC, Carana",
        "synthetic": True, "counts": from_truth.counts(), "timing": from_truth.timing(quarter), "rows": from_truth.rows(quarter),
        "area_names": {f"CR0{at}": name for at, name in enumerate("Fellari Maroni Sureen Alur Faron Folsa Amsan Leppko".split(), 1)},
        "party_names": {}, "registers": {"patrols": patrols, "trained": trained, "institutions": institutions},
    }  # fmt: skip
    return figures.Material(**{**plain, **changes})  # type: ignore[arg-type]  # named above


def report(quarter: str = "2026Q3", lang: str = "en", audience: str = "forum", **changes: object) -> Report:
    made = material(quarter, lang, audience, **changes)
    return builder.build_report(made, rules.shield(made.system(), made.k))
