"""The only place that writes the register of parties. A whole register at once, keyed by code; names are never taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.parties.models import Party, PartyName
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_can

PARTY_COLUMNS = ("category", "subtype", "status", "country", "parent_code", "parent_event", "parent_since")
NAME_COLUMNS = ("is_main", "valid_from", "valid_to")
LISTS = {"category": "party_category", "subtype": "party_subtype", "status": "party_status"}


@dataclass(frozen=True)
class Loaded:
    """What became of a register: parties added, changed, and names added or changed."""

    added: int
    changed: int
    names: int


def load_parties(*, by: Person, mission: Mission, register: Mapping[str, Any]) -> Loaded:
    """Bring the register to what a file of parties says. The same file twice changes nothing."""
    check_can("parties_party", "insert", _("The register of parties is kept by the senior adviser and by human rights."))
    stated = list(register.get("party", ()))
    problems = _problems(stated, register.get("event", ()))
    if problems:
        raise NotValid(_("The register of parties cannot be used."), problems)
    origins = _origins(register.get("event", ()))
    with transaction.atomic():
        here = {party.code: party for party in Party.objects.all()}
        fresh, changed = [], []
        for entry in stated:
            party, before = _party(mission, entry, register.get("country", ""), origins), here.get(entry["code"])
            if before is None:
                fresh.append(party)
                here[party.code] = party
            elif _differs(before, party, PARTY_COLUMNS):
                changed.append(before)
        Party.objects.bulk_create(fresh)
        if changed:
            Party.objects.bulk_update(changed, list(PARTY_COLUMNS))
        names = _bring_names(mission, stated, here)
        record("parties:party:load", sensitivity="S1", result=[party.id for party in (*fresh, *changed)])
    return Loaded(len(fresh), len(changed), names)


def _problems(stated: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """One problem per party or event: codes, names, categories and ends of validity."""
    found: dict[str, str] = {}
    codes = [str(entry.get("code", "")) for entry in stated]
    if not stated:
        found["party"] = _("The file holds no party.")
    for number, entry in enumerate(stated, start=1):
        where = str(entry.get("code") or number)
        if not entry.get("code") or codes.count(where) > 1:
            found[where] = _("Each party needs a code of its own.")
        elif not isinstance(entry.get("name"), Mapping) or not {"en", "fr"} <= set(entry["name"]):
            found[where] = _("A party needs its name in English and in French.")
        for column, name in LISTS.items():
            value = entry.get(column, "")
            if (value or column == "category") and value not in vocabulary.codes(name):
                found[where] = _("Not a code of the list %(list)s.") % {"list": name}
        if any(alias.get("to") and alias.get("from") and alias["to"] < alias["from"] for alias in entry.get("aliases", ())):
            found[where] = _("A name ends before it begins.")
    for event in events:
        if not {*event.get("from", ()), *event.get("to", ())} <= set(codes):
            found["event"] = _("An event names a party that is not in the file.")
    return found


def _origins(events: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str, date]]:
    """Party to (party it came from, how, since when): the first one named, where several came together."""
    return {new: (event["from"][0], event["kind"], event["date"]) for event in events for new in event.get("to", ()) if event.get("from")}


def _party(mission: Mission, entry: Mapping[str, Any], country: str, origins: Mapping[str, tuple[str, str, date]]) -> Party:
    parent, how, since = origins.get(entry["code"], ("", "", None))
    return Party(
        mission=mission, code=entry["code"], category=entry["category"], subtype=entry.get("subtype", ""),
        status=entry.get("status", "active"), country=country, parent_code=parent, parent_event=how, parent_since=since,
    )  # fmt: skip


def _differs(before: Any, now: Any, columns: Sequence[str]) -> bool:
    """Bring `before` to what `now` says; True where anything changed."""
    different = [name for name in columns if getattr(before, name) != getattr(now, name)]
    for name in different:
        setattr(before, name, getattr(now, name))
    return bool(different)


def _bring_names(mission: Mission, stated: Sequence[Mapping[str, Any]], parties: Mapping[str, Party]) -> int:
    """Main names and aliases with the time in which they were used, keyed by party, language and text."""
    here = {(row.party_id, row.language, row.name): row for row in PartyName.objects.all()}
    fresh: dict[Any, PartyName] = {}
    changed = []
    for entry in stated:
        party = parties[entry["code"]]
        main = [{"text": text, "lang": lang, "from": entry.get("valid_from"), "main": True} for lang, text in entry["name"].items()]
        keyed = {(alias.get("lang", ""), alias["text"]): alias for alias in entry.get("aliases", ())}
        keyed |= {(name["lang"], name["text"]): keyed.get((name["lang"], name["text"]), {}) | name for name in main}
        for (lang, text), name in keyed.items():
            row = PartyName(
                mission=mission, party=party, name=text, language=lang, is_main=bool(name.get("main")),
                valid_from=name.get("from"), valid_to=name.get("to"),
            )  # fmt: skip
            before = here.get((party.id, lang, text))
            if before is None:
                fresh[party.id, lang, text] = row
            elif _differs(before, row, NAME_COLUMNS):
                changed.append(before)
    PartyName.objects.bulk_create(fresh.values())
    if changed:
        PartyName.objects.bulk_update(changed, list(NAME_COLUMNS))
    return len(fresh) + len(changed)
