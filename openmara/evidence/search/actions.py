"""Keeping and dropping saved views."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import NotValid
from openmara.evidence.search import rules
from openmara.evidence.search.models import View
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import check_can
from openmara.security.protect import roles_of


def keep_view(*, by: Person, mission: Mission, name: str, filters: Mapping[str, str], shared_with: Sequence[str] = ()) -> View:
    """Keep the codes of a question under a name; the same name again takes its place."""
    check_can("evidence_view", "insert", _("Views are kept by the working group. Your role does not include it."))
    kept, name = rules.keepable(filters), name.strip()
    if not name or len(name) > 60:
        raise NotValid(problems={"name": _("Give the view a name of at most 60 characters.")})
    if not kept:
        raise NotValid(problems={"name": _("Choose at least one code: words and references are never kept.")})
    if set(shared_with) - set(roles_of(["working_group"])):
        raise NotValid(problems={"shared_with": _("A view is shared with roles of the working group.")})
    with transaction.atomic():
        View.objects.filter(person_id=by.id, name=name).delete()
        view = View(mission=mission, person_id=by.id, name=name, filters=kept, shared_with=sorted(set(shared_with)), made_at=clock.now())
        view.save(force_insert=True)
        record("evidence:view:keep", objects=[view.id], sensitivity="S1")
    return view


def drop_view(*, by: Person, view: View) -> None:
    """Take one's own view away."""
    with transaction.atomic():
        record("evidence:view:drop", objects=[view.id], sensitivity="S1")
        view.delete()
