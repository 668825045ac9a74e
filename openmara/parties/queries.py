"""Parties as people read them: the name used in their language at the time spoken of."""

from collections.abc import Sequence
from datetime import date

from openmara.parties.models import Party, PartyName
from openmara.security.models import Person


def parties(*, for_user: Person) -> Sequence[Party]:
    """The register, by code."""
    return list(Party.objects.order_by("code"))


def party_names(*, for_user: Person, lang: str | None = None, on: date | None = None) -> dict[str, str]:
    """Code to printed name of every party, in one statement."""
    found: dict[str, list[PartyName]] = {}
    for row in PartyName.objects.select_related("party").order_by("party__code", "valid_from", "name"):
        found.setdefault(row.party.code, []).append(row)
    codes = Party.objects.order_by("code").values_list("code", flat=True)
    return {code: _chosen(code, found.get(code, []), lang or for_user.language, on) for code in codes}


def party_name(code: str, lang: str, on: date | None = None, *, for_user: Person) -> str:
    """The main name in a language on a day; English where there is none, the code where there is no name."""
    rows = list(PartyName.objects.filter(party__code=code).order_by("valid_from", "name"))
    return _chosen(code, rows, lang, on)


def _chosen(code: str, rows: Sequence[PartyName], lang: str, on: date | None) -> str:
    """Main names before aliases, the language asked before English, the time spoken of before any other."""
    wanted = lang.lower().replace("_", "-").split("-")[0]
    usable = [row for row in rows if row.language in (wanted, "en", "")]

    def rank(row: PartyName) -> tuple[bool, bool, bool]:
        in_use = on is None or ((row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to))
        return (not row.is_main, row.language != wanted, not in_use)

    if on is not None:
        usable.sort(key=lambda row: (rank(row)[2], *rank(row)[:2]))
    else:
        usable.sort(key=rank)
    return usable[0].name if usable else code
