"""A witness (C2SP tlog-witness): remembers how far it has seen each log, and cosigns only what continues it.

A small service for another administration's machine: standard library, one folder, one key file. It listens on loopback unless
told otherwise; in front of it belongs whatever speaks TLS there.
"""

import argparse
import base64
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from openmara.ledger.findings import Finding, Inconsistent, PolicyUnmet
from openmara.ledger.note import COSIGNATURE, MLDSA44, Checkpoint, Note, Signer, decimal, read_note, unpack64
from openmara.ledger.policy import Policy, check_log_signed, read_policy
from openmara.ledger.tree import EMPTY, Hash, continues

LARGEST_REQUEST = 64 * 1024
MOST_HASHES = 63


@dataclass(frozen=True)
class Request:
    old: int
    path: tuple[Hash, ...]
    note: Note


def write_request(old: int, path: Sequence[Hash], note: Note) -> str:
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in path)]
    return "\n".join(lines) + "\n\n" + str(note)


def read_request(content: bytes) -> Request:
    try:
        head, _gap, note = content.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Inconsistent("not a request") from None
    lines = head.split("\n")
    if not lines[0].startswith("old ") or len(lines) > MOST_HASHES + 1:
        raise Inconsistent("not a request")
    return Request(decimal(lines[0][4:]), tuple(unpack64(one, 32) for one in lines[1:]), read_note(note))


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"


class Witness:
    """Decides about checkpoints. What it has seen is stored, and forced to the disk, before it answers."""

    def __init__(self, folder: Path, policy: Policy, signers: Sequence[Signer]) -> None:
        self.folder = folder
        self.policy = policy
        self.signers = signers
        self._one_at_a_time = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, origin: str) -> Path:
        return self.folder / f"{sha256(origin.encode()).hexdigest()}.checkpoint"

    def seen(self, origin: str) -> Checkpoint:
        path = self._path(origin)
        return read_note(path.read_bytes()).checkpoint() if path.is_file() else Checkpoint(origin, 0, EMPTY)

    def add_checkpoint(self, content: bytes) -> Answer:
        """Answer one request; each status as the specification has it."""
        try:
            request = read_request(content)
            stated = request.note.checkpoint()
        except Finding:
            return Answer(400)
        if stated.origin not in {key.name for key in self.policy.logs}:
            return Answer(404)
        try:
            new = check_log_signed(self.policy, request.note)
        except (Inconsistent, PolicyUnmet):
            return Answer(403)
        with self._one_at_a_time:
            return self._decide(request, new)

    def _decide(self, request: Request, new: Checkpoint) -> Answer:
        seen = self.seen(new.origin)
        if request.old > new.size:
            return Answer(400)
        if request.old != seen.size:
            return Answer(409, f"{seen.size}\n", "text/x.tlog.size")
        if new.size == seen.size and new.root != seen.root:
            self._keep_evidence(request.note)
            return Answer(409, f"{seen.size}\n", "text/x.tlog.size")
        if not continues(seen.size, seen.root, new.size, new.root, request.path):
            self._keep_evidence(request.note)
            return Answer(422)
        signatures = [signer.sign(request.note.text, int(time.time())) for signer in self.signers]
        self._store(self._path(new.origin), str(request.note.signed_also(signatures)))
        return Answer(200, "".join(one.line() for one in signatures))

    def _keep_evidence(self, note: Note) -> None:
        """A signed checkpoint that does not continue the log proves what its keeper did."""
        text = str(note)
        self._store(self.folder / f"refused-{sha256(text.encode()).hexdigest()[:16]}.checkpoint", text)

    def _store(self, path: Path, text: str) -> None:
        temporary = path.with_suffix(".new")
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def keys_of(path: Path, name: str) -> list[Signer]:
    """The witness's two keys (Ed25519 and ML-DSA-44) from its file, made at the first start."""
    if not path.exists():
        kept = {"name": name, "ed25519": secrets.token_hex(32), "mldsa44": secrets.token_hex(32)}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(kept, file)
    kept = json.loads(path.read_text())
    return [
        Signer(kept["name"], COSIGNATURE, bytes.fromhex(kept["ed25519"])),
        Signer(kept["name"], MLDSA44, bytes.fromhex(kept["mldsa44"])),
    ]


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        server_version = "witness"
        sys_version = ""

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit() and int(length) <= LARGEST_REQUEST):
                self.close_connection = True
                self._send(Answer(413))
                return
            content = self.rfile.read(int(length))
            self._send(witness.add_checkpoint(content) if self.path == "/add-checkpoint" else Answer(404))

        def do_GET(self) -> None:
            lines = "".join(f"{signer.verifier.vkey()}\n" for signer in witness.signers)
            self._send(Answer(200, lines) if self.path == "/" else Answer(404))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is written of who asked."""

    return ThreadingHTTPServer((host, port), Handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """`openmara witness`."""
    parser = argparse.ArgumentParser(prog="openmara witness", description="Store and cosign checkpoints of the logs a policy names.")
    parser.add_argument("--dir", type=Path, required=True, help="where what was seen is kept")
    parser.add_argument("--key", type=Path, required=True, help="key file; made if it is not there")
    parser.add_argument("--policy", type=Path, required=True, help="policy file with the logs' keys")
    parser.add_argument("--name", default="localhost/witness", help="name of a new key, such as witness.example/w1")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8300)
    chosen = parser.parse_args(arguments)
    try:
        witness = Witness(chosen.dir, read_policy(chosen.policy.read_text()), keys_of(chosen.key, chosen.name))
    except (Finding, OSError) as problem:
        sys.stderr.write(f"Refused: {problem}\n")
        return 2
    with server(witness, chosen.host, chosen.port) as running:
        sys.stdout.write(f"Witness at http://{chosen.host}:{running.server_port}/\n")
        for signer in witness.signers:
            sys.stdout.write(f"{signer.verifier.vkey()}\n")
        sys.stdout.flush()
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
