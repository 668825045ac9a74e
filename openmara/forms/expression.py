"""The part of XPath that XLSForm authors use, read into a small tree; anything else is refused.

Source: ODK XForms specification (XPath 1.0 operators, `selected`, `if`, `coalesce`, `count-selected`, `regex`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

LONGEST = 2000

ARGUMENTS: dict[str, tuple[int, int]] = {
    "coalesce": (2, 2),
    "count-selected": (1, 1),
    "date": (1, 1),
    "if": (3, 3),
    "not": (1, 1),
    "number": (1, 1),
    "regex": (2, 2),
    "selected": (2, 2),
    "starts-with": (2, 2),
    "string-length": (1, 1),
    "today": (0, 0),
}
"""The functions that may be called, with the fewest and the most arguments."""

_TOKENS = re.compile(
    r"""\s*(?:
      (?P<ref>\$\{\s*[A-Za-z_][\w.-]*\s*\})
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<string>'[^']*'|"[^"]*")
    | (?P<name>[A-Za-z_][\w-]*)
    | (?P<sign><=|>=|!=|[=<>+\-*(),.])
    )""",
    re.VERBOSE,
)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div"}),
)
_REPEATED_GROUP = re.compile(r"\)[*+{]")


class ExpressionRefused(ValueError):
    """An expression is outside the supported part of XPath."""


@dataclass(frozen=True)
class Literal:
    """A number or a string written in the expression."""

    value: float | str


@dataclass(frozen=True)
class Reference:
    """The answer to another question: `${name}`; an empty name is the question itself: `.`"""

    name: str


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Operation:
    """Two sides joined by an operator."""

    operator: str
    left: Node
    right: Node


Node = Literal | Reference | Call | Operation


@lru_cache(maxsize=2048)
def parse(text: str) -> Node:
    """Read an expression, or refuse it saying what is not supported."""
    if len(text) > LONGEST:
        raise ExpressionRefused(f"is longer than {LONGEST} characters")
    parser = _Parser(_tokens(text))
    try:
        node = parser.level(0)
    except RecursionError as error:
        raise ExpressionRefused("is nested too deeply") from error
    if parser.kind != "end":
        raise ExpressionRefused(f"cannot be read from {parser.token!r} on")
    return node


def walk(node: Node) -> tuple[Node, ...]:
    """Return a node and everything below it."""
    below: tuple[Node, ...] = ()
    if isinstance(node, Call):
        below = node.arguments
    elif isinstance(node, Operation):
        below = (node.left, node.right)
    return (node, *(found for child in below for found in walk(child)))


def references(text: str) -> tuple[str, ...]:
    """Return the names an expression looks at; an empty name stands for the question itself."""
    return tuple(node.name for node in walk(parse(text)) if isinstance(node, Reference))


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKENS.match(text, position)
        if match is None:
            raise ExpressionRefused(f"has {text[position:].strip()[:12]!r}, which is not supported")
        found.append((str(match.lastgroup), match.group().strip()))
        position = match.end()
    return [*found, ("end", "the end")]


class _Parser:
    """Reads tokens from the loosest operator to the tightest."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def token(self) -> str:
        return self._tokens[self._at][1]

    def take(self) -> str:
        token = self.token
        self._at += 1
        return token

    def expect(self, sign: str) -> None:
        if self.kind == "end" or self.token != sign:
            raise ExpressionRefused(f"needs {sign!r} before {self.token!r}")
        self.take()

    def level(self, depth: int) -> Node:
        if depth == len(_LEVELS):
            return self.signed()
        node = self.level(depth + 1)
        while self.kind in ("sign", "name") and self.token in _LEVELS[depth]:
            node = Operation(self.take(), node, self.level(depth + 1))
        return node

    def signed(self) -> Node:
        if self.kind == "sign" and self.token == "-":
            self.take()
            return Operation("-", Literal(0.0), self.signed())
        return self.single()

    def single(self) -> Node:
        kind = self.kind
        if kind == "number":
            return Literal(float(self.take()))
        if kind == "string":
            return Literal(self.take()[1:-1])
        if kind == "ref":
            return Reference(self.take()[2:-1].strip())
        if kind == "name":
            return self.call()
        if kind == "sign" and self.token == ".":
            self.take()
            return Reference("")
        if kind == "sign" and self.token == "(":
            self.take()
            node = self.level(0)
            self.expect(")")
            return node
        raise ExpressionRefused(f"has {self.token!r} where a value is needed")

    def call(self) -> Node:
        function = self.take()
        if self.kind == "end" or self.token != "(":
            raise ExpressionRefused(f"has {function!r}, which is neither a function nor an operator here")
        if function not in ARGUMENTS:
            raise ExpressionRefused(f"calls {function}(), which is not supported")
        self.take()
        arguments: list[Node] = []
        while self.token != ")" or self.kind != "sign":
            if arguments:
                self.expect(",")
            arguments.append(self.level(0))
        self.take()
        fewest, most = ARGUMENTS[function]
        if not fewest <= len(arguments) <= most:
            raise ExpressionRefused(f"calls {function}() with {len(arguments)} arguments instead of {fewest}")
        call = Call(function, tuple(arguments))
        _check_call(call)
        return call


def _check_call(call: Call) -> None:
    """Refuse calls whose fixed part cannot work, so that they fail when read and not in the field."""
    if call.function == "selected" and not isinstance(call.arguments[0], Reference):
        raise ExpressionRefused("calls selected() on something that is not a question")
    if call.function == "count-selected" and not isinstance(call.arguments[0], Reference):
        raise ExpressionRefused("calls count-selected() on something that is not a question")
    if call.function == "regex":
        _check_pattern(call.arguments[1])
    if call.function == "date":
        _check_date(call.arguments[0])


def _check_pattern(node: Node) -> None:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise ExpressionRefused("calls regex() with a pattern that is not written out")
    if _REPEATED_GROUP.search(node.value):
        raise ExpressionRefused("calls regex() with a repeated group, which can take for ever to match")
    try:
        re.compile(node.value)
    except re.error as error:
        raise ExpressionRefused(f"calls regex() with a pattern that cannot be read: {error}") from error


def _check_date(node: Node) -> None:
    written = str(node.value) if isinstance(node, Literal) else ""
    try:
        is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", written) and date.fromisoformat(written)
    except ValueError:
        is_date = None
    if not is_date:
        raise ExpressionRefused("calls date() with something other than a date written 'YYYY-MM-DD'")
