"""Who computes and who reads figures; the reason is what a refused person reads."""

from django.db import connection
from django.utils.translation import gettext as _

from openmara.errors import NotAllowed
from openmara.security import permissions
from openmara.security.permissions import check_role

CASE_CLASS = 3  # delays are made from exact days, which are S3


def check_can_snapshot() -> None:
    """Who sees only a part of the incidents would compute figures of that part and call them the mission's."""
    check_role("report_writers", reason=_("Figures are computed by the women's protection advisers and human rights. Ask one of them."))
    if not _sees_every_incident():
        raise NotAllowed(_("You are cleared for a part of the incidents only, so figures computed by you would be of that part."))


def check_can_read() -> None:
    check_role("statistics", reason=_("Your role does not include the figures of this mission."))


def may_snapshot() -> bool:
    return permissions.can("indicators_snapshot", "insert") and permissions.has_role("report_writers") and _sees_every_incident()


def sees_exact_counts() -> bool:
    """Counts of rows a person may open anyway are exact (SECURITY.md); everybody else sees small ones protected."""
    return permissions.can("evidence_incident", "select") and _sees_every_incident()


def _sees_every_incident() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select sec.areas() is null and sec.walled() = array[]::text[] and sec.clearance() >= %s", [CASE_CLASS])
        row = cursor.fetchone()
    return bool(row and row[0])
