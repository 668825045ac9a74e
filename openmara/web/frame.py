"""What every page shows around its content: mission, navigation, person, languages, direction of the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, get_language_info
from django.utils.translation import gettext_lazy as _

from openmara.security import queries
from openmara.security.models import Mission


@dataclass(frozen=True)
class Entry:
    """One room in the navigation. `table` is what a person must be able to read to work there (policy.yaml)."""

    page: str
    table: str
    label: str | Promise
    about: str | Promise


@dataclass(frozen=True)
class Link:
    """A navigation entry as a page shows it."""

    label: str
    about: str
    href: str
    current: bool


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


ENTRIES = (
    Entry("reports", "evidence_report", _("Reports"), _("Accounts as they came in, and what to do with each.")),
    Entry("incidents", "evidence_incident", _("Incidents"), _("What the reports speak of: verify, attribute, count.")),
    Entry("duplicates", "linkage_candidatepair", _("Possible duplicates"), _("Reports that may speak of one incident.")),
    Entry("dashboard", "indicators_indicatorvalue", _("Indicators"), _("Eight quarters of each indicator, with its table.")),
    Entry("registers", "activities_registerentry", _("Registers"), _("Patrols, trainings and institutions, entry by entry.")),
    Entry("inventory", "activities_inventoryactivity", _("Inventory"), _("What the United Nations has said it does.")),
    Entry("releases", "publish_reportbuild", _("Releases"), _("The quarterly report: write, build, download.")),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. It reads nothing once the transaction is lost, so that an error page can still be drawn."""
    mission: Mission | None = getattr(request, "mission", None)
    user = getattr(request, "user", None)
    known = not connection.needs_rollback and user is not None and user.is_authenticated
    return {
        "mission": mission,
        "mission_name": mission_name(mission) if mission else "",
        "synthetic": mission.synthetic if mission else True,
        "nav": navigation(request) if known and mission else (),
        "person_name": user.display_name if known and user is not None else "",
        "languages": languages(),
        "language": get_language() or settings.LANGUAGE_CODE,
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "here": request.get_full_path(),
    }


def mission_name(mission: Mission) -> str:
    """The mission's name in the page's language; English where there is none."""
    return str(getattr(mission, f"name_{(get_language() or 'en')[:2]}", "") or mission.name_en)


def navigation(request: HttpRequest) -> tuple[Link, ...]:
    """Home, then the rooms that exist and in which the person's roles may read something."""
    mission: Mission = request.mission  # type: ignore[attr-defined]  # set by ContextMiddleware
    standing = queries.standing_in(mission, for_user=request.user)  # type: ignore[arg-type]  # authenticated here
    if standing is None:
        return ()
    home = reverse("home", kwargs={"mission_code": mission.code})
    links = [Link(str(_("Home")), "", home, request.path == home)]
    open_to = [entry for entry in ENTRIES if queries.may_read(entry.table, standing)]
    return (*links, *_links(open_to, mission.code, request.path))


def _links(entries: Iterable[Entry], mission_code: str, path: str) -> list[Link]:
    found = []
    for entry in entries:
        try:
            href = reverse(entry.page, kwargs={"mission_code": mission_code})
        except NoReverseMatch:
            continue
        found.append(Link(str(entry.label), str(entry.about), href, path.startswith(href)))
    return found


def languages() -> tuple[Language, ...]:
    """Every language of the interface under its own name."""
    here = get_language()
    return tuple(
        Language(code, get_language_info(code)["name_local"].capitalize(), code == here) for code, _name in settings.LANGUAGES
    )
