"""The only place that writes builds, their files and the texts of a report."""

import contextlib
import hashlib
import logging
import os
import re
import shutil
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from openmara.disclosure import attacker, disclosure
from openmara.errors import Conflict, NotNow, NotValid, Refusal
from openmara.indicators.models import Snapshot
from openmara.publish import (
    builder,
    narratives,
    permissions,
    queries,
    rendering,
    rules,
    sections,
    tables,
)
from openmara.publish.content import Report
from openmara.publish.models import Narrative, ReportBuild
from openmara.publish.queries import Facts
from openmara.publish.rules import Shield
from openmara.security import clock, context
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.sessions import dated_proof

TASK = "publish.build_report"
QUARTER = re.compile(r"20\d\dQ[1-4]\Z")
Entered = Callable[[], AbstractContextManager[Person]]
Progress = Callable[[str, int], None]
UNSAFE = (rules.NotSafe, disclosure.NotProtectable, attacker.AttackUnfinished)
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody cancelled the build while it ran."""


def ask_for_build(
    *, by: Person, mission: Mission, quarter: str, language: str, audience: str = rules.DEFAULT_AUDIENCE
) -> ReportBuild:
    """Ask for a report. The job and its row begin to exist together, or not at all."""
    with transaction.atomic():
        build = _asked(by, mission, quarter, language, audience)
        with connection.cursor() as cursor:
            cursor.execute("select sec.enqueue(%s)", ["build_report"])
            build.job = cursor.fetchone()[0]
        build.save(force_insert=True)
        record("publish:report:ask", objects=[build.id], purpose=audience)
        app.configure_task(TASK).defer(job=str(build.job))
    return build


def _asked(by: Person, mission: Mission, quarter: str, language: str, audience: str) -> ReportBuild:
    problems = {}
    if audience not in rules.AUDIENCES:
        problems["audience"] = _("There is no such audience.")
    permissions.check_can_build(audience)
    known = queries.quarters(for_user=by)
    if not known:
        raise NotNow(_("No figures have been computed yet. Compute the figures first, then build the report."))
    if not QUARTER.match(quarter) or quarter not in known:
        problems["quarter"] = _("There are no figures of this quarter.")
    if language not in sections.LANGUAGES:
        problems["language"] = _("The report is not written in this language yet.")
    if problems:
        raise NotValid(problems=problems)
    same = ReportBuild.objects.filter(quarter=quarter, language=language, audience=audience, state__in=rules.UNFINISHED)
    if same.exists():
        raise Conflict(_("This report is being built already. Follow it, or cancel it first."))
    return ReportBuild(
        mission=mission, quarter=quarter, language=language, audience=audience, asked_by=by, asked_at=clock.now(), step="waiting"
    )


def build_now(
    *, by: Person, mission: Mission, quarter: str, language: str, audience: str = rules.DEFAULT_AUDIENCE, progress: Progress | None = None
) -> ReportBuild:
    """Build at once, in the caller's context, without the queue. The row says whether it worked: `done` or `failed`."""
    with transaction.atomic():
        build = _asked(by, mission, quarter, language, audience)
        build.save(force_insert=True)
        record("publish:report:ask", objects=[build.id], purpose=audience)

    @contextlib.contextmanager
    def entered() -> Iterator[Person]:
        with transaction.atomic():
            yield by

    with translation.override(by.language):
        return _Run(build.id, entered, progress).go()


def build(*, job: uuid.UUID, progress: Progress | None = None) -> ReportBuild | None:
    """Build what a job asks for, in short transactions between which a page shows how far it is. None: nothing to do."""

    @contextlib.contextmanager
    def entered() -> Iterator[Person]:
        with context.job(job):
            with connection.cursor() as cursor:
                cursor.execute("select sec.person(), sec.mission()")
                person_id, mission_id = cursor.fetchone()
            person = Person.objects.get(id=person_id)
            person.active_mission = Mission.objects.get(id=mission_id)  # type: ignore[attr-defined]  # carried, not stored
            yield person

    with entered() as by:
        wanted = ReportBuild.objects.filter(job=job, state="waiting").values_list("id", flat=True).first()
    with translation.override(by.language):
        made = _Run(wanted, entered, progress).go() if wanted else None
    with entered(), connection.cursor() as cursor:
        cursor.execute("select sec.finish_job(%s, %s, %s)", [job, *dated_proof(f"finish|{job}")])
    return made


def cancel_build(*, by: Person, build: ReportBuild) -> ReportBuild:
    """Stop a build that has not finished. What it wrote so far is taken away by the build itself."""
    permissions.check_can_build(build.audience)
    with transaction.atomic():
        held = ReportBuild.objects.select_for_update().get(id=build.id)
        if held.state not in rules.UNFINISHED:
            raise NotNow(_("This build is over already."))
        held.state, held.finished_at = "cancelled", clock.now()
        held.save(update_fields=["state", "finished_at"])
        record("publish:report:cancel", objects=[held.id])
    return held


def write_narrative(*, by: Person, mission: Mission, quarter: str, language: str, section: str, text: str) -> Narrative:
    """Keep a section's text as one more edit; an empty text means the default again. Figures are placeholders, never typed."""
    permissions.check_can_write()
    problems = check_text(by=by, quarter=quarter, language=language, section=section, text=text)
    if problems:
        raise NotValid(problems={"text": " ".join(problems)})
    with transaction.atomic():
        kept = Narrative(
            mission=mission, quarter=quarter, language=language, section=section, text=text.strip(), written_by=by, written_at=clock.now()
        )
        kept.save(force_insert=True)
        record("publish:narrative:write", objects=[kept.id], purpose=section)
    return kept


