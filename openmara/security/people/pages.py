"""Fields of the pages about people: wording and choices settled here, before a template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.security import clock
from openmara.security.models import Organisation, Person
from openmara.security.people import actions, queries, rules, words
from openmara.security.protect import policy

FILTERS = ("", "waiting", "invited", "confirmed", "travelling", "locked", "expired", "ended")


@dataclass(frozen=True)
class Choice:
    id: str
    code: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """One field as the page's component draws it."""

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    error: str = ""
    required: bool = False
    always_required: bool = False
    no_blank: bool = True
    autocomplete: str = ""
    choices: tuple[Choice, ...] = ()


Values = Mapping[str, list[str]]


def _choices(name: str, offered: Iterable[tuple[str, str]], chosen: Iterable[str]) -> tuple[Choice, ...]:
    selected = set(chosen)
    return tuple(Choice(f"f-{name}-{place}", code, label, code in selected) for place, (code, label) in enumerate(offered))


def _one(values: Values, name: str) -> str:
    return (values.get(name) or [""])[0].replace("\0", "").strip()


def typed(sent: QueryDict) -> dict[str, list[str]]:
    return {name: [one[:200] for one in sent.getlist(name)] for name in sent}


def preset(role: str) -> dict[str, list[str]]:
    """What a form begins with for one role; every value can be changed."""
    until = (clock.today() + timedelta(days=364)).isoformat()
    if role not in rules.PRESETS:
        return {"clearance": ["1"], "staff": ["international"], "until": [until], "language": ["en"]}
    staff = rules.STAFF_OF.get(role, "international")
    return {"roles": [role], "clearance": [str(rules.PRESETS[role])], "staff": [staff], "until": [until], "language": ["en"]}


def of_proposal(proposal: rules.Proposal) -> dict[str, list[str]]:
    """The values of a form that begins with rights as they are."""
    return {
        "roles": list(proposal.roles), "clearance": [str(proposal.clearance)], "staff": [proposal.staff], "contingent": [proposal.contingent],
        "organisation": [proposal.organisation], "areas": list(proposal.areas), "until": [proposal.until.isoformat()],
    }  # fmt: skip


def proposal_of(values: Values) -> rules.Proposal:
    """What a sent form proposes; a value that is none leaves a mark that the rules refuse."""
    clearance, until = _one(values, "clearance"), _one(values, "until")
    try:
        day = date.fromisoformat(until)
    except ValueError:
        day = date.min
    return rules.Proposal(
        tuple(dict.fromkeys(values.get("roles") or [])), int(clearance) if clearance in "0123456" and clearance else -1, _one(values, "staff"),
        day, _one(values, "organisation"), _one(values, "contingent").upper(), tuple(values.get("areas") or []),
    )  # fmt: skip


def newcomer_of(values: Values) -> actions.Newcomer:
    return actions.Newcomer(_one(values, "name"), _one(values, "code"), _one(values, "language"))


def newcomer_fields(values: Values, problems: Mapping[str, str]) -> list[Field]:
    languages = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
    return [
        Field("f-name", "name", "input", _("Name"), _("Seen by the person, by user administration and by their case team; everybody else sees the code."),
              _one(values, "name"), problems.get("name", ""), True, True, autocomplete="off"),
        Field("f-code", "code", "input", _("Code shown to colleagues"), _("For example the post: wpa-3. It stands in lists, decisions and reports."),
              _one(values, "code"), problems.get("code", ""), True, True, autocomplete="off"),
        Field("f-language", "language", "select", _("Language"), "", "", problems.get("language", ""), True,
              choices=_choices("language", languages, [_one(values, "language")])),
    ]  # fmt: skip


