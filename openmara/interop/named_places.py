"""Finds areas and settlements that a file names in words: by name in any language inside the area above, or by code."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from openmara.places import queries
from openmara.security.models import Person
from openmara.vocabulary import fold

LEVELS = {"adm1": "", "adm2": "adm1", "adm3": "adm2", "settlement": "adm2"}  # level: the one above it, as files name it


class NamedPlaces:
    """An index of the mission's places. A name that fits two places is not guessed."""

    def __init__(self, places: Iterable[tuple[str, str, tuple[str, ...], tuple[str, ...]]]) -> None:
        """`places`: (level, code, codes above it, names)."""
        self._codes: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
        self._names: dict[tuple[str, str, str], set[str]] = {}
        for level, code, above, names in places:
            self._codes[level][code.casefold()] = code
            for name in {fold(name) for name in names} - {""}:
                for parent in ("", *above):
                    self._names.setdefault((level, parent, name), set()).add(code)

    def find(self, level: str, text: str, above: Iterable[str]) -> tuple[str, str | None]:
        """(code, None) or ('', why not). `above`: codes the row names, the nearest first."""
        code = self._codes[level].get(text.strip().casefold())
        if code:
            return code, None
        nearest = next((one for one in above if one), "")
        found = self._names.get((level, nearest, fold(text)), set())
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            return "", _("Several places have this name. Name the district, or use the code.")
        return "", _("Not a place of this mission, or not in the area named beside it.")


def named_places(*, for_user: Person) -> NamedPlaces:
    """The places of the mission of the running context."""
    levels = {1: "adm1", 2: "adm2", 3: "adm3"}
    places: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    areas = queries.all_names(for_user=for_user)
    parents = {code: parent for _level, code, parent, _en, _fr in areas}
    for level, code, parent, english, french in areas:
        if level in levels:
            places.append((levels[level], code, (parent, parents.get(parent, "")), (english, french)))
    for row in queries.settlements(for_user=for_user):
        places.append(("settlement", row.code, (row.adm3, row.adm2, row.adm1), (row.name,)))
    return NamedPlaces(places)
