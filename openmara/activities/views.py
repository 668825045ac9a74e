"""Pages of registers and of the inventory: read the input, one call into the room, catch refusals, answer."""

import io
import uuid
from collections.abc import Callable
from typing import IO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from openmara import forms
from openmara.activities import actions, inventory_lines, pages, permissions, queries, registers
from openmara.activities.registers import Register
from openmara.activities.rules import EntriesRefused
from openmara.errors import Conflict, NotFound
from openmara.security import clock
from openmara.security.models import Person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


@require_safe
def register_list(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Every register, and how it was kept in the last four quarters."""
    quarters = pages.recent_quarters(clock.today())
    found = queries.overview(for_user=person_of(request))
    return render(request, "activities/registers.html", {"quarters": quarters, "lines": pages.register_lines(found, quarters)})


@require_safe
def register(request: HttpRequest, mission_code: str, register: str) -> HttpResponse:
    """Entries of one register: filters and page in the address."""
    person = person_of(request)
    found = queries.register(name=register)
    given = request.GET.dict()
    page = queries.entries(
        for_user=person, register=found, filters=given, after=given.get("after", ""), before=given.get("before", "")
    )
    areas = queries.area_names(for_user=person, lang=pages.language())
    quarters = queries.quarters(for_user=person, register=found)
    shown = {
        "register": found, "lang": pages.language(), "title": found.title[pages.language()], "entry": found.entry[pages.language()],
        "purpose": found.purpose[pages.language()], "page": page, "filters": pages.entry_filters(found, given, quarters, areas),
        "table": pages.entry_table(found, page, areas, mission_code), "shown": pages.shown_text(len(page.rows)),
        "may_record": permissions.can_record(found), "filtered": any(given.values()),
    }  # fmt: skip
    return render(request, "activities/register.html", shown)


@require_safe
def register_entry(request: HttpRequest, mission_code: str, register: str, entry_id: uuid.UUID) -> HttpResponse:
    """One entry, every answer; free text where the reader may have it."""
    person = person_of(request)
    found = queries.register(name=register)
    file = queries.entry(for_user=person, register=found, entry_id=entry_id)
    areas = queries.area_names(for_user=person, lang=pages.language())
    shown = {
        "register": found, "title": found.title[pages.language()], "file": file, "day": pages.day_text(file.entry.occurred_on),
        "facts": pages.entry_facts(found, file, areas),
    }  # fmt: skip
    return render(request, "activities/entry.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def register_new(request: HttpRequest, mission_code: str, register: str) -> HttpResponse:
    """A new entry, typed on a page drawn from the register's form. What was typed comes back with every refusal."""
    person = person_of(request)
    found = queries.register(name=register)
    permissions.check_can_record(found)
    areas = queries.area_names(for_user=person, lang=pages.language())
    page = pages.entry_page(found, areas, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            done = actions.record_entries(
                by=person, mission=person.active_mission, register=register, rows=[page.sent], keys=page.keys, may_change=False  # type: ignore[attr-defined]  # carried
            )  # fmt: skip
            messages.success(request, _("The entry is recorded.") if done.added else _("This entry was recorded already; nothing changed."))
            return redirect("register", mission_code, register)
        except EntriesRefused as problem:
            page = page.refused(problem)
        except Conflict as problem:
            page = page.refused_whole(str(problem))
    shown = {"page": page, "title": found.title[pages.language()], "entry": found.entry[pages.language()]}
    return render(request, "activities/register_new.html", shown, status=422 if request.method == "POST" else 200)


@require_safe
def register_template(request: HttpRequest, mission_code: str, register: str) -> HttpResponse:
    """The empty spreadsheet of a register."""
    person_of(request)
    return _sheet(register, "template", lambda found, out: forms.write_template(registers.sheet_form(found), out))


@require_safe
def register_xlsform(request: HttpRequest, mission_code: str, register: str) -> HttpResponse:
    """The register as an XLSForm workbook."""
    person_of(request)
    return _sheet(register, "xlsform", lambda found, out: forms.write_xlsx(found.form, out))


@require_safe
def register_xform(request: HttpRequest, mission_code: str, register: str) -> HttpResponse:
    """The register as an XForm, for ODK Collect and other OpenRosa clients."""
    person_of(request)
    found = queries.register(name=register)
    return _attachment(forms.to_xform(found.form).encode(), "application/xml", f"{found.name}.xml")


def _sheet(name: str, kind: str, write: Callable[[Register, IO[bytes]], None]) -> HttpResponse:
    found = queries.register(name=name)
    out = io.BytesIO()
    write(found, out)
    return _attachment(out.getvalue(), XLSX, f"{found.name}-{kind}.xlsx")


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_safe
def inventory(request: HttpRequest, mission_code: str) -> HttpResponse:
    """The inventory of activities: search, filters and page in the address."""
    person = person_of(request)
    given = request.GET.dict()
    choices = queries.inventory_choices(for_user=person)
    asked = {name: given.get(name, "") for name in ("entity", "period", "measure", "theme", "after", "before")}
    page = queries.inventory(for_user=person, text=given.get("q", ""), **asked)
    shown = {
        "page": page, "lines": inventory_lines.lines(page.rows, given.get("q", "")), "choices": choices,
        "filters": inventory_lines.filters(given, choices), "origin": inventory_lines.origin(choices),
        "shown": inventory_lines.shown_text(len(page.rows)), "filtered": any(given.get(name) for name in inventory_lines.FILTERS),
    }  # fmt: skip
    return render(request, "activities/inventory.html", shown)


@require_safe
def activity(request: HttpRequest, mission_code: str, activity_id: str) -> HttpResponse:
    """One published activity, with every page and line where it stands."""
    file = queries.activity(for_user=person_of(request), activity_id=activity_id)
    shown = {
        "file": file, "facts": inventory_lines.facts(file.activity), "proposals": inventory_lines.proposals(file.activity),
        "places": inventory_lines.occurrence_table(file.activity), "parts": inventory_lines.lines(file.parts, ""),
        "entities": inventory_lines.entities_text(file.activity.entities), "links": file.activity.details["urls"],
    }  # fmt: skip
    return render(request, "activities/activity.html", shown)