def check_text(*, by: Person, quarter: str, language: str, section: str, text: str) -> list[str]:
    """What keeps this text out of the report, in words a writer can act on."""
    if not QUARTER.match(quarter) or language not in sections.LANGUAGES or section not in sections.NUMBERS:
        return [_("There is no such section.")]
    if len(text) > narratives.LONGEST:
        return [_("The text is too long.")]
    stored = queries.latest_measures(for_user=by, quarter=quarter, language=language)
    said = {
        "a figure is typed, not taken from a measure": _("“%s” is a typed figure: use a placeholder, or words without numbers."),
        "no such measure": _("There is no placeholder “%s”."),
        "text written by hand holds a figure": _("This section is entered by hand and holds no figures: “%s”."),
    }
    other = _("A brace does not name a placeholder: “%s”.")
    found = narratives.problems(section, text, stored)
    return list(dict.fromkeys(said.get(issue.problem, other) % issue.text for issue in found))


class _Run:
    """One build from its row to its files. Every write is a short transaction in the context that `entered` opens."""

    def __init__(self, key: uuid.UUID, entered: Entered, progress: Progress | None) -> None:
        self.key, self.entered, self.progress = key, entered, progress

    def go(self) -> ReportBuild:
        part: Path | None = None
        try:
            facts, snapshot = self.begin()
            part = queries.folder_of(ReportBuild(id=self.key)).with_suffix(".part")
            return self.finish(part, snapshot, *self.make(facts, part))
        except Cancelled:
            with self.entered():
                return ReportBuild.objects.get(id=self.key)
        except UNSAFE:
            return self.fail(_("Not built: a reader could have worked out small numbers. Nothing was written."))
        except builder.NotBuildable as refusal:
            return self.fail(_("Not built: a text breaks a rule of the report. %s") % refusal)
        except Refusal as refusal:
            return self.fail(str(refusal))
        except Exception as problem:
            place = traceback.extract_tb(problem.__traceback__)[-1]  # where, but never the message: it may repeat content
            log.error("build %s stopped: %s in %s, line %s", self.key, type(problem).__name__, place.name, place.lineno)
            return self.fail(_("The report could not be built. Tell the operator the time of this build."))
        finally:
            if part is not None:
                shutil.rmtree(part, ignore_errors=True)

    def begin(self) -> tuple[Facts, Snapshot]:
        with self.entered() as by:
            held = self.held("reading", 5)
            permissions.check_can_build(held.audience)
            snapshot = queries.latest_snapshot(for_user=by)
            if snapshot is None:
                raise NotNow(_("No figures have been computed yet. Compute the figures first, then build the report."))
            record("publish:report:start", objects=[held.id, snapshot.id], sensitivity="S2")
            mission = Mission.objects.get(id=held.mission_id)
            return queries.facts(for_user=by, mission=mission, build=held, snapshot=snapshot), snapshot

    def held(self, step: str, percent: int) -> ReportBuild:
        """The row, locked, and moved on; refused where somebody cancelled meanwhile."""
        row = ReportBuild.objects.select_for_update().get(id=self.key)
        if row.state not in rules.UNFINISHED:
            raise Cancelled
        row.state, row.step, row.progress = "running", step, percent
        row.save(update_fields=["state", "step", "progress"])
        if self.progress:
            self.progress(step, percent)
        return row

    def say(self, step: str, percent: int) -> None:
        with self.entered():
            self.held(step, percent)

    def make(self, facts: Facts, part: Path) -> tuple[Report, Shield, dict[str, dict[str, object]]]:
        """Count, protect, write: everything that takes time, outside any transaction."""
        self.say("counting", 15)
        material = facts.material
        counts = tables.count(facts.frames, material.quarters)
        material = replace(material, counts=counts, rows=queries.rows_of(counts, material.quarter, material.rows))
        self.say("protecting", 30)
        shield = rules.shield(material.system(), material.k)
        self.say("writing", 50)
        report = builder.build_report(material, shield)
        part.mkdir(parents=True, mode=0o700)
        files: dict[str, dict[str, object]] = {}
        for percent, kind in ((60, "html"), (70, "pdf"), (80, "docx")):
            self.say(kind, percent)
            data = rendering.render(report, kind)
            path = part / f"report.{kind}"
            path.write_bytes(data)
            path.chmod(0o600)
            files[kind] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        return report, shield, files

    def finish(
        self, part: Path, snapshot: Snapshot, report: Report, shield: Shield, files: dict[str, dict[str, object]]
    ) -> ReportBuild:
        """Files appear under their name in the transaction that says so."""
        final = part.with_suffix("")
        try:
            with self.entered():
                row = self.held("storing", 95)
                earlier = queries.previous(row)
                row.snapshot, row.measures, row.files = snapshot, narratives.kept(report.measures), files
                row.changes = narratives.changes(earlier.measures, report.measures, row.language) if earlier else []
                row.protection = shield.summary() | {"audience": row.audience, "compared_with": str(earlier.id) if earlier else ""}
                row.state, row.step, row.progress, row.problem, row.finished_at = "done", "done", 100, "", clock.now()
                os.replace(part, final)
                row.save()
                record("publish:report:build", objects=[row.id, snapshot.id], purpose=row.audience)
        except BaseException:
            shutil.rmtree(final, ignore_errors=True)
            raise
        if self.progress:
            self.progress("done", 100)
        return row

    def fail(self, problem: str) -> ReportBuild:
        with self.entered():
            row = ReportBuild.objects.select_for_update().get(id=self.key)
            if row.state in rules.UNFINISHED:
                row.state, row.problem, row.finished_at = "failed", problem[:200], clock.now()
                row.save(update_fields=["state", "problem", "finished_at"])
                record("publish:report:build", objects=[row.id], outcome="failed")
        return row
