"""Age and sex: child = under 18 at the time of the incident; bands map exactly to a scheme or not at all."""

from openmara.vocabulary.codelist import get, load

NOT_AVAILABLE = "not_available"
UNKNOWN = "unknown"


def band_of_age(years: int | None) -> str:
    """The canonical band of an age in completed years."""
    if years is None:
        return UNKNOWN
    if years < 0:
        raise ValueError("An age cannot be negative")
    for entry in load("age_band").codes:
        youngest, oldest = entry.attributes.get("from"), entry.attributes.get("to")
        if youngest is not None and youngest <= years and (oldest is None or years <= oldest):
            return entry.code
    raise ValueError("No age band holds this age")


def is_child(band: str) -> bool | None:
    """None where the age is not known."""
    child: bool | None = get("age_band", band).attributes.get("is_child")
    return child


def band_in_scheme(band: str, scheme: str) -> str:
    """The band of another scheme, or `not_available` where whole bands do not add up to it."""
    get("age_scheme", scheme)
    found: str = get("age_band", band).crosswalk["age_scheme"].get(scheme, NOT_AVAILABLE)
    return found


def person_category(sex: str, child: bool | None) -> str:
    """Girl, boy, woman, man from sex and child; sexes that would single a person out count as not known."""
    get("sex", sex)
    for entry in load("person_category").codes:
        if entry.attributes.get("is_child") is child and entry.crosswalk.get("sex") == sex:
            return entry.code
    if child is None:
        return UNKNOWN
    return "child_unknown" if child else "adult_unknown"
