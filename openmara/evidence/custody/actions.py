"""Writes of custody and of hand-overs. Each verb: right, rule, write, audit, one transaction."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence.custody import manifest, permissions, queries, rules
from openmara.evidence.custody.models import Custody, Exhibit, HandOver, HandOverManifest
from openmara.evidence.models import Incident, Report
from openmara.ledger.note import Signer
from openmara.security import clock
from openmara.security.actions import insert_rows, record
from openmara.security.models import Person
from openmara.security.sequencer import signers


def key() -> Signer:
    """The key of hand-overs of this installation, under the log's name."""
    return manifest.signer(settings.LOG_SEEDS["log_ed25519"], signers()[0].name)


def receive(*, by: Person, reports: Sequence[Report], counterpart: str) -> None:
    """The first event of every account: that it came in, from which office, with the hash of what came in. Part of taking in."""
    now = clock.now()
    insert_rows([
        Custody(
            mission_id=one.mission_id, report_id=one.id, event="received", content_sha256=one.content_sha256, counterpart=counterpart[:40],
            made_by_id=by.id, made_at=now,
        )
        for one in reports
    ])  # fmt: skip


def _write(by: Person, report: Report, event: str, **more: object) -> Custody:
    row = Custody(mission_id=report.mission_id, report=report, event=event, made_by_id=by.id, made_at=clock.now(), **more)
    row.save(force_insert=True)
    record(f"evidence:custody:{event}", objects=[report.id, row.id], sensitivity="S3", purpose=str(more.get("purpose", "")))
    return row


def add_exhibit(*, by: Person, report: Report, kind: str, description_code: str, kept_at: str, sha256: str) -> Exhibit:
    """Note an exhibit that was handed in, by hash and codes; the thing itself stays where it is kept."""
    permissions.check_can_keep(by, report)
    problems = rules.check_exhibit(
        kind=kind, known=vocabulary.codes("source_type"), description=description_code, kept_at=kept_at, sha256=sha256.strip().lower()
    )  # fmt: skip
    if problems:
        raise NotValid(problems=problems)
    content = bytes.fromhex(sha256.strip())
    with transaction.atomic():
        found = Exhibit(
            mission_id=report.mission_id, report=report, kind=kind, description_code=description_code, kept_at=kept_at, content_sha256=content,
            recorded_by_id=by.id, recorded_at=clock.now(),
        )  # fmt: skip
        found.save(force_insert=True)
        _write(by, report, "received", exhibit=found, content_sha256=content)
    return found


def note_event(*, by: Person, report: Report, event: str, purpose: str, counterpart: str = "", exhibit: Exhibit | None = None) -> Custody:
    """Copied, shared or sealed: added to the timeline, never changed after."""
    permissions.check_can_keep(by, report)
    problems = rules.check_event(event=event, purpose=purpose, purposes=vocabulary.codes("custody_purpose"), counterpart=counterpart)
    if exhibit is not None and exhibit.report_id != report.id:
        problems["exhibit"] = _("This exhibit belongs to another account.")
    if problems:
        raise NotValid(problems=problems)
    content = exhibit.content_sha256 if exhibit else report.content_sha256
    with transaction.atomic():
        return _write(by, report, event, purpose=purpose, counterpart=counterpart, exhibit=exhibit, content_sha256=bytes(content))


def ask_hand_over(*, by: Person, report: Report, incident: Incident, body: str, purpose: str) -> HandOver:
    """Ask for the hand-over of an incident's accounts. Refused at once where nobody has agreed to this body."""
    permissions.check_can_ask(by, report)
    problems = {} if body in vocabulary.codes("accountability_body") else {"body": _("Choose one.")}
    if purpose not in vocabulary.codes("custody_purpose"):
        problems["purpose"] = _("Say to what end.")
    if problems:
        raise NotValid(problems=problems)
    items = queries.items_for(for_user=by, incident=incident, body=body)
    if not items.may_go:
        raise NotNow(items.first_reason)
    with transaction.atomic():
        found = HandOver(
            mission_id=report.mission_id, incident=incident, body=body, purpose=purpose, items=len(items.may_go), asked_by_id=by.id, asked_at=clock.now()
        )
        found.save(force_insert=True)
        record("evidence:handover:ask", objects=[found.id, incident.id], sensitivity="S3", purpose=body)
    return found


