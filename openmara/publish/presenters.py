"""What pages about reports show, as prepared values: every word is settled here, templates only place it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.publish import queries, rules, sections
from openmara.publish.figures import quarter_name
from openmara.publish.models import ReportBuild

LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """A question of a form, in the shape of the field component."""

    id: str
    name: str
    kind: str
    label: str
    choices: Sequence[Choice] = ()
    hint: str = ""
    value: str = ""
    error: str = ""
    rows: int = 14
    required: bool = False
    no_blank: bool = True


@dataclass(frozen=True)
class Row:
    """One build in the list."""

    href: str
    quarter: str
    language: str
    audience: str
    state: str
    state_word: str
    step: str
    progress: int
    running: bool
    asked_at: datetime
    asked_by: str
    result: str


@dataclass(frozen=True)
class File:
    href: str
    label: str
    size: str


def audience_word(code: str) -> str:
    return {
        "forum": _("Working group and forum"),
        "public": _("Public"),
        "named": _("Named readers, exact counts"),
    }.get(code, code)


def state_word(code: str) -> str:
    return {
        "waiting": _("Waiting"),
        "running": _("Being built"),
        "done": _("Built – not cleared"),
        "failed": _("Not built"),
        "cancelled": _("Cancelled"),
    }.get(code, code)


def step_word(code: str) -> str:
    return {
        "waiting": _("Waiting for the worker"),
        "reading": _("Reading the newest figures"),
        "counting": _("Counting incidents and victims"),
        "protecting": _("Protecting small numbers, and attacking the result"),
        "writing": _("Writing sections and tables"),
        "html": _("Making the page"),
        "pdf": _("Making the PDF"),
        "docx": _("Making the Word document"),
        "storing": _("Storing the files"),
    }.get(code, "")


def row(build: ReportBuild, mission_code: str, lang: str) -> Row:
    return Row(
        reverse("release", args=[mission_code, build.id]), quarter_name(build.quarter, lang), LANGUAGE_NAMES.get(build.language, build.language),
        audience_word(build.audience), build.state, state_word(build.state), step_word(build.step), build.progress,
        build.state in rules.UNFINISHED, build.asked_at, build.asked_by.shown_name, result(build),
    )  # fmt: skip


def result(build: ReportBuild) -> str:
    """One line about the outcome."""
    if build.state == "failed":
        return build.problem
    if build.state != "done":
        return ""
    count = len(build.changes)
    if not build.protection.get("compared_with"):
        return _("First build")
    return ngettext("%d number changed", "%d numbers changed", count) % count if count else _("No number changed")


def ask_fields(quarters: Sequence[str], lang: str, wanted: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """The form that asks for a build."""
    choices = {
        "quarter": [(one, quarter_name(one, lang)) for one in quarters],
        "language": [(one, LANGUAGE_NAMES[one]) for one in sections.LANGUAGES],
        "audience": [(one, audience_word(one)) for one in rules.AUDIENCES],
    }
    labels = {"quarter": _("Quarter"), "language": _("Language of the report"), "audience": _("Readers")}
    default = {"quarter": quarters[0] if quarters else "", "language": lang if lang in sections.LANGUAGES else "en", "audience": rules.DEFAULT_AUDIENCE}
    return [
        Field(
            f"ask-{name}", name, "select", labels[name],
            [Choice(code, label, code == (wanted.get(name) or default[name])) for code, label in pairs], error=errors.get(name, ""),
        )
        for name, pairs in choices.items()
    ]  # fmt: skip


def protection(build: ReportBuild) -> list[str]:
    """What was done to protect people, in sentences."""
    found = build.protection
    if not found:
        return []
    if not found.get("applied"):
        return [_("Exact counts for named readers: nothing is withheld. Each download is recorded.")]
    cells, hidden, k = found["cells"], found["hidden"], found["k"]
    said = [_("All tables were protected together: %(cells)d numbers about incidents and victims, with a threshold of %(k)d.") % {"cells": cells, "k": k}]
    if found.get("rounded"):
        said.append(_("Withholding would have hidden too much, so every number is rounded to a multiple of five; all sums still hold."))
    else:
        share = formats.number_format(100 * found["share"], 1, use_l10n=True)
        said.append(
            _("%(hidden)d are withheld (%(share)s per cent): %(primary)d because they are small, %(secondary)d to cover for them.")
            % {"hidden": hidden, "share": share, "primary": found["primary"], "secondary": found["secondary"]}
        )
    said.append(
        ngettext(
            "The attacker tried to work out %d small number and failed.", "The attacker tried to work out each of %d small numbers and failed.",
            found["attacked"],
        ) % found["attacked"]
    )  # fmt: skip
    return said


def change_rows(build: ReportBuild) -> list[dict[str, str]]:
    words = {
        "added": _("new"), "removed": _("gone"), "hidden": _("withheld now"), "shown": _("shown now"), "changed": _("changed"),
    }  # fmt: skip
    return [one | {"word": words.get(one["kind"], one["kind"])} for one in build.changes]


def files(build: ReportBuild, mission_code: str) -> list[File]:
    labels = {"docx": _("Word (DOCX)"), "pdf": _("PDF"), "html": _("Web page (HTML)")}
    return [
        File(
            reverse("release-file", args=[mission_code, build.id, kind]), labels[kind],
            _("%s kB") % formats.number_format(build.files[kind]["bytes"] // 1024 + 1, 0),
        )
        for kind in queries.KINDS
        if kind in build.files
    ]  # fmt: skip


def file_name(build: ReportBuild, mission_code: str, kind: str) -> str:
    """A name that says draft: files travel without their page."""
    return f"mara-{mission_code}-{build.quarter}-{build.language}-{build.audience}-DRAFT.{kind}"
