"""Writes of the self-assessment: one version after another, each with what was measured then."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotValid
from openmara.evidence import rules as evidence_rules
from openmara.evidence.meetings import permissions, rules
from openmara.evidence.meetings.assessment import queries
from openmara.evidence.meetings.models import SelfAssessment
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_can


def assess(*, by: Person, mission: Mission, quarter: str, answers: Mapping[str, str]) -> SelfAssessment:
    """Keep a quarter's answers beside what is measured now; earlier versions stay."""
    check_can("evidence_selfassessment", "insert", _("The self-assessment is filled in by the women’s protection advisers."))
    permissions.check_sees_everything()
    if not rules.quarter_is(quarter) or quarter > evidence_rules.quarter_of(clock.today()):
        raise NotValid(problems={"quarter": _("Choose a quarter that has begun.")})
    kept = rules.check_answers(answers, vocabulary.codes("mara_checklist"))
    if not kept:
        raise NotValid(problems={"answers": _("Answer at least one point.")})
    measured = queries.measures(for_user=by, quarter=quarter)
    with transaction.atomic():
        found = SelfAssessment(mission=mission, quarter=quarter, answers=kept, measured=measured, made_by_id=by.id, made_at=clock.now())
        found.save(force_insert=True)
        record("evidence:assessment:keep", objects=[found.id], sensitivity="S1", purpose=quarter)
    return found
