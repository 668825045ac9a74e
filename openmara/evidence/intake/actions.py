"""Writes of the sheet: one account taken in, a routing notice without a report, the working text of an incident."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from openmara.errors import Conflict, NotAllowed, NotValid
from openmara.evidence import actions, permissions, rules
from openmara.evidence.accounts import Account
from openmara.evidence.holding import hold
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


TEXTS = ("nexus_note", "narrative_confidential", "narrative_shareable")


def mark_of(text: IncidentText | None) -> str:
    """By which a page knows which texts its writer had seen."""
    return hashlib.sha256("\0".join(getattr(text, name, "") for name in TEXTS).encode()).hexdigest()


def word_incident(*, by: Person, incident: Incident, texts: Mapping[str, str], seen: str = "") -> IncidentText:
    """Change the working texts. The text for sharing must not name or locate a person (V8). `seen` marks the texts that were changed:
    where a colleague was faster, nothing is overwritten.
    """
    permissions.check_can_triage()
    hold(incident)
    text = IncidentText.objects.filter(incident=incident).first()
    if text is None:
        raise NotAllowed(_("The working text is open to the senior adviser, to who opened the incident and to its verifier."))
    findings = rules.pii_findings(texts.get("narrative_shareable", ""))
    if findings:
        problem = _("Seems to name or locate a person (%(what)s). Take it out.") % {"what": ", ".join(findings)}
        raise NotValid(problems={"narrative_shareable": problem})
    if seen and seen != mark_of(text):
        raise Conflict(_("While you were writing, a colleague kept other texts. Both stand below; put together what is to stand and keep it."))
    with transaction.atomic():
        for name in TEXTS:
            setattr(text, name, texts.get(name, getattr(text, name)).strip())
        text.save(update_fields=TEXTS)
        record("evidence:incident:word", objects=[incident.id], sensitivity="S4")
    return text
