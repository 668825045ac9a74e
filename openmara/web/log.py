"""The audit log in words: what each event means, and the page's table. Events not listed stand as their code."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openmara.security.queries import LogPage

EVENTS: Mapping[str, str | Promise] = {
    "activities:entry:list": gettext_lazy("Listed entries of a register"),
    "activities:entry:open": gettext_lazy("Opened an entry of a register"),
    "activities:entry:record": gettext_lazy("Recorded entries of a register"),
    "activities:inventory:record": gettext_lazy("Loaded the inventory"),
    "evidence:incident:assign": gettext_lazy("Assigned an incident"),
    "evidence:incident:attribute": gettext_lazy("Attributed an incident"),
    "evidence:incident:decide": gettext_lazy("Decided on an incident"),
    "evidence:incident:list": gettext_lazy("Listed incidents"),
    "evidence:incident:open": gettext_lazy("Created an incident"),
    "evidence:incident:open_file": gettext_lazy("Read an incident"),
    "evidence:incident:recode": gettext_lazy("Changed the coding of an incident"),
    "evidence:incident:word": gettext_lazy("Wrote the text of an incident"),
    "evidence:report:link": gettext_lazy("Linked a report to an incident"),
    "evidence:report:list": gettext_lazy("Listed reports"),
    "evidence:report:open_file": gettext_lazy("Read a report"),
    "evidence:report:route": gettext_lazy("Routed a report"),
    "evidence:report:route_sea": gettext_lazy("Routed a matter to conduct and discipline"),
    "evidence:report:take_in": gettext_lazy("Took in reports"),
    "evidence:report:unlink": gettext_lazy("Unlinked a report"),
    "indicators:quarter:freeze": gettext_lazy("Closed a quarter"),
    "indicators:snapshot:take": gettext_lazy("Computed the indicators"),
    "interop:file:check": gettext_lazy("Checked a file"),
    "linkage:pair:find": gettext_lazy("Searched for possible duplicates"),
    "linkage:pair:judge": gettext_lazy("Judged a pair of reports"),
    "linkage:pair:list": gettext_lazy("Listed possible duplicates"),
    "linkage:pair:open_file": gettext_lazy("Read a pair of reports"),
    "linkage:pair:open_incident": gettext_lazy("Created an incident from a pair"),
    "linkage:pair:undo": gettext_lazy("Undid a judgement"),
    "publish:file:read": gettext_lazy("Downloaded a release"),
    "publish:report:ask": gettext_lazy("Asked for a release"),
    "publish:report:build": gettext_lazy("Built a release"),
    "security:log:list": gettext_lazy("Read this log"),
    "security:organisation:add": gettext_lazy("Added an organisation"),
    "security:request:refuse": gettext_lazy("Was refused"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "done": gettext_lazy("Done"), "refused": gettext_lazy("Refused"), "failed": gettext_lazy("Failed"),
}  # fmt: skip


def shown(page: LogPage, filters: Mapping[str, str]) -> dict[str, Any]:
    """The table of one page and its two filters."""
    labels = (_("Time (UTC)"), _("Event"), _("Person (pseudonym)"), _("Role"), _("Outcome"), _("How many"), _("Purpose"))
    rows = [
        [{"text": text or "–"} for text in (
            f"{timezone.localtime(one.at, timezone.get_fixed_timezone(0)):%Y-%m-%d %H:%M:%S}", str(EVENTS.get(one.event, one.event)),
            one.principal, one.role.replace(",", ", "), str(OUTCOMES.get(one.outcome, one.outcome)), one.count_bucket or "", one.purpose,
        )]
        for one in page.rows
    ]  # fmt: skip
    table = {"id": "log", "caption": _("Entries, the newest first"), "columns": [{"label": label} for label in labels], "rows": rows}
    fields = [_filter("event", _("Event"), EVENTS, filters), _filter("outcome", _("Outcome"), OUTCOMES, filters)]
    return {"table": table, "page": page, "filters": fields, "filtered": any(filters.values())}


def _filter(name: str, label: str, known: Mapping[str, str | Promise], chosen: Mapping[str, str]) -> dict[str, Any]:
    listed = sorted(((code, str(text)) for code, text in known.items()), key=lambda pair: pair[1].casefold())
    choices = [{"code": code, "label": text, "selected": code == chosen.get(name)} for code, text in [("", _("All")), *listed]]
    return {"id": f"f-{name}", "name": name, "kind": "select", "label": label, "no_blank": True, "choices": choices}