def decide(*, by: Person, hand_over: HandOver, agreed: bool, reference: str) -> HandOver:
    """The head of mission's decision, with the reference of the written one."""
    permissions.check_can_decide(by, hand_over)
    _check_step(hand_over, "decision", reference)
    hand_over.decision, hand_over.decision_reference = rules.AGREED if agreed else rules.REFUSED, reference
    hand_over.decided_by_id, hand_over.decided_at = by.id, clock.now()
    with transaction.atomic():
        hand_over.save(update_fields=["decision", "decision_reference", "decided_by", "decided_at"])
        record("evidence:handover:decide", objects=[hand_over.id], sensitivity="S2", purpose=hand_over.decision)
    return hand_over


def record_legal(*, by: Person, hand_over: HandOver, agreed: bool, reference: str, on: date | None) -> HandOver:
    """The written decision of headquarters' legal office: its reference and its day."""
    permissions.check_can_record_legal(by, hand_over)
    _check_step(hand_over, "legal", reference)
    if on is None or on > clock.today():
        raise NotValid(problems={"legal_on": _("The day of the written decision, not in the future.")})
    hand_over.legal, hand_over.legal_reference, hand_over.legal_on = rules.AGREED if agreed else rules.REFUSED, reference, on
    hand_over.legal_by_id, hand_over.legal_at = by.id, clock.now()
    with transaction.atomic():
        hand_over.save(update_fields=["legal", "legal_reference", "legal_on", "legal_by", "legal_at"])
        record("evidence:handover:legal", objects=[hand_over.id], sensitivity="S2", purpose=hand_over.legal)
    return hand_over


def _check_step(found: HandOver, step: str, reference: str) -> None:
    if rules.next_step(queries.decisions_of(found)) != step:
        raise NotNow(_("This step is not due."))
    if problems := rules.check_reference(reference):
        raise NotValid(problems=problems)


def hand_over(*, by: Person, hand_over: HandOver) -> bytes:
    """Make the package: consent asked at this moment, each item hashed, the manifest signed and put into the log. Once; later it is only made again as it was."""
    permissions.check_can_hand_over(by, hand_over)
    found = queries.decisions_of(hand_over)
    if reason := "" if found.done else rules.why_not_handed_over(found):
        raise NotNow(reason)
    items = queries.items_for(for_user=by, incident=hand_over.incident, body=hand_over.body)
    if not items.may_go:
        raise NotNow(items.first_reason)
    if found.done:
        return _again(by, hand_over, items)
    contents = dict(manifest.item(f"accounts/{one.report.ref}.json", queries.content_of(for_user=by, report=one.report)) for one in items.may_go)
    note = manifest.write(queries.facts(for_user=by, hand_over=hand_over, items=items.may_go, contents=contents), key())
    content = sha256(note.encode()).digest()
    with transaction.atomic():
        for one in items.may_go:
            packed = sha256(contents[f"accounts/{one.report.ref}.json"]).digest()
            _write(by, one.report, "handed_over", purpose=hand_over.purpose, counterpart=hand_over.body, content_sha256=packed)
            for exhibit in queries.exhibits(for_user=by, report=one.report):
                _write(by, one.report, "handed_over", purpose=hand_over.purpose, counterpart=hand_over.body, exhibit=exhibit, content_sha256=bytes(exhibit.content_sha256))
        HandOverManifest(mission_id=hand_over.mission_id, hand_over=hand_over, note=note, made_by_id=by.id).save(force_insert=True)
        hand_over.done_by_id, hand_over.done_at, hand_over.manifest_sha256 = by.id, clock.now(), content
        hand_over.save(update_fields=["done_by", "done_at", "manifest_sha256"])
        # The log, which witnesses sign, holds the hash of the manifest: what was handed over cannot be said to have been something else.
        record("evidence:handover:done", objects=[hand_over.id, hand_over.incident_id], sensitivity="S4", purpose=f"sha256:{content.hex()}")
    return manifest.pack(note, key(), contents)


def _again(by: Person, hand_over: HandOver, items: queries.Items) -> bytes:
    """The same package for whoever made it, as long as consent still stands; never one with other contents."""
    if hand_over.done_by_id != by.id:
        raise NotAllowed(_("The package is made again only for whoever handed it over."))
    note = HandOverManifest.objects.get(hand_over=hand_over).note
    contents = dict(manifest.item(f"accounts/{one.report.ref}.json", queries.content_of(for_user=by, report=one.report)) for one in items.may_go)
    package = manifest.pack(note, key(), contents)
    if manifest.problems(package, key().verifier.vkey()):
        raise NotNow(_("The accounts have changed since, or consent was withdrawn: the package that was handed over cannot be made again."))
    with transaction.atomic():
        for one in items.may_go:
            _write(by, one.report, "copied", purpose=hand_over.purpose, counterpart=hand_over.body)
    return package
