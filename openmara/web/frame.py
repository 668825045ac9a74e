"""What every page shows around its content: mission, navigation, person, languages, direction of the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, get_language_info
from django.utils.translation import gettext_lazy as _

from openmara.security import queries, routes
from openmara.security.models import Mission
from openmara.security.people import queries as people


@dataclass(frozen=True)
class Entry:
    """One room in the navigation, offered to whom the policy file's `routes` open its page.

    `about` is said to readers, `work` to those who may also do `write` (`table.operation`). `pages` are pages of
    other addresses that belong here. What is `beside` stands on the home page and in the menu of a phone, and on the bar of a
    desk only for those to whom few rooms are open.
    """

    page: str
    label: str | Promise
    about: str | Promise
    work: str | Promise = ""
    write: str = ""
    pages: tuple[str, ...] = ()
    beside: bool = False


@dataclass(frozen=True)
class Link:
    """A navigation entry as a page shows it."""

    label: str
    about: str
    href: str
    current: bool
    on_bar: bool = True


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


FEW = 9  # rooms that have place on one line
ENTRIES = (
    Entry("reports", _("Reports"), _("Accounts as they came in."),
          _("Accounts as they came in, and what to do with each."), "evidence_report.update", pages=("import", "incident-new", "incident-short")),
    Entry("incidents", _("Incidents"), _("What the reports speak of."),
          _("What the reports speak of: verify, attribute, count."), "evidence_incident.update", pages=("search", "backlog", "by-reference")),
    Entry("alerts", _("Alerts"), _("Where danger is now; gone after 72 hours.")),
    Entry("flashes", _("Flash reports"), _("Urgent reports: read those addressed to you."),
          _("Urgent reports: draft, clear, send, follow up."), "evidence_flash.insert", beside=True),
    Entry("meetings", _("Meetings"), _("Working group, forum, action points, self-assessment.")),
    Entry("parties", _("Parties"), _("Verified incidents by party, patterns, steps of listing."), pages=("pattern",)),
    Entry("reconciliations", _("Reconciliation"), _("MARA, human rights and MRM side by side, each quarter."), beside=True),
    Entry("hand-overs", _("Hand-overs"), _("What another body is to receive, and who decided it."), beside=True),
    Entry("duplicates", _("Possible duplicates"), _("Reports that may speak of one incident."), beside=True),
    Entry("coverage", _("Service coverage"), _("Where somebody can be referred, district by district."),
          _("Where somebody can be referred, district by district: read and set."), "places_areacoverage.insert", beside=True),
    Entry("dashboard", _("Indicators"), _("Eight quarters of each indicator, with its table.")),
    Entry("registers", _("Registers"), _("Patrols, trainings and institutions, entry by entry."),
          _("Patrols, trainings and institutions: read and add entries."), "activities_registerentry.insert"),
    Entry("inventory", _("Inventory"), _("What the United Nations has said it does."), beside=True),
    Entry("releases", _("Releases"), _("Read the quarterly report."),
          _("The quarterly report: write, build, download."), "publish_reportbuild.insert"),
    Entry("people", _("People"), _("Who holds which rights: invite, confirm, renew, end.")),
    Entry("break-glass", _("Break-glass"), _("Open one record in an emergency; an officer reviews it."), beside=True),
    Entry("break-glass-reviews", _("Break-glass reviews"), _("What was opened in an emergency, and whether it was justified."), beside=True),
    Entry("audit", _("Log"), _("Who did what in this mission, entry by entry."), beside=True),
    Entry("lock-down", _("Lock-down"), _("Close the mission at once, or open it again: two people."), beside=True),
)  # fmt: skip


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. It reads nothing once the transaction is lost, so that an error page can still be drawn."""
    mission: Mission | None = getattr(request, "mission", None)
    user = getattr(request, "user", None)
    known = not connection.needs_rollback and user is not None and user.is_authenticated
    return {
        "mission": mission,
        "mission_name": mission_name(mission) if mission else "",
        "synthetic": mission.synthetic if mission else True,
        "log_behind": bool(known and mission and queries.log_is_behind()),
        "nav": navigation(request) if known and mission else (),
        "recovery_notices": () if connection.needs_rollback else people.notices(),
        "person_name": user.shown_name if known and user is not None else "",
        "languages": languages(),
        "language": get_language() or settings.LANGUAGE_CODE,
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "here": request.get_full_path(),
    }


def mission_name(mission: Mission) -> str:
    """The mission's name in the page's language; English where there is none."""
    return str(getattr(mission, f"name_{(get_language() or 'en')[:2]}", "") or mission.name_en)


def navigation(request: HttpRequest) -> tuple[Link, ...]:
    """Home, then the rooms whose page opens to the person's roles and class."""
    mission: Mission = request.mission  # type: ignore[attr-defined]  # set by ContextMiddleware
    standing = queries.standing_in(mission, for_user=request.user)  # type: ignore[arg-type]  # authenticated here
    if standing is None or standing.closed:
        return ()
    home = reverse("home", kwargs={"mission_code": mission.code})
    links = [Link(str(_("Home")), "", home, request.path == home)]
    offered = [entry for entry in ENTRIES if routes.may_get(entry.page, standing.roles, standing.clearance)]
    return (*links, *_links(offered, standing, request))


def _links(entries: Sequence[Entry], standing: queries.Standing, request: HttpRequest) -> list[Link]:
    found = []
    here = request.resolver_match.url_name if request.resolver_match else ""
    elsewhere = any(here in entry.pages for entry in ENTRIES)
    for entry in entries:
        try:
            href = reverse(entry.page, kwargs={"mission_code": standing.mission.code})
        except NoReverseMatch:
            continue
        table, _dot, operation = entry.write.partition(".")
        about = entry.work if entry.work and queries.may(table, operation, standing) else entry.about
        current = here in entry.pages if elsewhere else request.path.startswith(href)
        found.append(Link(str(entry.label), str(about), href, current, current or not entry.beside or len(entries) <= FEW))
    return found


def languages() -> tuple[Language, ...]:
    """Every language of the interface under its own name."""
    here = get_language()
    return tuple(
        Language(code, get_language_info(code)["name_local"].capitalize(), code == here) for code, _name in settings.LANGUAGES
    )
