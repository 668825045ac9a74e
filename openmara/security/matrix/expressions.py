"""A condition of SQL taken apart: every operand of `and` and `or`, wherever it stands, and how to leave it out.

Works on text as PostgreSQL prints it (pg_get_expr sets every bracket) and on our own functions, where `and` binds before `or`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r"'(?:[^']|'')*'|\$\$|--[^\n]*|[A-Za-z_][A-Za-z_0-9]*|[()\[\];,]|\s+|.", re.DOTALL)
ENDS = {"then", "elsif", "begin", "loop", "order", "limit", "group", "where", "on", "from", "select", "when", "else", "end", "union", "join", "for", "returning", "set",
        "having", "using", "into", "if", "return", "case"}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing changed in a text."""

    what: str
    text: str


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(found.group(), found.start(), found.end()) for found in TOKEN.finditer(text)]


def _spans(text: str) -> Iterator[tuple[list[tuple[str, int, int]], int, int]]:
    """Runs of tokens at one depth, cut where a clause begins: each may hold operands joined by and/or."""
    stack: list[tuple[int, list[tuple[str, int, int]]]] = [(0, [])]
    for token, start, end in _tokens(text):
        word = token.lower()
        if word in ("(", "["):
            stack[-1][1].append((token, start, end))
            stack.append((end, []))
        elif word in (")", "]") and len(stack) > 1:
            begun, run = stack.pop()
            yield run, begun, start
            stack[-1][1].append((token, start, end))
        elif (word in ENDS and _last(stack[-1][1]) != "distinct") or word in (";", ","):
            begun, run = stack.pop()
            yield run, begun, start
            stack.append((end, []))
        else:
            stack[-1][1].append((token, start, end))
    while stack:
        begun, run = stack.pop()
        yield run, begun, len(text)


def _last(run: list[tuple[str, int, int]]) -> str:
    """The word before: `is distinct from` joins, other words `from` begin a clause."""
    return next((token.lower() for token, _start, _end in reversed(run) if not token.isspace()), "")


def _joined(run: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The and/or words of a run; the `and` of between, and what stands in strings, are none."""
    found, between = [], False
    for token, start, end in run:
        word = token.lower()
        between = between or word == "between"
        if word in ("and", "or"):
            if word == "and" and between:
                between = False
            else:
                found.append((word, start, end))
    return found


def changes(text: str) -> Iterator[Change]:
    """Every operand left out, and every `and` turned to `or` and back."""
    for run, begun, ended in _spans(text):
        words = _joined(run)
        if not words:
            continue
        edges = [(begun, words[0][1]), *((a[2], b[1]) for a, b in zip(words, words[1:], strict=False)), (words[-1][2], ended)]
        for number, (start, end) in enumerate(edges):
            operand = " ".join(text[start:end].split())
            if operand in ("true", "(true)"):
                continue
            near = {words[at][0] for at in (number - 1, number) if 0 <= at < len(words)}
            neutral = "true" if "and" in near else "false"
            yield Change(f"without {operand}", f"{text[:start]} {neutral} {text[end:]}")
        told = [" ".join(text[start:end].split()) in ("true", "(true)") for start, end in edges]
        for number, (word, start, end) in enumerate(words):
            if told[number] or told[number + 1]:
                continue  # with `true` beside it this is the whole condition opened, which is tried anyway
            other = "or" if word == "and" else "and"
            after = " ".join(text[end : end + 60].split())
            yield Change(f"{other} {after}", f"{text[:start]}{other}{text[end:]}")


def without_role(text: str) -> Iterator[Change]:
    """Every role left out of every list of roles."""
    for place, found in enumerate(re.finditer(r"ARRAY\[([^\]]*)\]", text, re.IGNORECASE), 1):
        names = [one.strip() for one in found.group(1).split(",")]
        if len(names) > 1:
            for name in names:
                kept = ", ".join(one for one in names if one != name)
                yield Change(f"no role {_code(name)} in list {place}", f"{text[: found.start(1)]}{kept}{text[found.end(1) :]}")


def with_role(text: str, roles: list[str]) -> Iterator[Change]:
    """Every role added to every list that lacks it."""
    for place, found in enumerate(re.finditer(r"ARRAY\[([^\]]*)\]", text, re.IGNORECASE), 1):
        for role in roles:
            if f"'{role}'" not in found.group(1):
                yield Change(f"also role {role} in list {place}", f"{text[: found.end(1)]}, '{role}'::text{text[found.end(1) :]}")


def _code(literal: str) -> str:
    return literal.split("'")[1]


def lower_floor(text: str) -> Iterator[Change]:
    """The class asked for, one lower and one higher."""
    for found in re.finditer(r"(clearance\(\).*?>= )(\d)", text):
        for level in (int(found.group(2)) - 1, int(found.group(2)) + 1):
            yield Change(f"class {level}", f"{text[: found.start(2)]}{level}{text[found.end(2) :]}")
