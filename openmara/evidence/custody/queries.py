"""Timelines and hand-overs for people, and what a hand-over holds."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Count
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotFound
from openmara.evidence.consent import queries as consent
from openmara.evidence.consent import rules as gate
from openmara.evidence.custody import rules
from openmara.evidence.custody.models import Custody, Exhibit, HandOver, HandOverManifest
from openmara.evidence.models import Coding, Incident, Report, ReportPlace, ReportText, Source
from openmara.evidence.verification.models import Release
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.permissions import check_can, has_role
from openmara.security.queries import Waiting

PAGE = 50


@dataclass(frozen=True)
class Items:
    """Which accounts of an incident may go to a body, and why others may not."""

    may_go: Sequence[consent.Said]
    left_out: Sequence[tuple[str, str]]

    @property
    def first_reason(self) -> str:
        return self.left_out[0][1] if self.left_out else _("There is no account whose consent could be asked.")


def items_for(*, for_user: Person, incident: Incident, body: str) -> Items:
    """Each account passes the gate for this body by itself; none is carried by another's consent."""
    reports = consent.reports_of(for_user=for_user, incidents=[incident.id]).get(incident.id, [])
    released = Release.objects.filter(incident=incident, undone_at=None).exists()
    may, left = [], []
    for one in consent.of_reports(for_user=for_user, reports=reports):
        reason = gate.may_leave(use="handover", accounts=[one.account], status=incident.verification_status, released=released, recipient=body)
        if reason:
            left.append((one.report.ref, reason))
        else:
            may.append(one)
    return Items(may, left)


def decisions_of(found: HandOver) -> rules.Decisions:
    return rules.Decisions(found.decision, found.legal, found.done_at is not None)


def timeline(*, for_user: Person, report: Report) -> Sequence[Custody]:
    """Everything that happened to an account and its exhibits since they arrived, oldest first."""
    return list(Custody.objects.filter(report=report).select_related("made_by__name", "exhibit").order_by("made_at", "id"))


def exhibits(*, for_user: Person, report: Report) -> Sequence[Exhibit]:
    return list(Exhibit.objects.filter(report=report).select_related("recorded_by__name").order_by("recorded_at", "id"))


def find_exhibit(*, for_user: Person, report: Report, ref: str) -> Exhibit | None:
    """An exhibit of this account; None where the account itself is meant."""
    if not ref:
        return None
    found = Exhibit.objects.filter(report=report, ref=ref[:8]).first()
    if found is None:
        raise NotFound(_("There is no such exhibit of this account."))
    return found


