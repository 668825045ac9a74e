"""Dates, quarters, spans and numbers as a person of the page's language writes them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Number = int | float | Decimal


def number_text(value: Number, decimals: int = 0) -> str:
    """Grouped and with the language's own decimal sign."""
    return formats.number_format(value, decimals, use_l10n=True, force_grouping=True)


def percent_text(share: Number, decimals: int = 0) -> str:
    """0.42 is “42 %”, spaced as the language does."""
    return _("%(number)s%%") % {"number": number_text(Decimal(str(share)) * 100, decimals)}


def quarter_parts(key: str) -> tuple[int, int]:
    """Year and quarter of a key such as 2026Q3."""
    year, _mark, quarter = key.partition("Q")
    if not (year.isdigit() and quarter in ("1", "2", "3", "4")):
        raise ValueError(f"{key!r} is no quarter such as 2026Q3")
    return int(year), int(quarter)


def quarter_text(key: str) -> str:
    year, quarter = quarter_parts(key)
    return _("Q%(quarter)d %(year)d") % {"quarter": quarter, "year": year}


def quarter_span(key: str) -> str:
    """The months of a quarter in words."""
    year, quarter = quarter_parts(key)
    first, last = date(year, quarter * 3 - 2, 1), date(year, quarter * 3, 1)
    return _("%(first)s to %(last)s") % {"first": formats.date_format(first, "F"), "last": month_text(last)}


def month_text(day: date) -> str:
    return formats.date_format(day, "F Y")


def day_text(day: date) -> str:
    return formats.date_format(day, "j F Y")


def exact_text(moment: datetime | date, zone: str = "UTC") -> str:
    """When exactly, in the mission's zone."""
    if not isinstance(moment, datetime):
        return day_text(moment)
    local = timezone.localtime(moment, ZoneInfo(zone))
    return _("%(day)s, %(time)s %(zone)s") % {
        "day": day_text(local), "time": formats.date_format(local, "H:i"), "zone": local.tzname() or zone,
    }  # fmt: skip


def ago_text(moment: datetime | date, now: datetime) -> str:
    """How long ago in one unit, the largest that is full; what lies ahead is said as such."""
    if not isinstance(moment, datetime):
        days = (now.date() - moment).days
        return _("today") if days == 0 else _in_days(days) if days > 0 else _("not yet")
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return _("not yet")
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if seconds < 86_400:
        hours = seconds // 3600
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return _in_days(seconds // 86_400)


def _in_days(days: int) -> str:
    if days < 14:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if days < 60:
        weeks = days // 7
        return ngettext("%(n)d week ago", "%(n)d weeks ago", weeks) % {"n": weeks}
    if days < 730:
        months = days // 30
        return ngettext("%(n)d month ago", "%(n)d months ago", months) % {"n": months}
    years = days // 365
    return ngettext("%(n)d year ago", "%(n)d years ago", years) % {"n": years}
