"""What officers read about the people of their mission, and what each person reads about their own rights."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound, NotValid
from openmara.security import clock, scope
from openmara.security.models import Grant, Named, Organisation, Person, Recovery
from openmara.security.people import areas, permissions, rules
from openmara.security.permissions import has_role
from openmara.security.protect import policy, roles_of
from openmara.security.queries import Waiting

PAGE = 50
WAITS = ("accepted", "proposed")
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people of a mission by key: rows, and the keys of the pages before and after ('' = none)."""

    rows: Sequence[Grant]
    after: str
    before: str


@dataclass(frozen=True)
class Notice:
    """Somebody asked for a way back in the name of the reader."""

    id: uuid.UUID
    kind: str
    asked_at: datetime
    asked_by: str
    not_before: datetime | None


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def known(*, for_user: Person) -> rules.Known:
    """What a proposal may name here: roles of the policy file, offices and areas of the mission."""
    offices = Organisation.objects.order_by("code").values_list("code", flat=True)
    return rules.Known(tuple(policy()["roles"]), list(offices), areas.of(for_user))


def offices(*, for_user: Person) -> Sequence[Organisation]:
    return list(Organisation.objects.order_by("code"))


def _grants(for_user: Person) -> QuerySet[Grant]:
    permissions.check_can_read()
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    return Grant.objects.filter(mission_id=mission.id).select_related(
        "person__name", "organisation", "proposed_by__name", "confirmed_by__name", "revoked_by__name"
    )


def _in_state(rows: QuerySet[Grant], state: str) -> QuerySet[Grant]:
    today = clock.today()
    if state == "ended":
        return rows.exclude(revoked_at=None)
    rows = rows.filter(revoked_at=None)
    if state == "expired":
        return rows.filter(valid_to__lt=today)
    rows = rows.filter(valid_to__gte=today)
    if state == "waiting":
        return rows.filter(status__in=WAITS)
    return rows.filter(status=state) if state else rows


