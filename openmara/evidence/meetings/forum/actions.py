"""Writes of the forum: its meetings, the pack of a quarter, recommendations with who and until when."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotNow, NotValid
from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import facts, permissions, rules
from openmara.evidence.meetings.models import Forum, ForumPack, Measure
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_can

ORIGINS = ("forum", "assessment")
MEASURE_STATES = ("open", "under_way", "done", "dropped")


def plan_forum(*, by: Person, mission: Mission, held_on: date, place: str = "", quarter: str = "") -> Forum:
    """Call a meeting of the forum, with the last full quarter's figures."""
    _check_may_write()
    chosen = quarter or rules.quarter_before(held_on)
    if not rules.quarter_is(chosen) or evidence_rules.quarter_end(chosen) >= held_on:
        raise NotValid(problems={"quarter": _("The forum sees a quarter that has ended.")})
    if evidence_rules.pii_findings(place) or len(place) > 80:
        raise NotValid(problems={"place": _("A room or an office, in a few words. No names.")})
    with transaction.atomic():
        forum = Forum(mission=mission, held_on=held_on, place=place.strip(), quarter=chosen, recorded_at=clock.now())
        forum.save(force_insert=True)
        record("evidence:forum:plan", objects=[forum.id], sensitivity="S1")
    return forum


def make_pack(*, by: Person, forum: Forum) -> ForumPack:
    """The figures of the forum's quarter, protected with k = 5 like every table. Made once: two versions could be set against each other."""
    check_can("evidence_forumpack", "insert", _("The pack is made by the senior adviser or by human rights."))
    permissions.check_sees_everything()
    found = ForumPack.objects.filter(quarter=forum.quarter).first()
    if found:
        return found
    if evidence_rules.quarter_end(forum.quarter) >= clock.today():
        raise NotNow(_("This quarter has not ended yet."))
    figures = rules.pack(facts.lines_of(forum.quarter), rules.arrangements()["disclosure"]["k"])
    with transaction.atomic():
        pack = ForumPack(mission_id=forum.mission_id, quarter=forum.quarter, figures=figures, made_by_id=by.id, made_at=clock.now())
        pack.save(force_insert=True)
        record("evidence:forum:pack", objects=[pack.id], sensitivity="S1", purpose=forum.quarter)
    return pack


def hold(*, by: Person, forum: Forum, functions: Iterable[str]) -> Forum:
    """Which functions were present. Persons of the forum are nobody's matter here."""
    _check_may_write()
    known = vocabulary.codes("meeting_function")
    forum.functions = [code for code in known if code in set(functions)]
    if not forum.functions:
        raise NotValid(problems={"functions": _("Say who was present.")})
    with transaction.atomic():
        forum.state = "held"
        forum.save(update_fields=["functions", "state"])
        record("evidence:forum:hold", objects=[forum.id], sensitivity="S1")
    return forum


def add_measure(*, by: Person, mission: Mission, origin: str, quarter: str, what: str, function: str, due_on: date) -> Measure:
    """A recommendation of the forum, or a measure of the action plan: what, who, until when."""
    _check_may_write()
    problems = {}
    if not what.strip() or len(what) > 200:
        problems["what"] = _("Say in one sentence what is to be done.")
    elif findings := evidence_rules.pii_findings(what):
        problems["what"] = _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(findings)}
    if function not in vocabulary.codes("meeting_function"):
        problems["function"] = _("Choose one.")
    if origin not in ORIGINS or not rules.quarter_is(quarter):
        problems["quarter"] = _("Choose one.")
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        measure = Measure(mission=mission, origin=origin, quarter=quarter, what=what.strip(), function=function, due_on=due_on)
        measure.save(force_insert=True)
        record("evidence:measure:add", objects=[measure.id], sensitivity="S1", purpose=origin)
    return measure


def move_measure(*, by: Person, measure: Measure, state: str) -> Measure:
    """How far a measure has come; earlier states are kept."""
    _check_may_write()
    if state not in MEASURE_STATES:
        raise NotValid(problems={"state": _("Choose one.")})
    with transaction.atomic():
        measure.state = state
        measure.save(update_fields=["state"])
        record("evidence:measure:move", objects=[measure.id], sensitivity="S1", purpose=state)
    return measure


def note_print(*, by: Person, forum: Forum) -> None:
    """The pack was opened for printing."""
    record("evidence:forum:print", objects=[forum.id, by.id], sensitivity="S1")


def _check_may_write() -> None:
    check_can("evidence_forum", "insert", _("The forum is convened by the women’s protection advisers."))
