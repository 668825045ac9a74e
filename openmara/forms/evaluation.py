"""Evaluates a parsed expression over answers, with the meaning XForms gives it.

A blank answer is an empty string; arithmetic with a blank or unknown number is not a number, so it stays blank
and every order comparison with it is false. Dates compare as days, as in JavaRosa.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from openmara.forms.expression import Call, Literal, Node, Operation, Reference, parse

Result = str | float | bool | date
Lookup = Callable[[str], object]

_LONGEST_MATCHED = 500
_EPOCH = date(1970, 1, 1).toordinal()
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def evaluate(text: str, lookup: Lookup, today: date) -> Result:
    """Return the value of an expression; `lookup('')` gives the question's own answer."""
    return _Evaluation(lookup, today).value(parse(text))


def holds(text: str, lookup: Lookup, today: date) -> bool:
    """Say whether a condition is true."""
    return as_boolean(evaluate(text, lookup, today))


def as_result(answer: object) -> Result:
    """Turn a clean answer into what an expression sees."""
    if answer is None:
        return ""
    if isinstance(answer, bool | str | date):
        return answer
    if isinstance(answer, int | float | Decimal):
        return float(answer)
    if isinstance(answer, Sequence):
        return " ".join(str(code) for code in answer)
    raise TypeError(f"an answer cannot be a {type(answer).__name__}")


def as_number(value: Result) -> float:
    """Return the XPath number of a value; not a number where there is none."""
    if isinstance(value, date):
        return float(value.toordinal() - _EPOCH)
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", value) else math.nan
    return float(value)


def as_text(value: Result) -> str:
    """Return the XPath string of a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def as_boolean(value: Result) -> bool:
    """Return the XPath boolean of a value: an empty string, zero and not-a-number are false."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return True if isinstance(value, date) else bool(value)


class _Evaluation:
    """One evaluation of one tree."""

    def __init__(self, lookup: Lookup, today: date) -> None:
        self._lookup = lookup
        self._today = today

    def value(self, node: Node) -> Result:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Reference):
            return as_result(self._lookup(node.name))
        if isinstance(node, Call):
            return self._call(node)
        return self._operation(node)

    def _operation(self, node: Operation) -> Result:
        operator = node.operator
        if operator in ("and", "or"):
            left = as_boolean(self.value(node.left))
            if left is (operator == "or"):
                return left
            return as_boolean(self.value(node.right))
        first, second = self.value(node.left), self.value(node.right)
        if operator in ("=", "!="):
            return _equal(first, second) is (operator == "=")
        if operator in _ORDER:
            return _ORDER[operator](as_number(first), as_number(second))
        return _arithmetic(operator, as_number(first), as_number(second))

    def _call(self, node: Call) -> Result:
        function, arguments = node.function, node.arguments
        if function == "today":
            return self._today
        if function == "if":
            return self.value(arguments[1] if as_boolean(self.value(arguments[0])) else arguments[2])
        first = self.value(arguments[0])
        if function == "not":
            return not as_boolean(first)
        if function == "number":
            return as_number(first)
        if function == "string-length":
            return float(len(as_text(first)))
        if function == "count-selected":
            return float(len(as_text(first).split()))
        if function == "date":
            return date.fromisoformat(as_text(first))
        return self._pair(function, first, self.value(arguments[1]))

    def _pair(self, function: str, first: Result, second: Result) -> Result:
        if function == "coalesce":
            return second if as_text(first) == "" else first
        if function == "selected":
            return as_text(second) in as_text(first).split()
        if function == "starts-with":
            return as_text(first).startswith(as_text(second))
        text = as_text(first)
        return len(text) <= _LONGEST_MATCHED and re.fullmatch(as_text(second), text, re.ASCII) is not None


def _equal(first: Result, second: Result) -> bool:
    if isinstance(first, bool) or isinstance(second, bool):
        return as_boolean(first) == as_boolean(second)
    if isinstance(first, float) or isinstance(second, float):
        return as_number(first) == as_number(second)
    return as_text(first) == as_text(second)


def _arithmetic(operator: str, left: float, right: float) -> float:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if right == 0 or math.isnan(right):
        return math.nan
    return left / right
