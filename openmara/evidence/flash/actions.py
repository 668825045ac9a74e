"""The only place that writes flash reports and operational alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from openmara import vocabulary
from openmara.errors import Conflict, NotAllowed, NotNow, NotValid
from openmara.evidence.flash import permissions, queries, rules
from openmara.evidence.flash.models import Alert, Flash
from openmara.evidence.models import Incident
from openmara.parties.models import Party
from openmara.security import clock
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import has_role


@dataclass(frozen=True)
class Draft:
    """What a person writes into a flash report."""

    received_at: datetime
    adm2: str
    forms: Sequence[str]
    party_category: str
    women: int | None = None
    girls: int | None = None
    men: int | None = None
    boys: int | None = None
    unknown: int | None = None
    number_estimated: bool = True
    triggers: Sequence[str] = ()
    risk: str = ""
    care_72h: str = "unknown"
    action_taken: str = ""
    action_requested: str = ""
    addressees: Sequence[str] = ("hom", "swpa")
    update_hours: int = 72
    other_event: bool = False


@dataclass(frozen=True)
class Danger:
    """What a person writes into an operational alert."""

    adm2: str
    threat: str
    timing: str
    route: str = ""
    party: str = ""
    care: Sequence[str] = ()
    note: str = ""


def draft(*, by: Person, mission: Mission, written: Draft, incident: Incident | None = None, replaces: Flash | None = None) -> Flash:
    """A new flash report, or the update of one that went out. Nothing leaves by this."""
    permissions.check_can_draft()
    if replaces is not None and replaces.state not in ("sent", "cleared"):
        raise NotNow(_("This flash report has not gone out: change it, do not replace it."))
    problems, area = _problems(by, written)
    if replaces is None and (same := queries.same_event(for_user=by, incident=incident, adm2=written.adm2, forms=written.forms)):
        if incident is not None or not written.other_event:
            problems["other_event"] = _("Flash report %(ref)s speaks of this event already: update it, or say that this is another event.") % {"ref": same.ref}
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        flash = Flash(
            mission=mission, incident=incident or (replaces.incident if replaces else None), replaces=replaces, adm1=area, made_by_id=by.id,
            made_at=clock.now(), **_columns(written, incident),
        )  # fmt: skip
        flash.save(force_insert=True)
        record("evidence:flash:draft", objects=[flash.id, *([incident.id] if incident else [])], sensitivity="S2")
    return flash


def change(*, by: Person, flash: Flash, written: Draft, version: int) -> Flash:
    """Change a draft; what a colleague changed meanwhile is not lost."""
    permissions.check_can_draft()
    problems, area = _problems(by, written)
    if problems:
        raise NotValid(problems=problems)
    with transaction.atomic():
        found = Flash.objects.select_for_update().get(id=flash.id)
        if found.state != "draft":
            raise NotNow(_("This flash report is cleared. Write an update instead."))
        if found.version != version:
            raise Conflict(_("A colleague has changed this draft meanwhile. Look at it again, then make your change."))
        for name, value in _columns(written, found.incident).items():
            setattr(found, name, value)
        found.adm1, found.version = area, version + 1
        found.save()
        record("evidence:flash:change", objects=[found.id], sensitivity="S2")
    return found


def clear(*, by: Person, flash: Flash) -> Flash:
    """Let a draft go: another person than its author."""
    permissions.check_can_clear(by, flash)
    _check_step(flash, "cleared")
    with transaction.atomic():
        flash.state, flash.cleared_by_id, flash.cleared_at = "cleared", by.id, clock.now()
        flash.save(update_fields=["state", "cleared_by_id", "cleared_at"])
        record("evidence:flash:clear", objects=[flash.id], sensitivity="S2")
    return flash


def send(*, by: Person, flash: Flash) -> Flash:
    """Hand the cleared report to its addressees: from now on each may take a copy marked with their own name."""
    if not has_role("flash_clearers", "flash_writers"):
        raise NotAllowed(_("Your role does not send flash reports."))
    _check_step(flash, "sent")
    with transaction.atomic():
        flash.state, flash.sent_at = "sent", clock.now()
        flash.save(update_fields=["state", "sent_at"])
        if flash.replaces is not None:
            flash.replaces.state = "superseded"
            flash.replaces.save(update_fields=["state"])
        record("evidence:flash:send", objects=[flash.id], sensitivity="S2", purpose=".".join(flash.addressees))
    return flash


def raise_alert(*, by: Person, mission: Mission, danger: Danger) -> Alert:
    """Warn those who protect. Over after 72 hours; what is over already is taken out of the table."""
    permissions.check_can_raise()
    known = queries.known_names(for_user=by)
    problems = _codes({"threat": ("alert_threat", [danger.threat]), "timing": ("alert_timing", [danger.timing]), "care": ("alert_care", danger.care)})
    problems |= rules.check_alert_texts({"route": danger.route, "note": danger.note}, known)
    area = queries.province_of(for_user=by, adm2=danger.adm2)
    if not area:
        problems["adm2"] = _("Choose the district.")
    party = Party.objects.filter(code=danger.party).first() if danger.party else None
    if danger.party and party is None:
        problems["party"] = _("Choose a party of the list.")
    if problems:
        raise NotValid(problems=problems)
    moment = clock.now()
    with transaction.atomic():
        alert = Alert(
            mission=mission, adm1=area, adm2=danger.adm2, route=danger.route.strip(), threat=danger.threat, timing=danger.timing, party=party,
            care=sorted({*danger.care, *rules.ALWAYS}), note=danger.note.strip(), made_by_id=by.id, made_at=moment,
            expires_at=moment + rules.ALERT_LASTS, compartment=rules.walls(party.category, party.subtype, party.code) if party else [],
        )  # fmt: skip
        alert.save(force_insert=True)
        record("evidence:alert:raise", objects=[alert.id], sensitivity="S1")
        forget_alerts()
    return alert


def end_alert(*, by: Person, alert: Alert) -> None:
    """Take an alert back before its time."""
    if alert.made_by_id != by.id and not has_role("swpa"):
        raise NotAllowed(_("An alert is taken back by whoever raised it, or by the senior adviser."))
    with transaction.atomic():
        record("evidence:alert:end", objects=[alert.id], sensitivity="S1")
        alert.delete()


def forget_alerts() -> None:
    """Take alerts that are over out of the table, in every mission; nobody could read them any more, nor learns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.forget_alerts()")


