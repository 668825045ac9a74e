"""What the search page is made of, and what a sent question becomes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import pages, presenters
from openmara.evidence.queries import Names, names, parties_of
from openmara.evidence.search import actions, queries, rules
from openmara.evidence.search.models import View
from openmara.security.models import Person
from openmara.security.permissions import can
from openmara.security.protect import policy, roles_of

Shown = dict[str, Any]


@dataclass(frozen=True)
class ViewLine:
    """A saved view: its name, the address that asks it again, and whether it is one's own."""

    name: str
    href: str
    drop: str
    shared: str


def jump(person: Person, asked: QueryDict) -> str:
    """Where an exact reference leads; '' where it names nothing that is open."""
    kind, ref = queries.exact(for_user=person, ref=asked.get("ref", ""))
    return reverse(kind, args=[person.active_mission.code, ref]) if kind else ""  # type: ignore[attr-defined]  # carried by the view


def page(person: Person, asked: QueryDict, problems: Mapping[str, str]) -> Shown:
    """Fields with what was asked, one page of what is found, saved views. Nothing is looked for before something is asked."""
    mission: str = person.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    known = names(for_user=person)
    filters = _filters(asked, known, problems)
    wanted = {**filters.values, "words": rules.words(asked.get("words", "")), "ref": asked.get("ref", "").strip()}
    found, general = None, ""
    if not problems and any(wanted.values()):
        try:
            found = queries.search(for_user=person, filters=wanted, after=asked.get("after", ""), before=asked.get("before", ""))
        except NotValid as refusal:
            filters, general = _filters(asked, known, refusal.problems), str(refusal)
    rows = presenters.incident_rows(found.page.rows, parties_of(found.page.rows), known, mission) if found else []  # type: ignore[arg-type]  # incidents
    return {
        "fields": filters.fields, "rows": rows, "found": found, "asked": any(wanted.values()), "words": wanted["words"],
        "count": count(found) if found else "", "problems": {one.name: one.error for one in filters.fields if one.error}, "general": general,
        "views": [_line(one, person, mission) for one in queries.views(for_user=person)],
        "codes": rules.keepable(wanted), "may_keep": can("evidence_view", "insert"),
        "roles": [(role, _role(role)) for role in roles_of(["working_group"])],
    }  # fmt: skip


def count(found: queries.Found) -> str:
    """How many, exact; beyond the bound only that there are more."""
    if found.more:
        return _("More than %(n)d incidents") % {"n": found.count}
    return ngettext("%(n)d incident", "%(n)d incidents", found.count) % {"n": found.count}


def _filters(asked: QueryDict, known: Names, problems: Mapping[str, str]) -> pages.Filters:
    usual = pages.incident_filters(asked, known)
    more = [
        pages.select(name, text, vocabulary.choices(rules.LISTS[name], pages.language()), asked.get(name, ""))
        for name, text in (("attribution", _("Attribution")), ("class", _("Class of record")), ("precision", _("How exact the date is")))
    ]
    own = [
        pages.Field("f-ref", "ref", "input", _("Reference"), _("Eight characters; leads straight to the record."), asked.get("ref", "")),
        pages.Field("f-words", "words", "input", _("Words in texts open to you"), _("Never kept, never in the address or the log."), asked.get("words", "")),
    ]
    every = [replace(one, error=problems.get(one.name, one.error)) for one in (*own, *usual.fields, *more)]
    values = dict(usual.values) | {one.name: one.value for one in more if any(choice.selected and choice.code for choice in one.choices)}
    return pages.Filters(values, tuple(every))


def _line(view: View, person: Person, mission: str) -> ViewLine:
    """A view's address holds its codes, which an address may."""
    mine = view.person_id == person.id
    shared = ", ".join(_role(role) for role in view.shared_with) if mine else _("shared with you")
    drop = reverse("view-drop", args=[mission, view.id]) if mine else ""
    return ViewLine(view.name, reverse("search", args=[mission]) + "?" + urlencode(rules.keepable(view.filters)), drop, shared)


def _role(role: str) -> str:
    return str(_(policy()["roles"][role]))


def keep(person: Person, sent: QueryDict) -> View:
    """Keep the question that was asked, under the name typed."""
    return actions.keep_view(
        by=person, mission=person.active_mission, name=sent.get("name", ""),  # type: ignore[attr-defined]  # carried by the view
        filters={name: sent.get(name, "") for name in rules.CODES}, shared_with=sent.getlist("shared_with"),
    )  # fmt: skip


def drop(person: Person, key: uuid.UUID) -> None:
    actions.drop_view(by=person, view=queries.find_view(for_user=person, key=key))
