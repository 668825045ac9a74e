"""Writes of the sheet: one account taken in, a routing notice without a report, the working text of an incident."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotAllowed, NotValid
from openmara.evidence import actions, permissions, rules
from openmara.evidence.accounts import Account
from openmara.evidence.models import Incident, IncidentText, Report
from openmara.security.actions import record
from openmara.security.models import Mission, Organisation, Person


@dataclass(frozen=True)
class Kept:
    """What a sheet became: a report, and an incident where one was opened from it."""

    report: Report
    incident: Incident | None


def keep_account(*, by: Person, mission: Mission, organisation: Organisation, account: Account, open_it: bool) -> Kept:
    """Take in one account and, if asked, open an incident from it: both or neither. Sent twice, it is refused with its place."""
    with transaction.atomic():
        taken = actions.take_in(by=by, mission=mission, organisation=organisation, accounts=[account])
        report = Report.objects.get(organisation=organisation, their_reference=account.their_reference)
        if not taken.added:
            raise Conflict(_("This account is kept already, as report %(ref)s.") % {"ref": report.ref})
        incident = actions.open_incident(by=by, report=report) if open_it else None
    return Kept(report, incident)


def word_incident(*, by: Person, incident: Incident, texts: Mapping[str, str]) -> IncidentText:
    """Change the working texts. The text for sharing must not name or locate a person (V8)."""
    permissions.check_can_triage()
    text = IncidentText.objects.filter(incident=incident).first()
    if text is None:
        raise NotAllowed(_("The working text is open to the senior adviser, to who opened the incident and to its verifier."))
    findings = rules.pii_findings(texts.get("narrative_shareable", ""))
    if findings:
        problem = _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(findings)}
        raise NotValid(problems={"narrative_shareable": problem})
    names = ("nexus_note", "narrative_confidential", "narrative_shareable")
    with transaction.atomic():
        for name in names:
            setattr(text, name, texts.get(name, getattr(text, name)).strip())
        text.save(update_fields=names)
        record("evidence:incident:word", objects=[incident.id], sensitivity="S4")
    return text
