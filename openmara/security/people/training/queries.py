"""Which modules somebody holds, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from openmara import vocabulary
from openmara.security.models import Module, Person


@dataclass(frozen=True)
class Line:
    """One module: until when it holds, None where it was never completed."""

    code: str
    label: str
    until: date | None
    holds: bool


def modules(*, for_user: Person) -> dict[str, date]:
    """The last day of each of one's own modules."""
    return held(for_user=for_user, person=for_user)


def held(*, for_user: Person, person: Person) -> dict[str, date]:
    """The last day of each module of somebody; of a repeated one, the latest."""
    rows = Module.objects.filter(person=person).values_list("code").annotate(until=Max("valid_until"))
    return dict(rows)


def lines(*, for_user: Person, person: Person, today: date, lang: str) -> Sequence[Line]:
    """Every required module of somebody, completed or not."""
    found = held(for_user=for_user, person=person)
    return [
        Line(code, label, found.get(code), code in found and found[code] >= today) for code, label in vocabulary.choices("training_module", lang)
    ]