def people(*, for_user: Person, state: str = "", after: str = "", before: str = "") -> PeoplePage:
    """Everybody with a grant, by code. Without a state: grants that stand. Ended and expired ones by their own filter."""
    rows = _in_state(_grants(for_user), state)
    if before:
        code, key = _key(for_user, before)
        back = rows.filter(Q(person__code__lt=code) | Q(person__code=code, id__lt=key)).order_by("-person__code", "-id")
        found = list(back[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return PeoplePage(found, str(found[-1].id) if found else "", str(found[0].id) if more else "")
    if after:
        code, key = _key(for_user, after)
        rows = rows.filter(Q(person__code__gt=code) | Q(person__code=code, id__gt=key))
    found = list(rows.order_by("person__code", "id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return PeoplePage(found, str(found[-1].id) if more else "", str(found[0].id) if after and found else "")


def _key(for_user: Person, key: str) -> tuple[str, uuid.UUID]:
    try:
        found = _grants(for_user).filter(id=uuid.UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotValid(_("This address is not a page of the list. Start again from its first page."))
    return found.person.code, found.id


def waiting_grants(*, for_user: Person) -> Sequence[Grant]:
    """What waits for a second officer, the oldest first."""
    return list(_in_state(_grants(for_user), "waiting").order_by("valid_from", "id")[:PAGE])


def expiring_grants(*, for_user: Person) -> Sequence[Grant]:
    """Rights that end within two weeks, the first to end first; those whose renewal already waits are left out."""
    renewed = Grant.objects.filter(revoked_at=None, status__in=WAITS).values("person_id")
    rows = _in_state(_grants(for_user), "confirmed").filter(valid_to__lte=clock.today() + rules.SOON)
    return list(rows.exclude(person_id__in=renewed).order_by("valid_to", "id")[:PAGE])


def find_grant(*, for_user: Person, key: uuid.UUID) -> Grant:
    found: Grant | None = _grants(for_user).filter(id=key).first()
    if found is None:
        raise NotFound(_("There is nobody at this address, or they are not in this mission."))
    return found


def grants_of(*, for_user: Person, person: Person) -> Sequence[Grant]:
    """Every grant of one person in this mission, the newest first."""
    return list(_grants(for_user).filter(person_id=person.id).order_by("-valid_from", "-revoked_at", "id"))


def open_proposal(*, for_user: Person, person: Person) -> Grant | None:
    return _in_state(_grants(for_user), "").filter(person_id=person.id, status__in=(*WAITS, "invited")).first()


def own_grant(*, for_user: Person) -> Grant:
    """The reader's own rights in this mission."""
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    own = Grant.objects.filter(mission_id=mission.id, person_id=for_user.id, status="confirmed", revoked_at=None)
    found = own.select_related("organisation", "proposed_by__name").first()
    if found is None:
        raise NotFound(_("There is nothing at this address."))
    return found


def accepted_by(person: Person) -> bool:
    """Whether an invitation that this person accepted waits for a second officer. Somebody away learns nothing here."""
    waits = Grant.objects.filter(person_id=person.id, status="accepted", revoked_at=None, valid_to__gte=clock.today())
    return waits.exists()


def _recoveries(for_user: Person) -> QuerySet[Recovery]:
    permissions.check_can_read()
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    return Recovery.objects.filter(mission_id=mission.id).select_related(
        "person__name", "asked_by__name", "approved_by__name", "reviewed_by__name"
    )


def _running() -> Q:
    """Asked for and neither used, cancelled nor run out."""
    now = clock.now()
    asked = Q(approved_at=None) & (
        Q(kind="reset", asked_at__gt=now - timedelta(days=7)) | Q(kind="emergency", asked_at__gt=now - timedelta(minutes=10))
    )
    return Q(cancelled_at=None, used_at=None) & (asked | Q(expires_at__gt=now))


def recoveries(*, for_user: Person, person: Person | None = None) -> Sequence[Recovery]:
    """Ways back that are under way, and emergency openings of the last thirty days."""
    rows = _recoveries(for_user).filter(_running() | Q(kind="emergency", used_at__gt=clock.now() - RECENT))
    return list((rows.filter(person_id=person.id) if person else rows).order_by("-asked_at", "id")[:PAGE])


def find_recovery(*, for_user: Person, key: uuid.UUID) -> Recovery:
    found: Recovery | None = _recoveries(for_user).filter(id=key).first()
    if found is None:
        raise NotFound(_("There is nothing at this address."))
    return found


def running_recovery(*, for_user: Person, person: Person) -> Recovery | None:
    return _recoveries(for_user).filter(_running(), person_id=person.id).first()


def notices() -> list[Notice]:
    """What is asked for about whoever is signed in, in any mission; on every page until it is over."""
    if scope.now() is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select id, kind, asked_at, asked_by, not_before from sec.own_recoveries()")
        return [Notice(*row) for row in cursor.fetchall()]


def named_for(*, for_user: Person, key: uuid.UUID) -> list[Person]:
    """Who is named for one closed case."""
    rows = Named.objects.filter(object_id=key).select_related("person__name").order_by("person__code")
    return [one.person for one in rows]


def check_all_open(*, for_user: Person, keys: Sequence[uuid.UUID]) -> None:
    """Nobody is named for a case that is closed to the one who names, or open by broken glass alone."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(bool_and(sec.opens(one)), true) from unnest(%s::uuid[]) one", [list(keys)])
        if not cursor.fetchone()[0]:
            raise NotFound(_("There is no such incident, or it is not open to you."))


def left_out(*, for_user: Person, compartment: Sequence[str]) -> list[Person]:
    """Colleagues of the working group to whom a compartment is closed; the database tells those who may name somebody."""
    with connection.cursor() as cursor:
        cursor.execute("select person_id from sec.left_out(%s::text[], %s::text[])", [list(compartment), roles_of(["working_group"])])
        ids = [found for (found,) in cursor.fetchall()]
    return list(Person.objects.filter(id__in=ids).exclude(id=for_user.id).select_related("name").order_by("code"))


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Colleagues to confirm, ways back to approve, emergency openings to review, rights that end soon."""
    if not has_role(*rules.OFFICERS, "gender"):
        return []
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    lines = [*_decisions(for_user), *_ways_back(for_user)] if has_role(*rules.CONFIRMERS) else []
    if has_role(*rules.PROPOSERS):
        soon = expiring_grants(for_user=for_user)
        words = ngettext("colleague whose rights end within two weeks", "colleagues whose rights end within two weeks", len(soon))
        lines.append(Waiting(words, len(soon), None, reverse("people", args=[mission.code]) + "#expiring"))
    return lines


def _decisions(for_user: Person) -> list[Waiting]:
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    rows = [one for one in waiting_grants(for_user=for_user) if rules.may_confirm(for_user.id, one.proposed_by_id, one.person_id)]
    words = ngettext("colleague to confirm", "colleagues to confirm", len(rows))
    oldest = min((one.valid_from for one in rows), default=None)
    return [Waiting(words, len(rows), oldest, reverse("people", args=[mission.code]) + "#waiting")]


def _ways_back(for_user: Person) -> list[Waiting]:
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view or by `acting`
    found = recoveries(for_user=for_user)
    ask = [one for one in found if not one.approved_at and for_user.id not in (one.asked_by_id, one.person_id)]
    look = [one for one in found if one.used_at and not one.reviewed_at and for_user.id not in (one.person_id, one.asked_by_id, one.approved_by_id)]
    href = reverse("people", args=[mission.code]) + "#recoveries"
    return [
        Waiting(ngettext("way back to approve", "ways back to approve", len(ask)), len(ask), min((one.asked_at for one in ask), default=None), href),
        Waiting(ngettext("emergency opening to review", "emergency openings to review", len(look)), len(look),
                min((one.asked_at for one in look), default=None), href),
    ]  # fmt: skip
