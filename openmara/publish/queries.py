"""The only place that reads builds, texts and what a report is made of. What is not open does not exist."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara import vocabulary
from openmara.activities import registers
from openmara.errors import NotFound, NotNow, NotValid
from openmara.evidence import queries as evidence
from openmara.indicators import queries as indicators
from openmara.indicators.models import IndicatorValue, Snapshot
from openmara.parties import queries as parties
from openmara.places import boundaries
from openmara.places import queries as places
from openmara.publish import figures, permissions, sections, tables
from openmara.publish.models import Narrative, ReportBuild
from openmara.publish.tables import Delay, Share, Timing
from openmara.security.actions import record
from openmara.security.models import Mission, Person
from openmara.security.permissions import has_role
from openmara.security.queries import Waiting

PAGE = 20
FRAMES = ("incidents", "verification_steps")
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
REGISTERS = {
    "patrols": ("IND-PREV-01", {"": (), "force": ("force",)}),
    "trained": ("IND-TRN-01", {"": (), "component.sex": ("component", "sex")}),
    "institutions": ("IND-SSR-01", {"": (), "institution": ("institution",)}),
}


@dataclass(frozen=True)
class Page:
    """One page of builds by key, newest first ('' = no page that way)."""

    rows: Sequence[ReportBuild]
    after: str
    before: str


@dataclass(frozen=True)
class Text:
    """A section's text in one language: the newest edit, or none."""

    section: str
    title: str
    by_hand: bool
    text: str
    written: Narrative | None


@dataclass(frozen=True)
class Facts:
    """What a report needs of the database, read in one short transaction; the counting comes after."""

    material: figures.Material
    frames: Mapping[str, Path]


def folder_of(build: ReportBuild) -> Path:
    return Path(settings.DATA_FOLDER) / "builds" / str(build.id)


