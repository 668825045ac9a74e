"""Asking witnesses for cosignatures (C2SP tlog-witness): over the network, or by a file that travels."""

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from openmara.ledger.findings import Incomplete, Inconsistent
from openmara.ledger.note import Note, Signature, decimal, read_signature
from openmara.ledger.policy import Policy
from openmara.ledger.tiles import Directory
from openmara.ledger.tree import consistency_proof
from openmara.ledger.witness import write_request

PATIENCE = 5  # seconds
LARGEST_ANSWER = 64 * 1024


def request_for(note: Note, old: int, directory: Directory) -> str:
    """The request that takes a witness from the size it has seen to this checkpoint."""
    size = note.checkpoint().size
    if old > size:
        raise Inconsistent("the witness has seen a larger log than this one", size)
    return write_request(old, consistency_proof(old, size, directory.subtree), note)


def ask(address: str, note: Note, directory: Directory) -> str:
    """The witness's signature lines. It says itself how far it has seen this log."""
    status, answer = _post(address, request_for(note, 0, directory))
    if status == 409:
        status, answer = _post(address, request_for(note, decimal(answer.strip()), directory))
    if status != 200:
        raise Incomplete(f"it answered {status}")
    return answer


def _post(address: str, body: str) -> tuple[int, str]:
    if urlsplit(address).scheme not in ("http", "https"):
        raise Incomplete("its address is neither http nor https")
    request = urllib.request.Request(address.rstrip("/") + "/add-checkpoint", data=body.encode(), method="POST")
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read(LARGEST_ANSWER).decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(LARGEST_ANSWER).decode(errors="replace")
    except http.client.HTTPException as problem:
        raise Incomplete(str(problem)) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Only the configured address is asked."""

    def redirect_request(self, *arguments: object, **named: object) -> None:
        return None


def valid_lines(policy: Policy, note: Note, lines: str) -> list[tuple[str, Signature]]:
    """Signature lines of known witnesses that are true for this checkpoint; others are ignored, as the specification asks."""
    found = []
    for line in lines.splitlines():
        if not line.strip():
            continue
        signature = read_signature(line)
        for name, key in policy.witnesses.items():
            if key.signed(signature) and key.valid(note.text, signature):
                found.append((name, signature))
    return found