def right_fields(person: Person, values: Values, problems: Mapping[str, str]) -> list[Field]:
    """What is given: roles, highest class, kind of staff, office, areas, last day."""
    titles = sorted(((code, words.role(code)) for code in policy()["roles"]), key=lambda one: one[1])
    classes = [(str(level), str(label)) for level, label in words.CLASSES.items()]
    staff = [(code, str(label)) for code, label in words.STAFF.items()]
    offices = [("", _("None: works across offices")), *((one.code, office_name(one)) for one in queries.offices(for_user=person))]
    areas = queries.known(for_user=person).areas
    fields = [
        Field("f-roles", "roles", "checkboxes", _("Roles"), _("One is the rule. The administrator holds no other."), "", problems.get("roles", ""), True,
              choices=_choices("roles", titles, values.get("roles") or [])),
        Field("f-clearance", "clearance", "select", _("Highest class"), _("No more than the tasks need. Above S1 a passkey is needed to sign in."), "",
              problems.get("clearance", ""), True, choices=_choices("clearance", classes, [_one(values, "clearance")])),
        Field("f-staff", "staff", "select", _("Kind of staff"),
              _("National, seconded and co-located staff do not see cases that allege State forces or a contingent, unless named for one."), "",
              problems.get("staff", ""), True, choices=_choices("staff", staff, [_one(values, "staff")])),
        Field("f-contingent", "contingent", "input", _("Contributing country"), _("Only for members of a contingent: the contributor’s code."),
              _one(values, "contingent"), problems.get("contingent", ""), autocomplete="off"),
        Field("f-organisation", "organisation", "select", _("Office"), "", "", problems.get("organisation", ""),
              choices=_choices("organisation", offices, [_one(values, "organisation")])),
        Field("f-until", "until", "date", _("Last day"), _("A year at most; two weeks before the end you are reminded to renew."), _one(values, "until"),
              problems.get("until", ""), True, True),
    ]  # fmt: skip
    if areas:
        offered = sorted(areas.items(), key=lambda one: one[1])
        hint = _("For field staff. None chosen: the whole mission.")
        fields.append(Field("f-areas", "areas", "checkboxes", _("Areas"), hint, "", problems.get("areas", ""), choices=_choices("areas", offered, values.get("areas") or [])))
    return fields


def office_name(one: Organisation) -> str:
    return one.name_fr if (get_language() or "en").startswith("fr") else one.name_en


def preset_field(chosen: str) -> Field:
    titles = sorted(((code, words.role(code)) for code in rules.PRESETS), key=lambda one: one[1])
    offered = [("", _("Choose a role")), *titles]
    return Field("f-preset", "preset", "select", _("Begin with the usual rights of"), choices=_choices("preset", offered, [chosen]))


def state_field(chosen: str) -> Field:
    labels = {"": _("All that stand"), "waiting": _("Waiting for a second officer")} | {code: str(label) for code, label in words.STATES.items()}
    return Field("f-state", "state", "select", _("State"), choices=_choices("state", [(code, labels[code]) for code in FILTERS], [chosen]))


def reason_field(name: str, offered: Mapping[str, object], problem: str = "") -> Field:
    choices = [("", _("Choose a reason")), *((code, str(label)) for code, label in offered.items())]
    return Field(f"f-{name}", "reason", "select", _("Reason"), error=problem, required=True, always_required=True, choices=_choices(name, choices, [""]))


def phrase_fields(problems: Mapping[str, str]) -> list[Field]:
    hint = _("At least twelve characters. Four or five words that do not belong together are good. Do not use it anywhere else.")
    return [
        Field("f-phrase", "phrase", "password", _("Pass phrase"), hint, "", problems.get("phrase", ""), True, True, autocomplete="new-password"),
        Field("f-again", "again", "password", _("The same once more"), "", "", problems.get("again", ""), True, True, autocomplete="new-password"),
    ]


def module_fields(sent: QueryDict | None, problems: Mapping[str, str]) -> list[Field]:
    """A module completed by somebody, and its last day: a year is the rule."""
    values, today = sent or QueryDict(), clock.today()
    lang = "fr" if (get_language() or "en").startswith("fr") else "en"
    until = values.get("valid_until") or (today + timedelta(days=365)).isoformat()
    return [
        Field("f-module", "code", "select", _("Module"), error=problems.get("code", ""), required=True, no_blank=False,
              choices=_choices("module", vocabulary.choices("training_module", lang), [values.get("code", "")])),
        Field("f-completed_on", "completed_on", "date", _("Completed on"), value=values.get("completed_on") or today.isoformat(),
              error=problems.get("completed_on", ""), required=True),
        Field("f-valid_until", "valid_until", "date", _("Holds until"), value=until, error=problems.get("valid_until", ""), required=True),
    ]  # fmt: skip
