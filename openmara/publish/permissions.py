"""Who may build, write, read and take away a report; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.errors import NotFound
from openmara.publish.models import ReportBuild
from openmara.security.permissions import check_can, check_role, has_role


def check_can_read() -> None:
    check_can("publish_reportbuild", "select", _("Reports in preparation are open to those who write or clear them. Your role does not include it."))


def check_can_build(audience: str = "") -> None:
    check_role("report_writers", reason=_("The quarterly report is built by the women's protection advisers and human rights. Ask one of them."))
    if audience == "named":
        check_role("swpa", "hr", reason=_("A report with exact counts is built by the senior adviser or by human rights."))


def check_can_write() -> None:
    check_role("report_writers", reason=_("The texts of the report are written by the women's protection advisers and human rights."))


def can_build() -> bool:
    return has_role("report_writers")


def can_open(build: ReportBuild) -> bool:
    """Exact counts are for those who write the report and for the head of mission (SECURITY.md)."""
    return build.audience != "named" or has_role("report_writers", "hom")


def check_can_open(build: ReportBuild) -> None:
    if not can_open(build):
        raise NotFound(_("There is no such report, or it is not open to you."))