def counted(*, for_user: Person, reports: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """(events, exhibits) of several accounts: every exhibit has its event of coming in."""
    rows = Custody.objects.filter(report_id__in=reports).values_list("report_id").annotate(n=Count("id"), things=Count("exhibit", distinct=True))
    found = {report: (events, things) for report, events, things in rows}
    return {one: found.get(one, (0, 0)) for one in reports}


def hand_overs(*, for_user: Person) -> Sequence[HandOver]:
    """Hand-overs of the mission, newest first; recorded."""
    check_can("evidence_handover", "select", _("Hand-overs are open to those who ask for them, decide them and watch over them."))
    rows = list(HandOver.objects.select_related("asked_by__name").order_by("-asked_at", "-id")[:PAGE])
    record("evidence:handover:list", sensitivity="S1", result=[row.id for row in rows])
    return rows


def find_hand_over(*, for_user: Person, key: uuid.UUID) -> HandOver:
    check_can("evidence_handover", "select", _("Hand-overs are open to those who ask for them, decide them and watch over them."))
    related = ("asked_by__name", "decided_by__name", "legal_by__name", "done_by__name")
    found = HandOver.objects.filter(id=key).select_related(*related).first()
    if found is None:
        raise NotFound(_("There is no such hand-over, or it is not open to you."))
    return found


def incident_of(*, for_user: Person, hand_over: HandOver) -> Incident | None:
    """The case behind a hand-over, where it is open to the reader; those who decide see references and numbers only."""
    return Incident.objects.filter(id=hand_over.incident_id).first()


def manifest_of(*, for_user: Person, hand_over: HandOver) -> str:
    found = HandOverManifest.objects.filter(hand_over=hand_over).first()
    return found.note if found else ""


def content_of(*, for_user: Person, report: Report) -> dict[str, Any]:
    """One account as it is handed over: its coding, exact place and time, source codes and text where open. No staff, no office's people."""
    exact = ReportPlace.objects.filter(report=report).first()
    text = ReportText.objects.filter(report=report).first()
    coding = {field.name: getattr(report, field.name) for field in Coding._meta.get_fields() if field.name != "classification"}
    found: dict[str, Any] = _plain({
        "reference": report.ref, "came_in_as": report.their_reference, "office": report.organisation.code, "sha256_as_received": bytes(report.content_sha256).hex(),
        "coding": coding,
        "exact": {name: getattr(exact, name) for name in ("date_from", "date_to", "date_reported", "adm3", "settlement")} if exact else None,
        "sources": [model_to_dict(one, ["source_category", "source_type", "source_reliability", "source_credibility"]) for one in Source.objects.filter(report=report).order_by("id")],
        "text": {"nexus": text.nexus_note, "account": text.narrative_confidential} if text else None,
    })  # fmt: skip
    return found


def _plain(value: Any) -> Any:
    """Days as text, as JSON has none."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def facts(*, for_user: Person, hand_over: HandOver, items: Sequence[consent.Said], contents: Mapping[str, bytes]) -> dict[str, Any]:
    """What the manifest states: references, codes and hashes; people by their codes alone."""
    mission = for_user.active_mission  # type: ignore[attr-defined]  # carried by the view and by `acting`
    found: dict[str, Any] = _plain({
        "hand_over": hand_over.ref, "mission": mission.code, "synthetic": mission.synthetic, "class": "strictly confidential", "reader": f"{hand_over.body} ({for_user.code})",
        "body": hand_over.body, "purpose": hand_over.purpose, "made_at": clock.now(),
        "decision": {"reference": hand_over.decision_reference, "by": hand_over.decided_by.code if hand_over.decided_by else "", "at": hand_over.decided_at},
        "legal": {"reference": hand_over.legal_reference, "on": hand_over.legal_on, "recorded_by": hand_over.legal_by.code if hand_over.legal_by else ""},
        "handed_over_by": for_user.code,
        "items": [_item(for_user, hand_over, one, contents) for one in items],
    })  # fmt: skip
    return found


def _item(person: Person, hand_over: HandOver, one: consent.Said, contents: Mapping[str, bytes]) -> dict[str, Any]:
    file = f"accounts/{one.report.ref}.json"
    agreed = [row for row in one.answers if (row.scope, row.recipient) == ("accountability", hand_over.body)]
    return {
        "file": file, "sha256": sha256(contents[file]).hexdigest(), "reference": one.report.ref, "sha256_as_received": bytes(one.report.content_sha256).hex(),
        "consent": {
            "basis": one.account.basis, "scope": f"accountability:{hand_over.body}", "on": (agreed[-1].answered_on if agreed else None) or (one.consent.given_on if one.consent else None),
            "limits": agreed[-1].limits if agreed else "",
        },
        "exhibits": [
            {"reference": each.ref, "kind": each.kind, "description": each.description_code, "kept_at": each.kept_at, "sha256": bytes(each.content_sha256).hex()}
            for each in exhibits(for_user=person, report=one.report)
        ],
        "custody": [
            {"event": row.event, "at": row.made_at, "by": row.made_by.code, "exhibit": row.exhibit.ref if row.exhibit else ""}
            for row in timeline(for_user=person, report=one.report)
        ],
    }  # fmt: skip


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Hand-overs that wait for this person's step, and accounts whose erasure is owed; references and numbers only."""
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    due = HandOver.objects.exclude(asked_by_id=for_user.id)
    steps = {
        "hom": due.filter(decision=""), "hq": due.filter(decision=rules.AGREED, legal=""),
        "swpa": HandOver.objects.filter(decision=rules.AGREED, legal=rules.AGREED, done_at=None),
    }  # fmt: skip
    out = []
    for role, rows in steps.items():
        found = list(rows.order_by("asked_at").values_list("id", "asked_at")) if has_role(role) else []
        if found:
            label = ngettext("hand-over waits for you", "hand-overs wait for you", len(found))
            out.append(Waiting(label, len(found), found[0][1], reverse("hand-over", args=[code, found[0][0]])))
    owed = consent.owed(for_user=for_user) if has_role("swpa") else []
    if owed:
        label = ngettext("account to be erased", "accounts to be erased", len(owed))
        out.append(Waiting(label, len(owed), owed[0].answers[-1].recorded_at, reverse("report-withdraw", args=[code, owed[0].report.ref])))
    return out