def builds(*, for_user: Person, after: str = "", before: str = "") -> Page:
    permissions.check_can_read()
    rows = ReportBuild.objects.select_related("snapshot", "asked_by__name").order_by("-asked_at", "-id")
    if not permissions.can_build():
        rows = rows.exclude(audience="named") if not has_role("hom") else rows
    if after or before:
        moment, ident = _read_key(after or before)
        compare = "<" if after else ">"
        rows = rows.extra(where=[f"(asked_at, publish_reportbuild.id) {compare} (%s, %s)"], params=[moment, ident])
    found = list((rows.order_by("asked_at", "id") if before else rows)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    found = found[::-1] if before else found
    first, last = (_key(found[0]), _key(found[-1])) if found else ("", "")
    return Page(found, last if (more or before) else "", first if (after or (before and more)) else "")


def _key(build: ReportBuild) -> str:
    return f"{build.asked_at.isoformat()}~{build.id}"


def _read_key(key: str) -> tuple[str, uuid.UUID]:
    moment, _cut, ident = key.partition("~")
    try:
        datetime.fromisoformat(moment)
        return moment, uuid.UUID(ident)
    except ValueError:
        raise NotValid(_("This address is not a page of the list. Start again from its first page.")) from None


def find_build(*, for_user: Person, key: uuid.UUID) -> ReportBuild:
    permissions.check_can_read()
    found = ReportBuild.objects.select_related("snapshot", "asked_by__name").filter(id=key).first()
    if found is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    permissions.check_can_open(found)
    return found


def read_file(*, for_user: Person, build: ReportBuild, kind: str) -> tuple[Path, str]:
    """A finished file and its type, if it is still the one that was written."""
    permissions.check_can_open(build)
    if kind not in KINDS or kind not in build.files:
        raise NotFound(_("There is no such file."))
    path = folder_of(build) / f"report.{kind}"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != build.files[kind]["sha256"]:
        raise NotNow(_("The file on disk is not the one that was built. Build the report again."))
    record("publish:file:read", objects=[build.id], sensitivity="S1", purpose=kind)
    return path, KINDS[kind]


def touching(*, for_user: Person, quarters: Sequence[str]) -> list[tuple[str, str, str, str, datetime]]:
    """(kind, name, quarter, address, moment) of every finished build of these quarters that is open to the person, the newest first."""
    code = for_user.active_mission.code  # type: ignore[attr-defined]  # carried by the view
    rows = ReportBuild.objects.filter(quarter__in=quarters, state="done").defer("measures", "changes").order_by("-finished_at", "-id")
    rows = rows if permissions.can_build() else rows.exclude(audience="named")
    kind = _("Quarterly report")
    return [(kind, one.language, one.quarter, reverse("release", args=[code, one.id]), one.finished_at or one.asked_at) for one in rows]


def changed_since(*, for_user: Person, build: ReportBuild) -> bool:
    """Whether a verification that counted in the build's quarter was taken back after its figures were taken."""
    moment = evidence.changed_at(for_user=for_user).get(build.quarter)
    taken = build.snapshot.taken_at if build.snapshot else build.asked_at
    return moment is not None and moment > taken


def latest_snapshot(*, for_user: Person) -> Snapshot | None:
    return indicators.latest_snapshot(for_user=for_user)


def quarters(*, for_user: Person) -> list[str]:
    """Quarters that can be reported on, the newest first."""
    snapshot = latest_snapshot(for_user=for_user)
    return sorted((snapshot.rows or {}).get("quarters", []), reverse=True) if snapshot else []


def previous(build: ReportBuild) -> ReportBuild | None:
    """The finished build before this one, of the same quarter, language and audience."""
    same = ReportBuild.objects.filter(quarter=build.quarter, language=build.language, audience=build.audience, state="done")
    return same.exclude(id=build.id).order_by("-finished_at").first()


def latest_measures(*, for_user: Person, quarter: str, language: str) -> dict[str, dict[str, object]]:
    """Measures of the newest finished build of a quarter; exact ones only for those who may open them."""
    rows = ReportBuild.objects.filter(quarter=quarter, language=language, state="done").exclude(audience="named")
    found = rows.order_by("-finished_at").first()
    return dict(found.measures) if found else {}


def texts(*, for_user: Person, quarter: str, language: str) -> list[Text]:
    """The twelve sections with their newest text."""
    permissions.check_can_read()
    newest = _newest(quarter, language)
    return [
        Text(
            number, sections.title(number, language), sections.is_by_hand(number),
            newest[number].text if number in newest else "", newest.get(number),
        )
        for number in sections.NUMBERS
    ]  # fmt: skip


def cases(*, for_user: Person, quarter: str) -> Sequence[tuple[str, str]]:
    """Reference and text of verified cases that may be told in section 5, for those who write it. Source: docs/reference/rules.md, V9."""
    if not permissions.can_build():
        return []
    found = evidence.cleared_for_release(for_user=for_user, quarter_months=tables.bounds(quarter))
    if found:
        record("publish:case:offer", sensitivity="S2", purpose=quarter)
    return found


def _newest(quarter: str, language: str) -> dict[str, Narrative]:
    rows = Narrative.objects.filter(quarter=quarter, language=language).select_related("written_by__name").order_by("written_at", "id")
    return {row.section: row for row in rows}


def facts(*, for_user: Person, mission: Mission, build: ReportBuild, snapshot: Snapshot) -> Facts:
    """Read everything a report is made of but the counts."""
    lang, quarter = build.language, build.quarter
    values = _values(snapshot, quarter)
    areas = list(places.areas(1, for_user=for_user))
    names = places.area_names(for_user=for_user, lang=lang)
    outlines = boundaries.svg_paths(
        [boundaries.AreaRecord(1, one.pcode, {}, None, one.boundary, boundaries.bbox(one.boundary), None) for one in areas if one.boundary],
        1000, 700,
    )  # fmt: skip
    last = tables.bounds(quarter)[1]
    rows = tables.Rows(tuple(one.pcode for one in areas), (), (), (), {one.code: one.category for one in parties.parties(for_user=for_user)})
    material = figures.Material(
        quarter=quarter, lang=lang, audience=build.audience, as_of=snapshot.as_of.astimezone(ZoneInfo(mission.zone)).date(),
        mission=mission.name_fr if lang == "fr" else mission.name_en, synthetic=mission.synthetic,
        counts=tables.Counts({}, {}, {}, ""), timing=_timing(values), rows=rows, area_names=names,
        party_names=parties.party_names(for_user=for_user, lang=lang, on=last), institution_names=_institutions(lang),
        registers=_registers(values), outlines=tuple(outlines),
        written={one.section: one.text for one in texts(for_user=for_user, quarter=quarter, language=lang)},
    )  # fmt: skip
    folder = Path(settings.DATA_FOLDER) / "frames" / mission.code / str(snapshot.id)
    found = {name: folder / f"{name}.parquet" for name in FRAMES}
    if not all(path.is_file() for path in found.values()):
        raise NotNow(_("The data of the latest figures are not on this machine any more. Compute the figures again."))
    return Facts(material, found)


def rows_of(counts: tables.Counts, quarter: str, rows: tables.Rows) -> tables.Rows:
    """The rows each table prints: what holds anything in the quarter, in the order of the code lists."""

    def ordered(name: str, breakdown: str) -> tuple[str, ...]:
        there, codes = counts.codes(quarter, breakdown), vocabulary.codes(name)
        return (*(code for code in codes if code in there), *sorted(there - set(codes)))

    named = {key[3] for key in counts.incidents if key[:3] == (quarter, "verified", "party")}
    order = [*sorted(set(rows.parties) & named), *sorted(named - set(rows.parties))]
    areas = (*rows.areas, *sorted(counts.codes(quarter, "area") - set(rows.areas)))
    return tables.Rows(
        areas, ordered("crsv_form", "form"), ordered("displacement_context", "displacement"), ordered("party_category", "category"),
        {code: rows.parties.get(code, "unknown") for code in order},
    )  # fmt: skip


Values = Mapping[tuple[str, str, str], IndicatorValue]


def _values(snapshot: Snapshot, quarter: str) -> Values:
    rows = IndicatorValue.objects.filter(snapshot=snapshot, quarter=quarter, basis="as_reported")
    return {(row.indicator, row.breakdown, row.code): row for row in rows}


def _share(row: IndicatorValue | None) -> Share:
    return Share(int(row.numerator or 0), int(row.denominator or 0)) if row else Share(0, 0)


def _timing(values: Values) -> Timing:
    delay = values.get(("IND-PROT-08", "", ""))
    median = None if delay is None or delay.value is None else float(delay.value)
    known, excluded = (int(delay.numerator or 0), delay.excluded) if delay else (0, 0)
    return Timing(
        Delay(median, known, excluded), _share(values.get(("IND-PROT-09", "", ""))), _share(values.get(("IND-PROT-10", "", "")))
    )


def _registers(values: Values) -> dict[str, dict[tuple[tuple[str, str], ...], Share]]:
    found: dict[str, dict[tuple[tuple[str, str], ...], Share]] = {name: {} for name in REGISTERS}
    for (indicator, breakdown, code), row in sorted(values.items()):
        for name, (wanted, breakdowns) in REGISTERS.items():
            if indicator == wanted and breakdown in breakdowns:
                codes = tuple(zip(breakdowns[breakdown], code.split("."), strict=False)) if breakdown else ()
                found[name][codes] = _share(row)
    return found


@cache
def _institutions(lang: str) -> dict[str, str]:
    found = registers.find("ssr_institution")
    return {one.code: one.label.get(lang, one.code) for one in found.form.by_name["institution"].choices} if found else {}


def waiting_for(*, for_user: Person) -> list[Waiting]:
    """Builds of mine that failed, and drafts made before the newest figures."""
    if not permissions.can_build():
        return []
    newest: dict[tuple[str, str, str], ReportBuild] = {}
    for build in ReportBuild.objects.exclude(state="cancelled").defer("measures", "changes").order_by("asked_at", "id"):
        newest[(build.quarter, build.language, build.audience)] = build
    failed = [one for one in newest.values() if one.state == "failed" and one.asked_by_id == for_user.id]
    snapshot = latest_snapshot(for_user=for_user)
    stale = [one for one in newest.values() if one.state == "done" and snapshot and one.snapshot_id != snapshot.id]
    href = reverse("releases", args=[for_user.active_mission.code])  # type: ignore[attr-defined]  # carried, see contract of home
    said = (
        (failed, ngettext("Report of yours that was not built", "Reports of yours that were not built", len(failed))),
        (stale, ngettext("Report made before the newest figures", "Reports made before the newest figures", len(stale))),
    )
    return [Waiting(label, len(rows), min(row.asked_at for row in rows), href) for rows, label in said if rows]
