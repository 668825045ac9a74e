"""Takes reports from a file: a dry run that names every cell at fault, then all or nothing. The same file twice changes nothing."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import Conflict, NotFound, NotValid
from openmara.evidence import actions, permissions, queries, rules
from openmara.evidence.accounts import TALLY, Account, Known, read_account
from openmara.interop import sources
from openmara.interop.named_places import NamedPlaces, named_places
from openmara.interop.sources import Source
from openmara.interop.tables import Row, Table, Unreadable
from openmara.places import actions as places
from openmara.places.boundaries import AreaRecord
from openmara.security import actions as security
from openmara.security import clock
from openmara.security.models import Mission, Organisation, Person
from openmara.security.permissions import can

KEPT_PROBLEMS = 200
SHOWN = 10
STEP = 100
# Columns whose problems follow from that of another one: said once, at the cause.
FOLLOWS = {"total": TALLY, "total_min": TALLY, "date_to": ("date_from",), "date_reported": ("date_from",)}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class CellProblem:
    """What is wrong at one cell. Says the cell and its heading, never what stands in it."""

    cell: str
    column: str
    message: str
    row: int

    def __str__(self) -> str:
        return f"{self.cell} ({self.column}): {self.message}"


@dataclass(frozen=True)
class Surroundings:
    """What a dry run needs to know of the mission: its codes and the names of its places."""

    known: Known
    places: NamedPlaces


@dataclass(frozen=True)
class DryRun:
    """What a file would bring. `problems` are the first of `problem_count`; `stepped_over` rows have no reference."""

    kind: str
    rows: int
    problems: Sequence[CellProblem]
    problem_count: int
    accounts: Sequence[Account]
    stepped_over: int = 0
    unchanged: int = 0
    areas: Sequence[AreaRecord] = ()
    cells: Mapping[str, tuple[int, str, str]] = field(default_factory=dict)  # reference: row, cell, heading

    @property
    def fresh(self) -> int:
        return len(self.accounts) - self.unchanged


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    kind: str
    rows: int
    added: int
    unchanged: int
    routed: int
    already_on: datetime | None = None


class ImportRefused(NotValid):
    """Cells are at fault; nothing was stored. `dry_run` has them all."""

    code = "import_refused"

    def __init__(self, dry_run: DryRun) -> None:
        count = dry_run.problem_count
        head = ngettext("%(count)s cell is at fault; nothing was stored.", "%(count)s cells are at fault; nothing was stored.", count)
        lines = [head % {"count": count}, *map(str, dry_run.problems[:SHOWN])]
        super().__init__("\n".join(lines), {one.cell: f"{one.column}: {one.message}" for one in dry_run.problems})
        self.dry_run = dry_run


class _Findings:
    """Collects problems: the first two hundred, and how many there are."""

    def __init__(self, table: Table, source: Source) -> None:
        self.table, self.source = table, source
        self.problems: list[CellProblem] = []
        self.count = 0

    def add(self, column: str, row: int, message: str) -> None:
        """`column` is the file's heading; where it has none for it, the whole row is named."""
        self.count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            where = self.table.cell(column, row) if column in self.table.columns else _("row %(number)s") % {"number": row}
            self.problems.append(CellProblem(where, column, message, row))

    def of(self, column: str) -> str:
        """The file's heading behind a column of the template."""
        return self.source.column_of.get(column, column)


def dry_run(
    content: bytes, kind: str, surroundings: Surroundings, today: date, *, encoding: str = "", progress: Progress | None = None
) -> DryRun:
    """Read a file to accounts and problems. Touches no database."""
    source = sources.source(kind)
    table = source.read(content, encoding)
    areas = source.areas(table)
    known = _with_areas(surroundings.known, areas)
    findings = _Findings(table, source)
    accounts: dict[str, Account] = {}
    cells: dict[str, tuple[int, str, str]] = {}
    stepped_over = 0
    for done, row in enumerate(table.rows, start=1):
        if _is_no_record(source, row):
            stepped_over += 1
            continue
        account = _read(row, source, known, surroundings.places, today, findings)
        if account is not None:
            _keep(account, row, accounts, cells, findings)
        if progress and (done % STEP == 0 or done == len(table.rows)):
            progress(_("Checking"), done, len(table.rows))
    rows = len(table.rows) - stepped_over
    return DryRun(kind, rows, findings.problems, findings.count, list(accounts.values()), stepped_over, 0, areas, cells)


def _is_no_record(source: Source, row: Row) -> bool:
    """A row without a reference is no record (closing notes), except in our own template, where it is a mistake."""
    value = row.cells.get(source.key_column)
    return source.kind != "reports" and (value is None or (isinstance(value, str) and not value.strip()))


def _read(row: Row, source: Source, known: Known, named: NamedPlaces, today: date, findings: _Findings) -> Account | None:
    """One account, or None with its problems noted: each cell once."""
    noted: dict[str, str] = {column: value.message for column, value in row.cells.items() if isinstance(value, Unreadable)}
    cells, problems = source.convert(row, named)
    readable = {column: value for column, value in cells.items() if column not in problems}
    account, more = read_account(readable, known, context=source.context)
    if account is not None and not problems:
        more = rules.check_account(account, today)
    problems = more | problems
    causes = set(problems)
    for column, message in problems.items():
        if causes & set(FOLLOWS.get(column, ())) - {column} and column not in noted:
            continue
        noted.setdefault(findings.of(column), message)
    for column, message in noted.items():
        findings.add(column, row.number, message)
    return None if noted else account


