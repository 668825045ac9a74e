"""Who asks, and what situations a row can be in. Every role with and without clearance, and everybody who must get nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from openmara.security.protect import policy

SPACE = uuid.UUID("6d617261-0000-4000-8000-000000000000")
A, B, SHUT = (uuid.uuid5(SPACE, f"mission {letter}") for letter in "ABC")  # the last is under lock-down
OWN, OTHER, THERE, SHUT_OFFICE = (uuid.uuid5(SPACE, f"organisation {name}") for name in ("own", "other", "there", "shut"))
INSIDE, OUTSIDE = "CR01", "CR08"
EVERYTHING = ("swpa", "hr", "cp", "audit", "priv", "hom")
WITH_STORIES = ("national", "contingent_x", "other_area", "stale")
DEAD = ("expired", "not_yet", "revoked", "invited", "accepted", "proposed", "proposed_by_me", "travelling", "locked")


def person_id(name: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"person {name}")


@dataclass(frozen=True)
class Principal:
    """Somebody who asks. `mission` is the one asked for; `opens` says how the context is tried."""

    name: str
    roles: tuple[str, ...] = EVERYTHING
    clearance: int = 6
    areas: tuple[str, ...] | None = (INSIDE,)
    staff: str = "international"
    contingent: str = ""
    organisation: uuid.UUID = OWN
    granted: uuid.UUID | None = A
    mission: uuid.UUID | None = A
    status: str = "confirmed"
    active: bool = True
    revoked: bool = False
    days: tuple[int, int] = (-10, 100)
    opens: str = "command"  # command, session, stale, late session, late command, job, none, owner
    database_role: str = "app_web"

    @property
    def person(self) -> uuid.UUID:
        return person_id(self.name)

    def grant_days(self, today: date) -> tuple[date, date]:
        return today + timedelta(days=self.days[0]), today + timedelta(days=self.days[1])


def principals(roles: tuple[str, ...]) -> list[Principal]:
    """Every role fully cleared in one area; every role at each lower class everywhere; then those who must get less or nothing."""
    cleared = [Principal(role, (role,), 1 if role == "admin" else 6) for role in roles]
    below = [Principal(f"{role}@{level}", (role,), level, None) for role in roles for level in ((0, 1) if role == "admin" else (0, 1, 2, 3, 4))]
    dead = [Principal(name, status=name if name not in DEAD[:3] else "confirmed", revoked=name == "revoked",
                      days={"expired": (-100, -1), "not_yet": (1, 100)}.get(name, (-10, 100))) for name in DEAD]  # fmt: skip
    return [
        *cleared,
        *below,
        *dead,
        Principal("suspended", active=False),
        Principal("anonymous", opens="none", granted=None),
        Principal("no_grant", granted=None),
        Principal("no_mission", mission=None),
        Principal("stranger", granted=B, mission=A, organisation=THERE),
        Principal("at_home_there", granted=B, mission=B, organisation=THERE),
        Principal("other_organisation", organisation=OTHER),
        Principal("other_area", areas=(OUTSIDE,)),
        Principal("no_area", areas=()),
        Principal("national", staff="national"),
        Principal("seconded", staff="seconded_police"),
        Principal("colocated", staff="colocated_police"),
        Principal("contingent_x", staff="contingent", contingent="XX"),
        Principal("contingent_y", staff="contingent", contingent="YY"),
        Principal("session", opens="session"),
        Principal("stale", opens="stale"),
        Principal("late_session", opens="late session"),
        Principal("late_command", opens="late command"),
        Principal("swpa_shut_out", ("swpa", "hr"), organisation=SHUT_OFFICE, granted=SHUT, mission=SHUT, status="locked"),
        Principal("hom_shut_out", ("hom",), organisation=SHUT_OFFICE, granted=SHUT, mission=SHUT),
        Principal("hr_shut_out", ("hr",), organisation=SHUT_OFFICE, granted=SHUT, mission=SHUT, status="locked"),
        Principal("job", opens="job", database_role="app_worker"),
        Principal("owner", opens="owner", granted=None, database_role="data_owner"),
    ]


@dataclass(frozen=True)
class Story:
    """One situation: a row of every table that tells the same story, its parents included."""

    name: str
    mission: uuid.UUID = A
    organisation: uuid.UUID = OWN
    area: str = INSIDE
    person: uuid.UUID = person_id("author")  # whoever recorded, made, wrote
    about: uuid.UUID | None = None  # in tables about a person: whom; else `person`
    by: uuid.UUID = person_id("second hand")  # in tables about a person: who asked, named, proposed
    ids_of: str = ""  # rows of another mission under the ids of this story's
    columns: Mapping[str, Any] = field(default_factory=dict)  # for every table that has the column
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # for one table

    @property
    def keys(self) -> str:
        return self.ids_of or self.name


def row_in(table: str, story: str) -> uuid.UUID:
    """The row of a story, by name."""
    return uuid.uuid5(SPACE, f"{table} {story}")


CLOSED = {"compartment": ["state", "contingent", "contingent:XX"]}
FREE = row_in("evidence_report", "own")


def halves(name: str, closed: Mapping[str, Any], also: Mapping[str, Any]) -> list[Story]:
    """Rows that hang on several others, of which one is closed: the report, or the incident; of a pair the first, or the second."""
    apart, again = ({"ref": uuid.uuid5(SPACE, f"{word} {name}").hex[:8]} for word in ("apart", "again"))  # glass broken over one is not broken over the other
    shut = "state" if ":" not in name else f"glass:{name.partition(':')[2]}"
    state, decided = row_in("evidence_report", shut), {"decision_id": row_in("evidence_decision", shut)}
    return [
        Story(f"half_{name}", cells={
            **also, "security_named": {"object_id": row_in("evidence_report", f"half_{name}")}, "evidence_report": closed, "evidence_incident": apart,
            "linkage_candidatepair": {"report_b_id": FREE}, "evidence_sameorigin": {"report_b_id": FREE}, "evidence_release": decided,
            "evidence_gathering": {"other_id": row_in("evidence_incident", shut)},
        }),
        Story(f"other_half_{name}", cells={
            **also, "evidence_incident": closed, "evidence_report": apart, "evidence_patternassessment": apart, "linkage_candidatepair": {"report_a_id": FREE, "report_b_id": state},
            "evidence_release": {"decision_id": row_in("evidence_decision", "own")}, "evidence_gathering": {"other_id": row_in("evidence_incident", "own")},
            "evidence_gatheringtext": {"incident_id": row_in("evidence_incident", "own")},
        }),
        Story(f"third_half_{name}", cells={
            **also, "evidence_report": closed, "evidence_incident": again, "evidence_sameorigin": {"report_a_id": FREE},
            "evidence_gatheringtext": {"incident_id": row_in("evidence_incident", shut)},
        }),
    ]  # fmt: skip


LATER = {"asked_at": datetime(2090, 1, 1, tzinfo=UTC), "until": datetime(2090, 1, 1, 3, tzinfo=UTC)}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UNDONE = ("evidence_link", "linkage_pairjudgement", "evidence_release", "evidence_sameorigin", "evidence_reconciliationsignature")  # judgements, taken back
AGREED = {"decision": "agreed", "decision_reference": "x", "decided_by_id": person_id("second hand"), "decided_at": LONG_AGO,
          "legal": "agreed", "legal_reference": "x", "legal_by_id": person_id("spare"), "legal_at": LONG_AGO}  # fmt: skip
EVERYBODY = list(policy()["roles"])
SENT = {"state": "sent", "cleared_by_id": person_id("second hand"), "cleared_at": LONG_AGO, "sent_at": LONG_AGO}
SHARED = (
    Story("own"),
    Story("other_organisation", organisation=OTHER, cells={"evidence_flash": {"addressees": EVERYBODY}}),
    Story("other_area", area=OUTSIDE, cells={"evidence_flash": SENT}),
    Story("shared", cells={
        "evidence_view": {"shared_with": EVERYBODY}, "evidence_flash": SENT | {"addressees": EVERYBODY}, "evidence_alert": {"made_at": LONG_AGO, "expires_at": LONG_AGO},
        "evidence_seadraft": {"person_id": person_id("swpa@4")}, "evidence_editconflict": {"person_id": person_id("swpa@2")},
    }),
    Story("other_mission", mission=B, organisation=THERE, ids_of="own", person=person_id("hr")),
    Story("only_there", mission=B, organisation=THERE),
    Story("state", columns={"compartment": ["state"], "ref": "0000aaaa"}, cells={"evidence_reconciliation": {"frozen_at": LONG_AGO}, "evidence_handover": AGREED}),
    Story("state_there", mission=B, organisation=THERE, ids_of="state", person=person_id("national"), columns={"ref": "0000aaaa"}, cells={"security_breakglass": LATER}),
    Story("shut", mission=SHUT, organisation=SHUT_OFFICE,
          cells={"security_lockdown": {"confirmed_at": datetime(2020, 1, 1, tzinfo=UTC), "confirmed_by_id": person_id("second hand")}}),
    Story("shut_case", mission=SHUT, organisation=SHUT_OFFICE,
          cells={"evidence_incident": {"opened_by_id": person_id("swpa_shut_out"), "assigned_to_id": person_id("spare")}}),
    Story("contingent", columns={"compartment": ["contingent", "contingent:XX"]},
          cells={"security_breakglass": {"reviewed_by_id": person_id("second hand"), "reviewed_at": datetime(2020, 1, 2, tzinfo=UTC), "verdict": "justified"}}),
    *halves("state", {"compartment": ["state"]}, {}),
    Story("for_the_named", columns={"audience": "named"}),
    Story("children", cells={"evidence_incident": {"girls": 1}, "evidence_report": {"boys": 2}}),
    Story("children_of_the_report", organisation=OTHER, cells={"evidence_report": {"girls": 2}}),
    Story("children_elsewhere", area=OUTSIDE, organisation=OTHER, columns={"child_unknown": 1}),
    Story("children_of_the_case", organisation=OTHER, cells={"evidence_incident": {"boys": 1}}),
    Story("children_no_longer_of_it", organisation=OTHER, cells={"evidence_incident": {"child_unknown": 3}, **dict.fromkeys(UNDONE, {"undone_at": LONG_AGO})}),
    Story("children_there", mission=B, organisation=THERE, ids_of="other_organisation", cells={"evidence_incident": {"girls": 1}}),
    Story("other_register", cells={"activities_registerentry": {"register": "patrol"}}),
)


def stories_of(one: Principal, now: datetime) -> list[Story]:
    """The situations in which this person is part of the story; one will do where only the context differs."""
    if len(one.roles) > 1 and one.name not in WITH_STORIES:
        return [Story(f"mine:{one.name}", person=one.person)]
    later = now + timedelta(hours=3)
    mine, state, team = one.person, CLOSED, person_id("author")
    breaking = {"person_id": mine, "asked_at": now, "until": later}
    other, nobody = person_id("second hand"), person_id("spare")
    glass = f"glass:{one.name}"
    return [
        Story(f"mine:{one.name}", person=mine),
        Story(f"my_case:{one.name}", columns=state, person=mine, about=team, by=mine),
        Story(f"assigned_only:{one.name}", organisation=OTHER, about=other, by=mine, cells={"evidence_incident": {"assigned_to_id": mine}}),
        Story(f"opened:{one.name}", about=other, by=mine, cells={
            "evidence_incident": {"opened_by_id": mine, "assigned_to_id": other}, "security_named": {"object_id": row_in("evidence_report", f"opened:{one.name}")}}),
        Story(f"undone:{one.name}", organisation=OTHER, person=mine, about=nobody, by=mine, cells={"evidence_link": {"undone_at": later}}),
        Story(f"closed_assigned:{one.name}", columns=state, about=team, cells={"evidence_incident": {"assigned_to_id": mine}}),
        Story(f"closed_opened:{one.name}", columns=state, about=team, cells={"evidence_incident": {"opened_by_id": mine}}),
        Story(f"named:{one.name}", columns=state, about=mine, cells={"security_breakglass": {"person_id": team}}),
        Story(f"named_report:{one.name}", columns=state, about=mine, cells={
            "security_named": {"object_id": row_in("evidence_report", f"named_report:{one.name}")}, "security_breakglass": {"person_id": team}}),
        Story(glass, organisation=OTHER, columns=state, area=OUTSIDE, cells={"security_breakglass": breaking, "evidence_editconflict": {"person_id": mine}}),
        *halves(glass, CLOSED | {"adm1": OUTSIDE}, {"security_breakglass": breaking}),
        Story(f"glass_over:{one.name}", columns=state, cells={"security_breakglass": {"person_id": mine}}),
        Story(f"glass_ended:{one.name}", columns=state, cells={"security_breakglass": breaking | {"ended_at": later}}),
    ]


def only_new(one: Principal, now: datetime) -> list[Story]:
    """Rows that nobody could have put in, tried all the same."""
    breaking = {"security_breakglass": {"asked_at": now, "until": now + timedelta(hours=3)}}
    open_to_me = {"security_named": {"object_id": row_in("evidence_incident", "own")}}
    shut = [Story(f"shut:{one.name}", mission=SHUT, organisation=SHUT_OFFICE, person=one.person, about=person_id("author"), by=one.person)]
    return [
        *(shut if one.mission == SHUT else ()),
        Story(f"myself:{one.name}", person=one.person, by=one.person, cells=open_to_me),
        Story(f"elsewhere:{one.name}", mission=B, organisation=THERE, person=one.person, about=person_id("second hand"), by=one.person, cells=open_to_me),
        Story(f"break now:{one.name}", person=one.person, cells=breaking),
    ]
