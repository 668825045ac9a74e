"""What the forum's page is made of, and what a sent page becomes."""

import uuid
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotNow, NotValid
from openmara.evidence import pages
from openmara.evidence import presenters as evidence_presenters
from openmara.evidence import queries as evidence_queries
from openmara.evidence.intake.desk import Shown
from openmara.evidence.meetings import permissions, presenters, queries, word
from openmara.evidence.meetings.assessment import queries as measures
from openmara.evidence.meetings.desk import read_date
from openmara.evidence.meetings.forum import actions
from openmara.evidence.meetings.minutes import Made
from openmara.security import clock
from openmara.security.models import Person
from openmara.security.permissions import can

QUARTER = {"en": "Q{number} {year}", "fr": "T{number} {year}"}


def quarter_text(key: str) -> str:
    return QUARTER[pages.language()].format(number=key[5], year=key[:4])


def forum(person: Person, key: uuid.UUID, sent: QueryDict, problems: Mapping[str, str], general: str) -> Shown:
    """Facts, figures, recommendations."""
    found = queries.find_forum(for_user=person, key=key)
    pack = queries.pack_of(for_user=person, quarter=found.quarter)
    values = {name: str(value) for name, value in sent.items()}
    runs = can("evidence_forum", "update")
    functions = [(code, text, code in found.functions) for code, text in vocabulary.choices("meeting_function", pages.language())]
    return {
        "forum": found, "state": str(presenters.FORUM_STATES[found.state]), "quarter_text": quarter_text(found.quarter), "runs": runs,
        "tables": presenters.pack_tables(pack.figures, evidence_queries.names(for_user=person)) if pack else [], "line_labels": presenters.line_labels(),
        "pack": pack, "make_door": "" if pack else evidence_presenters.closed(permissions.check_sees_everything),
        "functions": functions, "there": [text for _code, text, chosen in functions if chosen],
        "measures": presenters.measure_rows(measures.plan_of_action(for_user=person, origin="forum", quarter=found.quarter), clock.today()),
        "states": [(code, str(text)) for code, text in presenters.MEASURE_STATES.items()],
        "fields": measure_fields(values if values.get("do") == "measure" else {}, problems), "failed": bool(problems), "general": "" if problems else general,
    }  # fmt: skip


def measure_fields(values: Mapping[str, str], problems: Mapping[str, str]) -> list[pages.Field]:
    """What, who, until when."""
    chosen = values.get("function", "")
    return [
        pages.line("what", _("What is to be done"), values, problems, _("One sentence. No names, no place.")),
        pages.Field("q-function", "function", "select", _("Who"), value=chosen, error=problems.get("function", ""),
                    choices=pages.choices("q-function", vocabulary.choices("meeting_function", pages.language()), chosen)),
        pages.line("due_on", _("Until"), values, problems, kind="date"),
    ]  # fmt: skip


def send(person: Person, key: uuid.UUID, sent: QueryDict) -> str:
    """One step at the forum."""
    found = queries.find_forum(for_user=person, key=key)
    verb = sent.get("do", "")
    if verb == "pack":
        actions.make_pack(by=person, forum=found)
        return _("The figures are made; they stay as they are.")
    if verb == "hold":
        actions.hold(by=person, forum=found, functions=sent.getlist("functions"))
        return _("Who was present is kept.")
    if verb == "measure":
        mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
        actions.add_measure(by=person, mission=mission, origin="forum", quarter=found.quarter, what=sent.get("what", ""), function=sent.get("function", ""),
                            due_on=read_date(sent, "due_on"))  # fmt: skip
        return _("The recommendation is kept.")
    if verb == "state":
        measure = measures.find_measure(for_user=person, key=sent.get("measure", ""))
        actions.move_measure(by=person, measure=measure, state=sent.get("state", ""))
        return _("Kept.")
    raise NotValid(problems={"do": _("Choose what to do.")})


def file(person: Person, key: uuid.UUID) -> Made:
    """The pack as a Word file: what the page shows, and nothing else."""
    found = queries.find_forum(for_user=person, key=key)
    pack = queries.pack_of(for_user=person, quarter=found.quarter)
    if pack is None:
        raise NotNow(_("The figures of this quarter have not been made yet."))
    mission = person.active_mission  # type: ignore[attr-defined]  # carried by the view
    marks = word.Marks(_("For the members of the forum"), person.code, pages.day(clock.today()), mission.synthetic)
    document = word.new(_("Consultation forum: figures of the quarter"), quarter_text(found.quarter), marks, pages.language(), found.held_on)
    document.add_paragraph(_("As reported at the end of the quarter. A dash hides a number below five, or one from which it could be worked out."))
    for _key, caption, rows in presenters.pack_tables(pack.figures, evidence_queries.names(for_user=person)):
        word.heading(document, caption)
        lines = [[row.label, *("–" if one is None else str(one) for one in row.numbers)] for row in rows]
        word.table(document, ["", *presenters.line_labels()], lines, [60, 35, 35, 36], numeric=(1, 2, 3))
    word.heading(document, _("Recommendations"))
    listed = presenters.measure_rows(measures.plan_of_action(for_user=person, origin="forum", quarter=found.quarter), clock.today())
    texts = [[str(row["what"]), str(row["who"]), pages.day(row["due_on"]), str(row["state_label"])] for row in listed]  # type: ignore[arg-type]  # a date
    if texts:
        word.table(document, [_("What"), _("Who"), _("Until"), _("State")], texts, [76, 40, 26, 24])
    actions.note_print(by=person, forum=found)
    return Made(f"forum-{found.quarter}.docx", word.saved(document))
