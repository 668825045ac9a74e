"""What the page of the self-assessment is made of, and what a sent page becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import pages
from openmara.evidence import presenters as evidence_presenters
from openmara.evidence import rules as evidence_rules
from openmara.evidence.intake.desk import Done, Shown
from openmara.evidence.meetings import permissions, presenters, rules
from openmara.evidence.meetings.assessment import actions, queries
from openmara.evidence.meetings.desk import code_of, read_date
from openmara.evidence.meetings.forum import actions as measures
from openmara.evidence.meetings.forum.desk import measure_fields, quarter_text
from openmara.evidence.verification.quarters import first_day
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can


@dataclass(frozen=True)
class Row:
    """One point of the checklist, with the answer of the quarter and of the one before."""

    code: str
    text: str
    about: str
    mark: str
    choices: tuple[tuple[str, str, bool], ...]
    answer: str
    before: str


def recent(today_quarter: str, count: int = 4) -> list[str]:
    """This quarter and those before it, the latest first."""
    found = [today_quarter]
    while len(found) < count:
        found.append(evidence_rules.quarter_of(first_day(found[-1]) - timedelta(days=1)))
    return found


def assessment(person: Person, asked: str, sent: QueryDict, problems: Mapping[str, str], general: str) -> Shown:
    """Checklist, measures of four quarters, versions, plan of action."""
    quarters = recent(evidence_rules.quarter_of(clock.today()))
    quarter = next((one for one in (sent.get("quarter", ""), asked) if rules.quarter_is(one)), quarters[0])
    versions = queries.versions(for_user=person, quarter=quarter)
    history = queries.history(for_user=person, quarters=[*quarters, *recent(quarter, 2)])
    may = can("evidence_selfassessment", "insert") and not evidence_presenters.closed(permissions.check_sees_everything)
    typed = {item: str(sent[f"a-{item}"]) for item in vocabulary.codes("mara_checklist") if sent.get(f"a-{item}")}
    before = history.get(recent(quarter, 2)[1])
    answers = typed or (versions[0].answers if versions else {})
    kept = {one: history[one].measured for one in quarters if one in history}
    now = queries.measures(for_user=person, quarter=quarter) if may else None
    columns = [(quarter_text(one), kept.get(one)) for one in reversed(quarters)]
    values = {name: str(value) for name, value in sent.items()} if sent.get("do") == "measure" else {}
    return {
        "quarter": quarter, "quarter_text": quarter_text(quarter), "may": may, "may_plan": can("evidence_measure", "insert"),
        "tabs": [(quarter_text(one), f"?quarter={one}", one == quarter) for one in quarters],
        "rows": _rows(answers, before.answers if before else {}), "answered": len(versions[0].answers) if versions else 0,
        "heads": [text for text, _measured in columns], "now_shown": now is not None,
        "measured": [
            (str(label), [presenters.measured_text(name, measured.get(name) if measured else None) for _text, measured in columns],
             presenters.measured_text(name, now[name]) if now else "")
            for name, label in presenters.MEASURED.items()
        ],
        "versions": [(one.made_at, one.made_by.code, len(one.answers)) for one in versions],
        "measures": presenters.measure_rows(queries.plan_of_action(for_user=person, origin="assessment", quarter=quarter), clock.today()),
        "states": [(code, str(text)) for code, text in presenters.MEASURE_STATES.items()],
        "fields": measure_fields(values, problems), "failed": bool(problems), "general": general if not values else "",
    }  # fmt: skip


def _rows(answers: Mapping[str, str], before: Mapping[str, str]) -> list[Row]:
    found, lang = [], pages.language()
    for code in vocabulary.load("mara_checklist").codes:
        chosen = answers.get(code.code, "")
        choices = tuple((name, str(text), name == chosen) for name, text in presenters.ANSWERS.items())
        about = code.definition.get(lang) or code.definition["en"]
        found.append(Row(code.code, pages.label("mara_checklist", code.code), about, code.source, choices, _answer(chosen), _answer(before.get(code.code, ""))))
    return found


def _answer(code: str) -> str:
    return str(presenters.ANSWERS[code]) if code else "–"


def send(person: Person, sent: QueryDict) -> Done:
    """A version kept, a measure added or moved."""
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    quarter = sent.get("quarter", "")
    here = reverse("self-assessment", args=[code_of(person)]) + f"?quarter={quarter}"
    verb = sent.get("do", "")
    if verb == "assess":
        answers = {item: str(sent[f"a-{item}"]) for item in vocabulary.codes("mara_checklist") if sent.get(f"a-{item}")}
        actions.assess(by=person, mission=mission, quarter=quarter, answers=answers)
        return Done(_("This version of the assessment is kept; earlier ones stay."), here)
    if verb == "measure":
        measures.add_measure(by=person, mission=mission, origin="assessment", quarter=quarter, what=sent.get("what", ""),
                             function=sent.get("function", ""), due_on=read_date(sent, "due_on"))  # fmt: skip
        return Done(_("The measure is kept."), here + "#plan")
    if verb == "state":
        measures.move_measure(by=person, measure=queries.find_measure(for_user=person, key=sent.get("measure", "")), state=sent.get("state", ""))
        return Done(_("Kept."), here + "#plan")
    raise NotValid(problems={"do": _("Choose what to do.")})
