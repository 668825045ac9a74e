"""One write: a report on the short form, with what was said about services."""

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict
from openmara.evidence import actions
from openmara.evidence.accounts import Account
from openmara.evidence.models import Report
from openmara.evidence.triage.actions import say_services
from openmara.security.models import Mission, Organisation, Person


def keep_short(*, by: Person, mission: Mission, organisation: Organisation, account: Account, information: str, referral: str) -> Report:
    """Recorded without narrative and without typed consent; it may be verified and counted, and is never told as a case."""
    with transaction.atomic():
        taken = actions.take_in(by=by, mission=mission, organisation=organisation, accounts=[account], short_form=True)
        report = Report.objects.get(organisation=organisation, their_reference=account.their_reference)
        if not taken.added:
            raise Conflict(_("This account is kept already, as report %(ref)s.") % {"ref": report.ref})
        say_services(by=by, report=report, information=information, referral=referral)
    return report
