"""What the page of service coverage is made of: wording and choices settled here, before a template."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.places import actions, queries
from openmara.places.models import AreaCoverage
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can


@dataclass(frozen=True)
class Choice:
    id: str
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """One field as the page's component draws it."""

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    error: str = ""
    required: bool = True
    no_blank: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Row:
    """One district as it stands."""

    code: str
    name: str
    health: str
    psychosocial: str
    works: bool
    as_of: date | None
    by: str


def _lang() -> str:
    return "fr" if (get_language() or "en").startswith("fr") else "en"


def _answer(code: str) -> str:
    return vocabulary.label("yes_no_unknown", code, _lang())


def _row(code: str, name: str, one: AreaCoverage | None) -> Row:
    if one is None:
        return Row(code, name, _answer("unknown"), _answer("unknown"), False, None, "")
    works = one.health == one.psychosocial == "yes"
    return Row(code, name, _answer(one.health), _answer(one.psychosocial), works, one.as_of, one.recorded_by.shown_name)


def coverage(person: Person, values: QueryDict, problems: Mapping[str, str]) -> dict[str, Any]:
    """Every district with what was said last; the history of the one chosen."""
    names = queries.area_names(for_user=person, lang=_lang())
    districts = sorted(((area.pcode, names[area.pcode]) for area in queries.areas(2, for_user=person)), key=lambda one: one[1].casefold())
    last, chosen = queries.coverage(for_user=person), values.get("adm2", "")
    history = queries.coverage_history(chosen, for_user=person) if chosen in names else []
    return {
        "rows": [_row(code, name, last.get(code)) for code, name in districts],
        "chosen": names.get(chosen, ""),
        "history": [_row(one.adm2, names.get(one.adm2, one.adm2), one) for one in history],
        "may_set": can("places_areacoverage", "insert"),
        "fields": _fields(districts, values, problems),
        "failed": bool(problems),
    }


def _fields(districts: list[tuple[str, str]], values: QueryDict, problems: Mapping[str, str]) -> list[Field]:
    answers = vocabulary.choices("yes_no_unknown", _lang())

    def select(name: str, label: str, offered: list[tuple[str, str]]) -> Field:
        choices = tuple(Choice(f"q-{name}-{place}", code, text, code == values.get(name, "")) for place, (code, text) in enumerate(offered, 1))
        return Field(f"q-{name}", name, "select", label, error=problems.get(name, ""), choices=choices)

    day = values.get("as_of") or clock.today().isoformat()
    return [
        select("adm2", _("District"), districts),
        select("health", _("Health care for survivors can be reached"), list(answers)),
        select("psychosocial", _("Psychosocial support can be reached"), list(answers)),
        Field("q-as_of", "as_of", "date", _("Known for the day"), value=day, error=problems.get("as_of", "")),
    ]


def set_coverage(person: Person, sent: QueryDict) -> str:
    """One district, as sent; the sentence that says so."""
    try:
        day: date | None = date.fromisoformat(sent.get("as_of", "").strip())
    except ValueError:
        day = None
    actions.set_coverage(
        by=person, mission=person.active_mission, adm2=sent.get("adm2", ""), health=sent.get("health", ""),  # type: ignore[attr-defined]  # carried by the view
        psychosocial=sent.get("psychosocial", ""), as_of=day,
    )  # fmt: skip
    return _("The coverage of %(area)s is set.") % {"area": queries.area_name(sent.get("adm2", ""), for_user=person, lang=_lang())}
