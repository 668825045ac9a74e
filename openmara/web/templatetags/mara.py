"""Template tags of every page, registered as builtins. Wording is prepared in `wording`, shapes in `marks`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.security import clock
from openmara.web import wording
from openmara.web.marks import shape

register = template.Library()
NONE = mark_safe('<span class="none">–</span>')  # a constant


def label_of(name: str, value: Any) -> str:
    """The word of a code in the page's language; a code the list does not know stands for itself."""
    try:
        return vocabulary.label(name, str(value), get_language() or "en")
    except vocabulary.Unknown:
        return str(value)


@register.simple_tag
def status(value: str | None, name: str = "verification_status") -> SafeString:
    """A state as a word and a shape."""
    if not value:
        return NONE
    return format_html('<span class="status status-{}">{}<span>{}</span></span>', value, shape(value), label_of(name, value))


@register.simple_tag
def code(name: str, value: str | None) -> str:
    """The label of one code."""
    return label_of(name, value) if value else NONE


@register.simple_tag
def codes(name: str, values: Iterable[str] | None) -> str:
    """The labels of several codes, in the order given."""
    return ", ".join(label_of(name, value) for value in values or ()) or NONE


@register.simple_tag
def number(value: Any, decimals: int = 0) -> SafeString:
    """A figure with tabular digits; nothing stated is a dash, never a zero."""
    if value is None or value == "":
        return NONE
    return format_html('<span class="num">{}</span>', wording.number_text(value, decimals))


@register.simple_tag
def percent(value: Any, decimals: int = 0) -> SafeString:
    """A share between 0 and 1."""
    if value is None or value == "":
        return NONE
    return format_html('<span class="num">{}</span>', wording.percent_text(value, decimals))


@register.simple_tag(takes_context=True)
def ago(context: template.Context, moment: datetime | date | None) -> SafeString:
    """How long ago and when exactly, in the mission's zone."""
    if moment is None:
        return NONE
    mission = context.get("mission")
    exact = wording.exact_text(moment, mission.zone if mission else "UTC")
    return format_html(
        '<time class="ago" datetime="{}"><span>{}</span> <span class="exact">{}</span></time>',
        moment.isoformat(), wording.ago_text(moment, clock.now()), exact,
    )  # fmt: skip


@register.simple_tag
def day(value: date | None) -> SafeString:
    """A date to the day."""
    return _time(value, wording.day_text(value)) if value else NONE


@register.simple_tag
def month(value: date | None) -> SafeString:
    """A date to the month, as lists show it."""
    return format_html('<time datetime="{}">{}</time>', value.strftime("%Y-%m"), wording.month_text(value)) if value else NONE


@register.simple_tag
def quarter(key: str | None) -> SafeString:
    """A quarter such as 2026Q3, with its months on demand."""
    if not key:
        return NONE
    return format_html('<abbr title="{}">{}</abbr>', wording.quarter_span(key), wording.quarter_text(key))


@register.inclusion_tag("components/basis.html")
def basis_line(period: str, basis: str = "", coverage: str = "") -> dict[str, str]:
    """The line under a heading that says which period, on which basis, and what is covered."""
    known = {"as_reported": _("as reported"), "as_known": _("as known now")}
    explained = {
        "as_reported": _("Frozen at the end of each quarter; later changes do not alter it."),
        "as_known": _("With everything recorded until now; it may differ from what was reported."),
    }
    try:
        text, span = wording.quarter_text(period), wording.quarter_span(period)
    except ValueError:
        text, span = period, ""
    return {
        "period": text, "span": span, "basis": known.get(basis, ""), "explained": explained.get(basis, ""), "coverage": coverage,
    }  # fmt: skip


@register.inclusion_tag("components/leave.html")
def leave_quickly() -> dict[str, str]:
    """The key that leaves a page with case content at once."""
    return {}


@register.inclusion_tag("components/refresh.html")
def refresh(seconds: int) -> dict[str, int]:
    """A page that waits for long work: exchanged in place by script, reloaded where there is none."""
    return {"seconds": max(2, int(seconds))}


@register.filter
def percent_of(done: Any, total: Any) -> str:
    """How much of `total` is done, beside a progress bar."""
    return wording.percent_text(min(1, done / total)) if total else ""


def _time(value: date, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], text)
