"""The log in words: what each event means, and the groups by which it is filtered. A test asks for every event of the source."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: Mapping[str, str | Promise] = {
    "activities:entry:list": _("Listed entries of a register"),
    "activities:entry:open": _("Opened an entry of a register"),
    "activities:entry:record": _("Recorded entries of a register"),
    "activities:inventory:record": _("Loaded the inventory"),
    "evidence:incident:assign": _("Assigned an incident"),
    "evidence:incident:attribute": _("Attributed an incident"),
    "evidence:incident:decide": _("Decided on an incident"),
    "evidence:incident:list": _("Listed incidents"),
    "evidence:incident:open": _("Created an incident"),
    "evidence:incident:open_file": _("Read an incident"),
    "evidence:incident:recode": _("Changed the coding of an incident"),
    "evidence:incident:word": _("Wrote the text of an incident"),
    "evidence:report:link": _("Linked a report to an incident"),
    "evidence:report:list": _("Listed reports"),
    "evidence:report:open_file": _("Read a report"),
    "evidence:report:route": _("Routed a report"),
    "evidence:report:route_sea": _("Routed a matter to conduct and discipline"),
    "evidence:report:take_in": _("Took in reports"),
    "evidence:report:unlink": _("Unlinked a report"),
    "indicators:quarter:freeze": _("Closed a quarter"),
    "indicators:snapshot:take": _("Computed the indicators"),
    "interop:file:check": _("Checked a file"),
    "linkage:pair:find": _("Searched for possible duplicates"),
    "linkage:pair:judge": _("Judged a pair of reports"),
    "linkage:pair:list": _("Listed possible duplicates"),
    "linkage:pair:open_file": _("Read a pair of reports"),
    "linkage:pair:open_incident": _("Created an incident from a pair"),
    "linkage:pair:undo": _("Undid a judgement"),
    "parties:party:load": _("Loaded parties to the conflict"),
    "places:area:load": _("Loaded areas"),
    "places:settlement:load": _("Loaded settlements"),
    "publish:case:offer": _("Read cases offered for a report"),
    "publish:file:read": _("Downloaded a release"),
    "publish:narrative:write": _("Wrote a section of a report"),
    "publish:report:ask": _("Asked for a release"),
    "publish:report:build": _("Built a release"),
    "publish:report:cancel": _("Cancelled a release"),
    "publish:report:start": _("Began to build a release"),
    "security:glass:break": _("Broke the glass"),
    "security:glass:end": _("Closed what break-glass had opened"),
    "security:glass:list": _("Listed broken glass"),
    "security:glass:review": _("Reviewed broken glass"),
    "security:lockdown:ask": _("Asked to close the mission"),
    "security:lockdown:ask_lift": _("Asked to open the mission again"),
    "security:lockdown:confirm": _("Closed the mission"),
    "security:lockdown:lift": _("Opened the mission again"),
    "security:log:export": _("Exported entries of this log"),
    "security:log:list": _("Read this log"),
    "security:log:person": _("Read what a person did"),
    "security:log:record": _("Read who looked at a record"),
    "security:organisation:add": _("Added an organisation"),
    "security:request:refuse": _("Was refused"),
    "security:session:close": _("Signed out"),
    "security:session:open": _("Signed in"),
    "security:session:refuse": _("Was not let in"),
}
# What stands for opening the content of one record.
OPENS = (
    "evidence:incident:open_file", "evidence:report:open_file", "linkage:pair:open_file", "activities:entry:open", "publish:file:read",
    "publish:case:offer",
)  # fmt: skip
GROUPS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "reading": (_("Records opened"), OPENS),
    "reports": (_("Reports"), ("evidence:report:",)),
    "incidents": (_("Incidents"), ("evidence:incident:",)),
    "duplicates": (_("Possible duplicates"), ("linkage:",)),
    "registers": (_("Registers and inventory"), ("activities:",)),
    "figures": (_("Indicators and releases"), ("indicators:", "publish:")),
    "files": (_("Files, places and parties"), ("interop:", "places:", "parties:")),
    "glass": (_("Break-glass"), ("security:glass:",)),
    "lock": (_("Lock-down"), ("security:lockdown:",)),
    "access": (
        _("People, rights and sign-in"),
        ("security:session:", "security:organisation:", "security:grant:", "security:invitation:", "security:recovery:", "security:passkey:",
         "security:person:", "security:named:", "security:account:", "security:factor:", "security:travel:"),
    ),
    "refusals": (_("Refusals"), ("security:request:",)),
    "log": (_("The log itself"), ("security:log:",)),
}  # fmt: skip
OUTCOMES: Mapping[str, str | Promise] = {"done": _("Done"), "refused": _("Refused"), "failed": _("Failed")}
CLASSES = ("S0", "S1", "S2", "S3", "S4", "S5", "S6")


def words_of(event: str) -> str:
    """An event in words; its code where it is older than these words."""
    return str(EVENTS.get(event, event))
