"""Tries the protection of a report: every covering number released in turn must be noticed."""

from dataclasses import replace

from django.utils.translation import gettext as _

from openmara.errors import NotNow
from openmara.publish import permissions, queries, rules, tables
from openmara.publish.models import ReportBuild
from openmara.publish.rules import Caught
from openmara.security.models import Mission, Person


def try_mutants(*, by: Person, mission: Mission, quarter: str, audience: str) -> Caught:
    """Caught and total over the system of a report from the newest figures; nothing is written."""
    permissions.check_can_build(audience)
    snapshot = queries.latest_snapshot(for_user=by)
    if snapshot is None or quarter not in queries.quarters(for_user=by):
        raise NotNow(_("There are no figures of this quarter."))
    build = ReportBuild(mission=mission, quarter=quarter, language="en", audience=audience)
    facts = queries.facts(for_user=by, mission=mission, build=build, snapshot=snapshot)
    counts = tables.count(facts.frames, facts.material.quarters)
    rows = queries.rows_of(counts, quarter, facts.material.rows)
    system = replace(facts.material, counts=counts, rows=rows).system()
    return rules.mutants(system, rules.shield(system, facts.material.k))
