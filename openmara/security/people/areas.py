"""The areas a grant may be limited to. The room of places, which stands to the right, says what there is when it starts."""

from collections.abc import Callable

from openmara.security.models import Person

Source = Callable[[Person], dict[str, str]]
_source: list[Source] = []


def offered_by(source: Source) -> None:
    """Called once, by the room that keeps the areas: code → name, of the first level."""
    _source[:] = [source]


def of(person: Person) -> dict[str, str]:
    """Code → name of the areas of the mission in which this person acts."""
    return _source[0](person) if _source else {}
