"""What makes a form sound: each rule yields the question it concerns and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openmara.forms.expression import (
    Call,
    ExpressionRefused,
    Literal,
    Node,
    Operation,
    Reference,
    parse,
    references,
    walk,
)
from openmara.forms.form import (
    ANSWERED,
    NUMBERS,
    SELECTS,
    UNKNOWN,
    UNKNOWN_SUFFIX,
    Form,
    Question,
    QuestionType,
)

Problem = tuple[str, str]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_VERSION = re.compile(r"[0-9]{1,12}")
_RESERVED = frozenset({"meta", "start", "end", "deviceid", "instance_id"})


def problems_of(form: Form) -> Iterator[Problem]:
    """Yield every problem of a form; nothing means the form is sound."""
    if not _NAME.fullmatch(form.id):
        yield "form", "has no id of small letters, digits and '_'"
    if not _VERSION.fullmatch(form.version):
        yield "form", "has no version of digits only"
    if not form.answered:
        yield "form", "asks nothing"
    above: dict[str, Question] = {}
    for question in form.survey:
        if question.type is QuestionType.END_GROUP:
            continue
        yield from _naming(question, above)
        yield from _parts(question)
        yield from _expressions(question, above)
        above[question.name] = question


def _naming(question: Question, above: dict[str, Question]) -> Iterator[Problem]:
    name = question.name
    if not _NAME.fullmatch(name) or name in _RESERVED or name.endswith(UNKNOWN_SUFFIX):
        yield name or "a row without a name", "has a name that is not allowed"
    if name in above:
        yield name, "has the name of another row"


def _parts(question: Question) -> Iterator[Problem]:
    """Refuse parts that mean nothing for a type, and free text that is not marked sensitive."""
    name, kind = question.name, question.type
    if (kind is QuestionType.CALCULATE) != bool(question.calculation):
        yield name, "a calculate needs a calculation, and nothing else may have one"
    if kind not in ANSWERED and (question.required or question.constraint):
        yield name, f"a {kind} can be neither required nor constrained"
    if question.may_be_unknown and kind not in NUMBERS:
        yield name, "only a number takes unknown = true; a list states the code 'unknown' itself"
    if question.multiline and kind is not QuestionType.TEXT:
        yield name, "only a text takes multiline = true"
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:  # type: ignore[operator]  # both limits were read for one type
        yield name, "has a min above its max"
    if kind is QuestionType.TEXT and not question.sensitive and not _has_shape(question):
        yield (
            name,
            "is free text: mark it sensitive = true, or give it a shape with regex() in its constraint",
        )


def _has_shape(question: Question) -> bool:
    """A text whose whole answer must match a pattern is a code and not free text."""
    try:
        node = parse(question.constraint) if question.constraint else Literal("")
    except ExpressionRefused:
        return True
    return any(
        isinstance(part, Call) and part.function == "regex" and part.arguments[0] == Reference("")
        for part in _joined_by_and(node)
    )


def _joined_by_and(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation) and node.operator == "and":
        yield from _joined_by_and(node.left)
        yield from _joined_by_and(node.right)
    else:
        yield node


def _expressions(question: Question, above: dict[str, Question]) -> Iterator[Problem]:
    """An expression looks only at questions above it, which keeps every form free of circles."""
    for part in ("relevant", "constraint", "calculation"):
        text = getattr(question, part)
        if not text:
            continue
        try:
            names = references(text)
        except ExpressionRefused as refusal:
            yield question.name, f"{part} {refusal}"
            continue
        for name in names:
            if name == "" and part != "constraint":
                yield question.name, f"{part} uses '.', which only a constraint may"
            elif name and name not in above:
                yield question.name, f"{part} looks at {name}, which is not a question above it"
            elif name and above[name].type not in ANSWERED | {QuestionType.CALCULATE}:
                yield question.name, f"{part} looks at {name}, which has no answer"
        yield from _codes(question, part, parse(text), above)


def _codes(question: Question, part: str, tree: Node, above: dict[str, Question]) -> Iterator[Problem]:
    """A code compared with a choice question must be one of its choices, or the condition is never true."""
    for node in walk(tree):
        if isinstance(node, Call) and node.function == "selected":
            sides = node.arguments
        elif isinstance(node, Operation) and node.operator in ("=", "!="):
            sides = (node.left, node.right)
        else:
            continue
        asked = [side for side in sides if isinstance(side, Reference)]
        codes = [side.value for side in sides if isinstance(side, Literal) and isinstance(side.value, str)]
        for reference in asked:
            target = above.get(reference.name) if reference.name else question
            if target is None or target.type not in SELECTS:
                continue
            for code in codes:
                if code and code not in (*target.codes,):
                    yield question.name, f"{part} compares {target.name} with {code!r}, which is not a choice"


def may_say_unknown(question: Question) -> bool:
    """Say whether a person may answer that it is not known."""
    return question.may_be_unknown or UNKNOWN in question.codes
