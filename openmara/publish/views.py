"""Reports in preparation: read the input, one call into the room, catch refusals, answer."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import NotFound, NotValid
from openmara.publish import actions, permissions, presenters, queries, rendering, sections
from openmara.publish import narratives as written
from openmara.security.models import Person

CASES = "5"  # the section of emblematic verified cases


def person_of(request: HttpRequest) -> Person:
    """Whoever asks, with the mission of the address. Without a role there, nothing exists at it."""
    mission = getattr(request, "mission", None)
    if mission is None:
        raise NotFound(_("There is no such page, or it is not open to you."))
    person: Person = request.user  # type: ignore[assignment]  # LoginRequiredMiddleware lets nobody else in
    person.active_mission = mission  # type: ignore[attr-defined]  # carried, not stored; as `acting` does
    return person


def _list(request: HttpRequest, person: Person, code: str, wanted: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    lang = get_language() or "en"
    page = queries.builds(for_user=person, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    quarters = queries.quarters(for_user=person)
    rows = [presenters.row(one, code, lang) for one in page.rows]
    shown = {
        "rows": rows, "page": page, "running": any(one.running for one in rows), "may_build": permissions.can_build(), "quarters": quarters,
        "fields": presenters.ask_fields(quarters, lang, wanted, errors), "errors": errors,
        "text_quarter": wanted.get("quarter") or (quarters[0] if quarters else ""), "languages_of_report": presenters.LANGUAGE_NAMES.items(),
    }  # fmt: skip
    return render(request, "publish/releases.html", shown, status=422 if errors else 200)


@require_safe
def releases(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Builds of the report, the newest first, and the form that asks for one."""
    return _list(request, person_of(request), mission_code, {}, {})


@require_POST
def ask(request: HttpRequest, mission_code: str) -> HttpResponse:
    """Ask for a build and follow it."""
    person = person_of(request)
    wanted = {name: request.POST.get(name, "") for name in ("quarter", "language", "audience")}
    try:
        build = actions.ask_for_build(by=person, mission=person.active_mission, **wanted)  # type: ignore[attr-defined]  # carried
    except NotValid as refusal:
        return _list(request, person, mission_code, wanted, refusal.problems)
    return redirect("release", mission_code, build.id)


@require_safe
def release(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """One build: how far it is, then what it says, how it is protected, what changed, and its files."""
    person = person_of(request)
    build = queries.find_build(for_user=person, key=key)
    html = ""
    if build.state == "done" and "html" in build.files:
        path, _kind = queries.read_file(for_user=person, build=build, kind="html")
        html = rendering.inside_a_page(path.read_text(encoding="utf-8"))
    shown = {
        "build": build, "row": presenters.row(build, mission_code, get_language() or "en"), "html": html,
        "protection": presenters.protection(build), "may_build": permissions.can_build(),
        "changes": presenters.change_rows(build), "files": presenters.files(build, mission_code),
        "changed_since": queries.changed_since(for_user=person, build=build),
        "compared": bool(build.protection.get("compared_with")),
    }  # fmt: skip
    return render(request, "publish/release.html", shown)


@require_POST
def cancel(request: HttpRequest, mission_code: str, key: uuid.UUID) -> HttpResponse:
    """Stop a build."""
    person = person_of(request)
    actions.cancel_build(by=person, build=queries.find_build(for_user=person, key=key))
    messages.success(request, _("The build is cancelled. Nothing of it is kept."))
    return redirect("release", mission_code, key)


@require_safe
def release_file(request: HttpRequest, mission_code: str, key: uuid.UUID, kind: str) -> FileResponse:
    """One finished file, under a name that says draft."""
    person = person_of(request)
    build = queries.find_build(for_user=person, key=key)
    path, kind_of_file = queries.read_file(for_user=person, build=build, kind=kind)
    name = presenters.file_name(build, mission_code, kind)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind_of_file)


@require_safe
def narratives(request: HttpRequest, mission_code: str, quarter: str, language: str) -> HttpResponse:
    """The twelve sections with what was written for them."""
    person = person_of(request)
    _check_address(quarter, language)
    shown = {
        "texts": queries.texts(for_user=person, quarter=quarter, language=language), "quarter": quarter, "language": language,
        "language_name": presenters.LANGUAGE_NAMES[language], "others": [one for one in presenters.LANGUAGE_NAMES.items() if one[0] != language],
    }  # fmt: skip
    return render(request, "publish/narratives.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def narrative(request: HttpRequest, mission_code: str, quarter: str, language: str, section: str) -> HttpResponse:
    """Write one section: what is wrong, the placeholders with their values, and how it reads."""
    person = person_of(request)
    _check_address(quarter, language, section)
    one = {text.section: text for text in queries.texts(for_user=person, quarter=quarter, language=language)}[section]
    text = request.POST["text"] if "text" in request.POST else one.text or ("" if one.by_hand else sections.default_text(section, language))
    where = {"quarter": quarter, "language": language, "section": section, "text": text.replace("\r\n", "\n")}
    problems: list[str] = []
    if request.method == "POST":
        permissions.check_can_write()
        problems = actions.check_text(by=person, **where)
        if not problems and "preview" not in request.POST:
            actions.write_narrative(by=person, mission=person.active_mission, **where)  # type: ignore[attr-defined]  # carried
            messages.success(request, _("The text is kept. Build the report again to see it there."))
            return redirect("narratives", mission_code, quarter, language)
    return render(request, "publish/narrative.html", _editor(person, one, where, problems), status=422 if problems else 200)


def _editor(person: Person, one: queries.Text, where: dict[str, str], problems: list[str]) -> dict[str, object]:
    stored = queries.latest_measures(for_user=person, quarter=where["quarter"], language=where["language"])
    hint = _("An empty line parts paragraphs. Figures are placeholders in braces; a typed figure is refused.")
    by_hand = _("An empty line parts paragraphs. This section is entered by hand, is marked so, and holds no figures.")
    field = presenters.Field("text", "text", "textarea", _("Text of this section"), hint=by_hand if one.by_hand else hint, value=where["text"],
                             error=" ".join(problems))  # fmt: skip
    return {
        "one": one, "where": where, "field": field, "fields": [field], "problems": problems, "has_values": bool(stored),
        "default": sections.default_text(one.section, where["language"]), "may_write": permissions.can_build(),
        "placeholders": [] if one.by_hand else written.placeholders(stored, where["language"]),
        "cases": queries.cases(for_user=person, quarter=where["quarter"]) if one.section == CASES else [], "is_cases": one.section == CASES,
        "preview": [] if problems else written.preview(where["text"], stored, where["language"]),
    }  # fmt: skip


def _check_address(quarter: str, language: str, section: str = "1") -> None:
    if not actions.QUARTER.match(quarter) or language not in sections.LANGUAGES or section not in sections.NUMBERS:
        raise NotFound(_("There is no such section."))
