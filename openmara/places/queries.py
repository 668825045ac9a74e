"""Areas and settlements as people read them: names in their language."""

from collections.abc import Sequence

from django.utils.translation import get_language

from openmara.places.models import Area, AreaCoverage, Settlement
from openmara.security.models import Person


def name_column(lang: str) -> str:
    """The column that holds names of a language; a language that is not there yet reads English."""
    return "name_fr" if lang.lower().startswith("fr") else "name_en"


def areas(level: int | None = None, *, for_user: Person) -> Sequence[Area]:
    """Areas of one level, or of all, by code."""
    rows = Area.objects.order_by("level", "pcode")
    return list(rows if level is None else rows.filter(level=level))


def settlements(*, for_user: Person, adm2: str = "") -> Sequence[Settlement]:
    rows = Settlement.objects.order_by("code")
    return list(rows.filter(adm2=adm2) if adm2 else rows)


def area_names(*, for_user: Person, lang: str | None = None) -> dict[str, str]:
    """P-code to name, in the person's language unless another is asked for."""
    return dict(Area.objects.values_list("pcode", name_column(lang or for_user.language)))


def first_level(person: Person) -> dict[str, str]:
    """P-code to name of the areas to which rights may be limited, in the language of the page."""
    column = name_column(get_language() or person.language)
    return dict(Area.objects.filter(level=1).order_by("pcode").values_list("pcode", column))


def area_name(pcode: str, *, for_user: Person, lang: str | None = None) -> str:
    """The name of one area; a code that is not known stands for itself."""
    found = Area.objects.filter(pcode=pcode).values_list(name_column(lang or for_user.language), flat=True).first()
    return found or pcode


def settlement_names(*, for_user: Person) -> dict[str, str]:
    return dict(Settlement.objects.values_list("code", "name"))


def all_names(*, for_user: Person) -> list[tuple[int, str, str, str, str]]:
    """(level, code, code above, English name, French name) of every area, for reading names in outside files."""
    return list(Area.objects.values_list("level", "pcode", "parent_pcode", "name_en", "name_fr"))


def coverage(*, for_user: Person) -> dict[str, AreaCoverage]:
    """What was said last of each district: the latest day, and of one day the latest entry."""
    rows = AreaCoverage.objects.select_related("recorded_by__name").order_by("adm2", "as_of", "recorded_at")
    return {row.adm2: row for row in rows}


def coverage_of(adm2: str, *, for_user: Person) -> AreaCoverage | None:
    return AreaCoverage.objects.filter(adm2=adm2).order_by("-as_of", "-recorded_at").first()


def coverage_history(adm2: str, *, for_user: Person) -> Sequence[AreaCoverage]:
    """Everything said of one district, the latest first."""
    return list(AreaCoverage.objects.filter(adm2=adm2).select_related("recorded_by__name").order_by("-as_of", "-recorded_at"))
