"""What the import page shows: its fields and the findings of a check, worded."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openmara.errors import NotValid
from openmara.evidence import queries
from openmara.interop import intake, sources
from openmara.interop.delimited import ENCODINGS
from openmara.interop.intake import DryRun, ImportRefused, Outcome
from openmara.security.models import Mission, Person

__all__ = ["ImportRefused", "Sent", "check", "fields", "findings", "read_sent", "take", "told"]
NAMES = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "iso-8859-15": "ISO 8859-15", "mac-roman": "Mac Roman",
         "cp1256": "Windows-1256"}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """What came with the form."""

    kind: str
    organisation: str
    encoding: str
    content: bytes
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_sent(post: Mapping[str, str], file: UploadedFile | None) -> Sent:
    """The form's values; what is missing is named at its field."""
    kind, encoding = post.get("kind", ""), post.get("encoding", "")
    problems: dict[str, str] = {}
    if kind not in sources.kinds():
        problems["kind"] = _("Choose the kind of file.")
    if encoding and encoding not in ENCODINGS:
        problems["encoding"] = _("Choose an encoding of the list.")
    if file is None:
        problems["file"] = _("Choose a file.")
    if problems or file is None:
        raise NotValid(problems=problems)
    return Sent(kind, post.get("organisation", ""), encoding, file.read(), file.name or "")


def check(by: Person, sent: Sent) -> DryRun:
    return intake.check(by=by, kind=sent.kind, content=sent.content, organisation=sent.organisation, encoding=sent.encoding)


def take(by: Person, mission: Mission, sent: Sent, checked: str) -> Outcome:
    """Take in; where a file was checked before, it must be that file."""
    if checked and checked != sent.sha256:
        raise NotValid(problems={"file": _("This is not the file that was checked. Choose that file, or check this one first.")})
    return intake.take(
        by=by, mission=mission, kind=sent.kind, content=sent.content, organisation=sent.organisation, encoding=sent.encoding
    )


def told(done: Outcome) -> str:
    """What became of a file. A matter of conduct is counted and said, because nothing of it stays to be seen (SCR 1960 guidance; SEA has its own channel)."""
    if done.already_on:
        return _("This file was taken in on %(when)s already. Nothing changed.") % {"when": f"{done.already_on:%Y-%m-%d %H:%M} UTC"}
    added = ngettext("%(count)s report added", "%(count)s reports added", done.added) % {"count": done.added}
    said = _("%(added)s, %(unchanged)s were there already.") % {"added": added, "unchanged": done.unchanged}
    if not done.routed:
        return said
    routed = ngettext(
        "%(count)s routed to conduct and discipline; nothing of it is kept.",
        "%(count)s routed to conduct and discipline; nothing of them is kept.", done.routed,
    ) % {"count": done.routed}  # fmt: skip
    return f"{said} {routed}"


def fields(for_user: Person, values: Mapping[str, str], problems: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form's fields for the page's components."""
    kinds = [("", _("Choose …")), *((kind, sources.label(kind)) for kind in sources.kinds())]
    offices = [("", _("As the kind of file says, or my own")), *((one.code, one.code) for one in queries.organisations(for_user=for_user))]
    encodings = [("", _("As the kind of file says, or recognised")), *((code, NAMES[code]) for code in ENCODINGS)]
    return [
        _select("kind", _("Kind of file"), kinds, values, problems, ""),
        _select("organisation", _("Organisation whose reports these are"), offices, values, problems, ""),
        _select("encoding", _("Encoding of text files"), encodings, values, problems, _("Only for CSV and text, if it is not recognised.")),
        {"id": "file", "name": "file", "kind": "file", "label": _("File"), "required": True, "error": problems.get("file", ""),
         "hint": _("Up to 25 MB. No formulas, no macros, no password.")},
    ]  # fmt: skip


def _select(
    name: str, label: str, choices: list[tuple[str, str]], values: Mapping[str, str], problems: Mapping[str, str], hint: str
) -> dict[str, Any]:
    chosen = values.get(name, "")
    listed = [{"code": code, "label": text, "selected": code == chosen} for code, text in choices]
    return {"id": name, "name": name, "kind": "select", "label": label, "hint": hint, "required": name == "kind", "no_blank": True,
            "choices": listed, "error": problems.get(name, "")}  # fmt: skip


def findings(found: DryRun, sent: Sent) -> dict[str, Any]:
    """A check, worded for the page."""
    rest = found.problem_count - len(found.problems)
    return {
        "kind": sources.label(found.kind), "name": sent.name, "rows": found.rows, "fresh": found.fresh, "unchanged": found.unchanged,
        "stepped_over": found.stepped_over, "areas": len(found.areas), "count": found.problem_count, "problems": found.problems,
        "rest": ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest} if rest else "",
        "sha256": "" if found.problem_count else sent.sha256,
    }  # fmt: skip