def _keep(
    account: Account, row: Row, accounts: dict[str, Account], cells: dict[str, tuple[int, str, str]], findings: _Findings
) -> None:
    """Each reference once in a file; the message names the earlier cell."""
    heading = findings.of("their_reference")
    if account.their_reference in accounts:
        message = _("The same reference as in %(cell)s.") % {"cell": cells[account.their_reference][1]}
        findings.add(heading, row.number, message)
        return
    accounts[account.their_reference] = account
    cells[account.their_reference] = (row.number, findings.table.cell(heading, row.number), heading)


def _with_areas(known: Known, areas: Sequence[AreaRecord]) -> Known:
    """The mission's codes together with those a file brings itself."""
    if not areas:
        return known
    first = known.adm1 | {one.pcode for one in areas if one.level == 1}
    second = {one.pcode: one.parent_pcode or "" for one in areas if one.level == 2} | dict(known.adm2)
    return replace(known, adm1=first, adm2=second)


def surroundings(*, for_user: Person) -> Surroundings:
    return Surroundings(queries.known(for_user=for_user), named_places(for_user=for_user))


def check(
    *, by: Person, kind: str, content: bytes, organisation: str = "", encoding: str = "", progress: Progress | None = None
) -> DryRun:
    """A dry run against what the mission holds already: what is new, what is there, what contradicts."""
    permissions.check_can_report()
    security.record("interop:file:check", sensitivity="S2", purpose=kind[:80])
    office = find_organisation(for_user=by, kind=kind, code=organisation, must_exist=False)
    found = dry_run(content, kind, surroundings(for_user=by), clock.today(), encoding=encoding, progress=progress)
    return compare(found, queries.content_hashes(for_user=by, organisation=office, references=list(found.cells)) if office else {})


def compare(found: DryRun, stored: Mapping[str, bytes]) -> DryRun:
    """References that came before: the same content is unchanged, other content is a problem of its cell."""
    unchanged, problems = 0, list(found.problems)
    count = found.problem_count
    for account in found.accounts:
        before = stored.get(account.their_reference)
        if before is None:
            continue
        if before == account.sha256():
            unchanged += 1
            continue
        count += 1
        row, cell, heading = found.cells[account.their_reference]
        message = _("This reference was sent before with other content. Give the correction a reference of its own.")
        if len(problems) < KEPT_PROBLEMS:
            problems.append(CellProblem(cell, heading, message, row))
    return replace(found, problems=problems, problem_count=count, unchanged=unchanged)


def find_organisation(*, for_user: Person, kind: str, code: str = "", must_exist: bool = True) -> Organisation | None:
    """The organisation whose reports these are: the one named, that of the mapping, or the person's own."""
    wanted = code or sources.source(kind).organisation
    found = queries.organisation(for_user=for_user, code=wanted) if wanted else queries.own_organisation(for_user=for_user)
    if found is None and must_exist:
        raise NotFound(_("There is no organisation `%(code)s` in this mission. The senior adviser can add it.") % {"code": wanted or "?"})
    return found


def _organisation(by: Person, mission: Mission, kind: str, code: str) -> Organisation:
    """As above; a person who may add organisations adds the one that the mapping describes."""
    source = sources.source(kind)
    described = source.organisation_name if not code or code == source.organisation else {}
    found = find_organisation(for_user=by, kind=kind, code=code, must_exist=not (described and can("security_organisation", "insert")))
    permissions.check_may_file_for(by, found)
    if found is None:
        found = security.add_organisation(
            by=by, mission=mission, code=source.organisation, name_en=described["en"], name_fr=described["fr"]
        )
    return found


def take(
    *, by: Person, mission: Mission, kind: str, content: bytes, organisation: str = "", encoding: str = "",
    progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Take in a whole file or nothing. A file that came before, byte for byte, changes nothing and says when it came."""
    permissions.check_can_report()
    digest = hashlib.sha256(content).digest()
    before = queries.batch(for_user=by, kind=kind, file_sha256=digest)
    if before is not None:
        return Outcome(kind, before.rows, 0, before.rows, 0, before.recorded_at)
    found = check(by=by, kind=kind, content=content, organisation=organisation, encoding=encoding, progress=progress)
    if found.problem_count:
        raise ImportRefused(found)
    total = found.fresh
    store: Callable[[int], None] | None = (lambda done: progress(_("Storing"), done, total)) if progress else None
    try:
        with transaction.atomic():
            office = _organisation(by, mission, kind, organisation)
            if found.areas:
                places.load_areas(by=by, mission=mission, records=found.areas, provisional=True)
            done = actions.take_in(
                by=by, mission=mission, organisation=office, accounts=found.accounts, kind=kind, file_sha256=digest,
                context_only=sources.source(kind).context, progress=store,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(_("Some of these references are in use already. Ask the senior adviser.")) from None
    return Outcome(kind, found.rows, len(done.added), done.unchanged, done.routed)
