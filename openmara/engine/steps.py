"""Reads a text of named SQL steps; each step is one SELECT that later steps may use by name."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from openmara.engine.refusals import BadSteps, NotSelect, UnknownStep

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
HEADER = re.compile(r"^--[ \t]*step:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
# DuckDB 2 types `with x as (insert … returning …) select …` and `describe` as SELECT; the parse tree tells them apart.
NOT_READING = re.compile(r"(INSERT|UPDATE|DELETE|MERGE)\w*_NODE\Z|SHOW_REF\Z")


@dataclass(frozen=True)
class Step:
    """One named SELECT and the parameters it asks for."""

    name: str
    sql: str
    parameters: frozenset[str]


def read(path: Path) -> tuple[Step, ...]:
    """Read the steps of one `.sql` file."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Step, ...]:
    """Split a text at its `-- step: name` lines; the names come from the text and nowhere else."""
    headers = list(HEADER.finditer(text))
    if not headers:
        raise BadSteps("There is no step: start each with a line '-- step: name'.")
    if _has_sql(text[: headers[0].start()]):
        raise BadSteps("There is SQL before the first '-- step: name' line.")
    ends = [header.start() for header in headers[1:]] + [len(text)]
    steps = [_step(h.group(1), text[h.end() : end]) for h, end in zip(headers, ends, strict=True)]
    names = [step.name for step in steps]
    for name in names:
        if names.count(name) > 1:
            raise BadSteps(f"The step '{name}' is there twice.")
    return tuple(steps)


def find(steps: Sequence[Step], name: str) -> Step:
    """The step of that name, or a refusal that lists the names there are."""
    for step in steps:
        if step.name == name:
            return step
    raise UnknownStep(f"There is no step '{name}'. Steps: {', '.join(step.name for step in steps)}.")


def show(step: Step) -> str:
    """The step alone, as text that can be read, kept and parsed again."""
    return f"-- step: {step.name}\n{step.sql};\n"


def _step(name: str, body: str) -> Step:
    if not NAME.match(name):
        raise BadSteps(f"'{name}' is no step name: use a-z, 0-9 and _, starting with a letter.")
    try:
        statements = duckdb.extract_statements(body)
    except duckdb.Error as error:
        raise BadSteps(f"Step '{name}' is not valid SQL: {error}") from None
    if len(statements) != 1:
        raise NotSelect(f"Step '{name}' must be one SELECT; it holds {len(statements)} statements.")
    sql = body.strip().rstrip(";").rstrip()
    if statements[0].type != duckdb.StatementType.SELECT or not _only_reads(sql):
        raise NotSelect(f"Step '{name}' must be a SELECT that only reads.")
    return Step(name=name, sql=sql, parameters=frozenset(statements[0].named_parameters))


@lru_cache(maxsize=1024)  # a run looks at every step again, and the same text gives the same answer
def _only_reads(sql: str) -> bool:
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute("select json_serialize_sql($sql::varchar)", {"sql": sql}).fetchall()
    tree = json.loads(rows[0][0])
    return not tree["error"] and not _does_more(tree)


def _does_more(node: object) -> bool:
    """Whether any node of a parse tree changes data or describes the database."""
    if isinstance(node, dict):
        kind = node.get("type")
        if isinstance(kind, str) and NOT_READING.match(kind):
            return True
        return any(_does_more(child) for child in node.values())
    return isinstance(node, list) and any(_does_more(child) for child in node)


def _has_sql(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("--") for line in lines)
