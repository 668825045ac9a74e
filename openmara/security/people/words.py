"""Words for roles, states, kinds of staff and reasons, as pages about people show them."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from openmara.security.protect import policy

STATES = {
    "invited": lazy("Invited, has not yet accepted"),
    "accepted": lazy("Accepted, waits for a second officer"),
    "proposed": lazy("Proposed, waits for a second officer"),
    "confirmed": lazy("Active"),
    "travelling": lazy("Away: nothing is open"),
    "locked": lazy("Closed by the lock-down"),
    "expired": lazy("Expired"),
    "ended": lazy("Ended"),
}
STAFF = {
    "international": lazy("International staff"),
    "national": lazy("National staff"),
    "seconded_police": lazy("Police seconded by a State"),
    "colocated_police": lazy("Co-located national police"),
    "contingent": lazy("Member of a contingent"),
}
REVOCATIONS = {
    "left_mission": lazy("Has left the mission or the post"),
    "rights_changed": lazy("The tasks have changed"),
    "device_lost": lazy("A device or key is lost"),
    "misuse_suspected": lazy("Misuse is suspected"),
    "other": lazy("Another reason"),
}
REFUSALS = {
    "not_known": lazy("The person is not known here"),
    "not_seen": lazy("I have not seen this person"),
    "too_much": lazy("More than the tasks need"),
    "wrong_details": lazy("A detail is wrong"),
    "other": lazy("Another reason"),
}
CLASSES = {
    0: lazy("S0 – public"),
    1: lazy("S1 – inside the mission: statistics, registers"),
    2: lazy("S2 – confidential: incidents by month and district"),
    3: lazy("S3 – restricted: exact day and place, sources by kind"),
    4: lazy("S4 – strictly confidential: accounts in words"),
    5: lazy("S5 – who gave the account"),
    6: lazy("S6 – identity of survivors and witnesses"),
}
# What each role may do, in one sentence; the policy file decides (docs/reference/roles.md).
DUTIES = {
    "hom": lazy("Reads indicators and reports, confirms colleagues. Opens no case."),
    "swpa": lazy("Leads the working group: reads, triages and releases reports and incidents, proposes and confirms colleagues."),
    "wpa": lazy("Records and triages reports, works on incidents of their own area, writes for the quarterly report."),
    "hr": lazy("Records reports, verifies and attributes incidents assigned to them."),
    "cp": lazy("Records reports, verifies incidents that concern children and are assigned to them."),
    "gender": lazy("Keeps registers, inventory and indicators, reads reports. Opens no case. Proposes colleagues."),
    "gfp": lazy("Enters the registers of their component and reads indicators."),
    "force": lazy("Hands in reports and reads those of their own office; enters registers."),
    "unpol": lazy("Hands in reports and reads those of their own office; enters registers."),
    "ca": lazy("Hands in reports and reads those of their own office; enters registers."),
    "poc": lazy("Hands in reports and reads those of their own office; reads indicators."),
    "joc": lazy("Reads registers and indicators."),
    "jmac": lazy("Brings in batches of reports; reads registers and indicators."),
    "jcs": lazy("Enters the registers of their component and reads indicators."),
    "ddr": lazy("Enters the registers of their component and reads indicators."),
    "ssr": lazy("Enters the registers of their component and reads indicators."),
    "unmas": lazy("Enters the registers of their component and reads indicators."),
    "pio": lazy("Enters trainings and information campaigns and reads indicators."),
    "unct": lazy("Takes part in the working group: records reports, reads and comments on incidents."),
    "gbvsc": lazy("Nothing yet beyond the start page; protected figures come by release."),
    "provider": lazy("Nothing yet beyond the start page; services are a room of their own."),
    "hq": lazy("Reads indicators and released reports, no case."),
    "priv": lazy("Confirms colleagues, reviews emergency access, reads the log. Opens no case."),
    "admin": lazy("Invites colleagues and helps those locked out. Confirms nobody, reads no data, holds no other role."),
    "audit": lazy("Reads the log and who holds which rights. Opens no case."),
}
PROBLEMS = {
    "roles": lazy("Choose at least one role."),
    "admin_alone": lazy("The administrator holds no other role and at most class S1: who gives out rights reads no cases."),
    "clearance": lazy("Choose a class between S0 and S6."),
    "staff": lazy("Choose the kind of staff: it decides which compartments are closed."),
    "contingent": lazy("Name the contributing country of a member of a contingent, and of nobody else."),
    "contingent_code": lazy("Use the code of the contributor in capital letters, as the register of parties has it."),
    "organisation": lazy("Choose an office of this mission."),
    "areas": lazy("Choose areas of this mission."),
    "until": lazy("Choose a day after today and within a year: rights are renewed, never for ever."),
    "code": lazy("Two to forty letters, digits, dots or dashes, without spaces."),
    "code_taken": lazy("A colleague in this mission already has this code."),
    "name": lazy("Write the name by which you know the person, at most 120 characters."),
    "language": lazy("Choose a language."),
    "reason": lazy("Choose a reason."),
    "seen": lazy("Confirm only somebody whom you have seen or spoken with by video."),
}


def problems(found: list[tuple[str, str]]) -> dict[str, str]:
    """Field → the first thing wrong with it."""
    words: dict[str, str] = {}
    for field, code in found:
        words.setdefault(field, str(PROBLEMS[code]))
    return words


def role(code: str) -> str:
    """The title of a role in the reader's language."""
    return _(policy()["roles"].get(code, code))


def roles(codes: list[str]) -> str:
    return ", ".join(role(code) for code in codes)


def duration(left: timedelta) -> str:
    """How long still, in hours and minutes."""
    minutes = max(0, int(left.total_seconds() // 60))
    return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
