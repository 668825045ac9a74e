"""Lists by key: newest first, by (day, id); no page is ever counted or skipped."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from openmara.errors import NotValid

M = TypeVar("M", bound=Model)
PAGE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of a list: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[M]
    after: str
    before: str


def paged(rows: QuerySet[M], day: Any, after: str, before: str) -> Page[M]:
    """A page of rows by an expression that is never null; one row more than a page tells whether there is a next one."""
    rows = rows.annotate(page_day=day)
    if before:
        on, ident = _read_key(before)
        later = rows.filter(Q(page_day__gt=on) | Q(page_day=on, id__gt=ident))
        found = list(later.order_by("page_day", "id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return Page(found, _key(found[-1]) if found else "", _key(found[0]) if more else "")
    if after:
        on, ident = _read_key(after)
        rows = rows.filter(Q(page_day__lt=on) | Q(page_day=on, id__lt=ident))
    found = list(rows.order_by("-page_day", "-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(found, _key(found[-1]) if more else "", _key(found[0]) if after and found else "")


def _key(row: Any) -> str:
    return f"{row.page_day.isoformat()}~{row.id}"


def _read_key(key: str) -> tuple[date, uuid.UUID]:
    day, _cut, ident = key.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(ident)
    except ValueError:
        raise NotValid(_("This address is not a page of the list. Start again from its first page.")) from None
