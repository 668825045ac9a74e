"""Words for roles, states, kinds of staff and reasons, as pages about people show them."""

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openmara.security.protect import policy

STATES = {
    "invited": _("Invited, has not yet accepted"),
    "accepted": _("Accepted, waits for a second officer"),
    "proposed": _("Proposed, waits for a second officer"),
    "confirmed": _("Active"),
    "travelling": _("Away: nothing is open"),
    "locked": _("Closed by the lock-down"),
    "expired": _("Expired"),
    "ended": _("Ended"),
}
STAFF = {
    "international": _("International staff"),
    "national": _("National staff"),
    "seconded_police": _("Police seconded by a State"),
    "colocated_police": _("Co-located national police"),
    "contingent": _("Member of a contingent"),
}
REVOCATIONS = {
    "left_mission": _("Has left the mission or the post"),
    "rights_changed": _("The tasks have changed"),
    "device_lost": _("A device or key is lost"),
    "misuse_suspected": _("Misuse is suspected"),
    "other": _("Another reason"),
}
REFUSALS = {
    "not_known": _("The person is not known here"),
    "not_seen": _("I have not seen this person"),
    "too_much": _("More than the tasks need"),
    "wrong_details": _("A detail is wrong"),
    "other": _("Another reason"),
}
CLASSES = {
    0: _("S0 – public"),
    1: _("S1 – inside the mission: statistics, registers"),
    2: _("S2 – confidential: incidents by month and district"),
    3: _("S3 – restricted: exact day and place, sources by kind"),
    4: _("S4 – strictly confidential: accounts in words"),
    5: _("S5 – who gave the account"),
    6: _("S6 – identity of survivors and witnesses"),
}
# What each role may do, in one sentence; the policy file decides (docs/reference/roles.md).
DUTIES = {
    "hom": _("Reads indicators and reports, confirms colleagues. Opens no case."),
    "swpa": _("Leads the working group: reads, triages and releases reports and incidents, proposes and confirms colleagues."),
    "wpa": _("Records and triages reports, works on incidents of their own area, writes for the quarterly report."),
    "hr": _("Records reports, verifies and attributes incidents assigned to them."),
    "cp": _("Records reports, verifies incidents that concern children and are assigned to them."),
    "gender": _("Keeps registers, inventory and indicators, reads reports. Opens no case. Proposes colleagues."),
    "gfp": _("Enters the registers of their component and reads indicators."),
    "force": _("Hands in reports and reads those of their own office; enters registers."),
    "unpol": _("Hands in reports and reads those of their own office; enters registers."),
    "ca": _("Hands in reports and reads those of their own office; enters registers."),
    "poc": _("Hands in reports and reads those of their own office; reads indicators."),
    "joc": _("Reads registers and indicators."),
    "jmac": _("Brings in batches of reports; reads registers and indicators."),
    "jcs": _("Enters the registers of their component and reads indicators."),
    "ddr": _("Enters the registers of their component and reads indicators."),
    "ssr": _("Enters the registers of their component and reads indicators."),
    "unmas": _("Enters the registers of their component and reads indicators."),
    "pio": _("Enters trainings and information campaigns and reads indicators."),
    "unct": _("Takes part in the working group: records reports, reads and comments on incidents."),
    "gbvsc": _("Nothing yet beyond the start page; protected figures come by release."),
    "provider": _("Nothing yet beyond the start page; services are a room of their own."),
    "hq": _("Reads indicators and released reports, no case."),
    "priv": _("Confirms colleagues, reviews emergency access, reads the log. Opens no case."),
    "admin": _("Invites colleagues and helps those locked out. Confirms nobody, reads no data, holds no other role."),
    "audit": _("Reads the log and who holds which rights. Opens no case."),
}
PROBLEMS = {
    "roles": _("Choose at least one role."),
    "admin_alone": _("The administrator holds no other role and at most class S1: who gives out rights reads no cases."),
    "clearance": _("Choose a class between S0 and S6."),
    "staff": _("Choose the kind of staff: it decides which compartments are closed."),
    "contingent": _("Name the contributing country of a member of a contingent, and of nobody else."),
    "contingent_code": _("Use the code of the contributor in capital letters, as the register of parties has it."),
    "organisation": _("Choose an office of this mission."),
    "areas": _("Choose areas of this mission."),
    "until": _("Choose a day after today and within a year: rights are renewed, never for ever."),
    "code": _("Two to forty letters, digits, dots or dashes, without spaces."),
    "code_taken": _("A colleague in this mission already has this code."),
    "name": _("Write the name by which you know the person, at most 120 characters."),
    "language": _("Choose a language."),
    "reason": _("Choose a reason."),
    "seen": _("Confirm only somebody whom you have seen or spoken with by video."),
}


def problems(found: list[tuple[str, str]]) -> dict[str, str]:
    """Field → the first thing wrong with it."""
    words: dict[str, str] = {}
    for field, code in found:
        words.setdefault(field, str(PROBLEMS[code]))
    return words


def role(code: str) -> str:
    """The title of a role in the reader's language."""
    return gettext(policy()["roles"].get(code, code))


def roles(codes: list[str]) -> str:
    return ", ".join(role(code) for code in codes)


def duration(left: timedelta) -> str:
    """How long still, in hours and minutes."""
    minutes = max(0, int(left.total_seconds() // 60))
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
