"""Mutants of the functions that open a context and of those the policies call: each check left out in turn.

Functions that policies call are asked through the cells of a table that needs them. Gates are changed for good in the scratch
database, tried with forged contexts and wrong proofs, and put back.
"""

import re
from collections.abc import Iterator

import psycopg

from openmara.security.matrix import expressions, forged
from openmara.security.matrix.cast import Principal
from openmara.security.matrix.mutants import Bench, Killing, Mutant
from openmara.security.matrix.place import Place
from openmara.security.matrix.world import World

ASKED_BY = {  # function of the keeper → a table whose rights ask it
    "colleague": "security_person", "named": "evidence_incident", "broken": "evidence_incident", "on_case": "evidence_incidenttext",
    "on_report": "evidence_reporttext", "of_child_case": "evidence_report", "opens": "security_named",
    "registers": "activities_registerentry", "on_register": "activities_registertext", "unlocked": "security_grant", "decided": "evidence_decisiontext", "teammate": "security_personname", "open_for": "security_organisation",
    "fresh": "security_recovery", "walled": "evidence_report", "walls_of": "evidence_report",
}  # fmt: skip
GATES = ("claims", "proved", "enter", "enter_as", "open_sign_in", "enter_job")
GUARD = re.compile(r"if [^;]*? then\s+return (?:false|null);\s*end if;", re.IGNORECASE)
# Changes of functions that change no answer: function, pattern, reason.
ARGUED = [
    ("claims", r"raw (is null|= '')|cut = 0", "an empty or cut context has no hash that fits, whatever is looked at first"),
    ("walls_of", r"without p_staff is null", "no staff means no mission, and no row to be walled from"),
    ("opens", r"without [ir]\.mission_id = here", "asked with the caller's own rights, whose walls know one mission"),
    ("claims", r"parts\[1\]", "the first part says the layout and is inside the hash: no other layout is ever signed"),
]


def definitions(connection: psycopg.Connection, name: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select pg_get_functiondef(p.oid), p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec' and p.proname = %s", [name]
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def changes(source: str) -> Iterator[expressions.Change]:
    """Every operand, and every guard that returns nothing."""
    yield from expressions.changes(source)
    for found in GUARD.finditer(source):
        yield expressions.Change(f"no guard {' '.join(found.group().split())}", source[: found.start()] + source[found.end() :])


def of_functions(connection: psycopg.Connection) -> Iterator[Mutant]:
    for name, table in ASKED_BY.items():
        for definition, source in definitions(connection, name):
            for one in changes(source):
                yield Mutant(table, f"function {name}: {one.what}", definition.replace(source, one.text))


def argued(name: str, what: str) -> str | None:
    return next((reason for function, pattern, reason in ARGUED if re.fullmatch(function, name) and re.search(pattern, what)), None)


def run(connection: psycopg.Connection, place: Place, world: World, result: Killing, apart: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Adds to what mutants.run has counted."""
    bench, people = Bench(connection, world, apart), {one.name: one for one in world.principals}
    for mutant in of_functions(connection):
        name = mutant.name.partition(" ")[2].partition(":")[0]
        result.count(mutant.name, bench.notices(mutant) is not None, argued(name, mutant.name))
    forged.prepare(place, people)
    for name in GATES:
        for definition, source in definitions(connection, name):
            for one in changes(source):
                title = f"gate {name}: {one.what}"
                result.count(title, _let_in(connection, place, people, definition, definition.replace(source, one.text)), argued(name, title))


def _let_in(connection: psycopg.Connection, place: Place, people: dict[str, Principal], before: str, after: str) -> bool:
    """Whether the changed gate lets anything in, or does not open any more at all."""
    try:
        connection.execute(after.encode())
        return forged.small(place, people).accepted > 0
    except (psycopg.Error, RuntimeError, AssertionError):
        return True
    finally:
        connection.execute(before.encode())