def _check_step(flash: Flash, after: str) -> None:
    if problem := rules.step_problem(flash.state, after):
        raise NotNow(problem)


def _columns(written: Draft, incident: Incident | None) -> dict[str, object]:
    """The columns of a draft; its compartment is at least that of its incident."""
    columns = {name: value for name, value in asdict(written).items() if name not in ("update_hours", "other_event")}
    columns |= {name: sorted(set(columns[name])) for name in ("forms", "triggers", "addressees")}
    columns |= {name: str(columns[name]).strip() for name in rules.TEXTS}
    columns["next_update_due"] = clock.now() + timedelta(hours=written.update_hours)
    columns["compartment"] = sorted({*rules.walls(written.party_category), *(incident.compartment if incident else [])})
    return columns


def _problems(by: Person, written: Draft) -> tuple[dict[str, str], str]:
    """What is missing or may not be said, by field; and the province of the district."""
    problems = _codes({
        "forms": ("crsv_form", written.forms), "party_category": ("party_category", [written.party_category]),
        "triggers": ("flash_trigger", written.triggers), "care_72h": ("yes_no_unknown", [written.care_72h]),
    })  # fmt: skip
    area = queries.province_of(for_user=by, adm2=written.adm2)
    if not area:
        problems["adm2"] = _("Choose the district.")
    if not written.forms:
        problems["forms"] = _("Choose at least one form of violence.")
    if not any(getattr(written, group) for group in rules.GROUPS):
        problems["women"] = _("Give at least one number; where nothing is known of age and sex, under unknown.")
    if not written.addressees or set(written.addressees) - set(rules.ADDRESSEES):
        problems["addressees"] = _("Choose to whom it goes.")
    if str(written.update_hours) not in rules.UPDATE_HOURS:
        problems["update_hours"] = _("Choose when the next update is due.")
    if written.received_at > clock.now() + timedelta(minutes=5):
        problems["received"] = _("This time lies in the future.")
    texts = {name: getattr(written, name) for name in rules.TEXTS}
    problems |= {name: _("At most 500 characters.") for name, text in texts.items() if len(text) > 500}
    return problems | rules.check_texts(texts, queries.known_names(for_user=by)), area


def _codes(asked: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, str]:
    return {name: _("Choose one of the list.") for name, (codes, values) in asked.items() if set(values) - set(vocabulary.codes(codes))}
