"""The witness refuses forks and what does not continue; it stores before it answers."""

import http.client
import threading
from pathlib import Path

import pytest

from openmara.ledger.note import Checkpoint, Note, read_note, read_signature, sign_checkpoint
from openmara.ledger.policy import check_quorum
from openmara.ledger.tests.samples import KEYS, NOW, ORIGIN, START, build, many, policy
from openmara.ledger.tiles import Directory
from openmara.ledger.tree import consistency_proof
from openmara.ledger.witness import Witness, keys_of, main, read_request, server, write_request

MOMENT = int(START.timestamp())


@pytest.fixture
def log(tmp_path: Path) -> Directory:
    build(tmp_path / "log", many(200))
    return Directory(tmp_path / "log")


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "seen", policy(), keys_of(tmp_path / "key.json", "witness.example/w1"))


def note(log: Directory, size: int, root: bytes | None = None, origin: str = ORIGIN) -> Note:
    return sign_checkpoint(Checkpoint(origin, size, root or log.root(size)), KEYS, MOMENT)


def request(log: Directory, old: int, size: int, given: Note | None = None) -> bytes:
    return write_request(old, consistency_proof(old, size, log.subtree) if old <= size else [], given or note(log, size)).encode()


def test_it_refuses_a_fork_and_keeps_the_evidence(log: Directory, witness: Witness, tmp_path: Path) -> None:
    assert witness.add_checkpoint(request(log, 0, 100)).status == 200
    forked = Directory(tmp_path / "forked")
    forked.append(0, [*many(50), *many(200)[49:]])
    assert witness.add_checkpoint(request(forked, 100, 150)).status == 422
    assert witness.add_checkpoint(request(forked, 100, 100)).status == 409
    assert witness.seen(ORIGIN).root == log.root(100)
    assert len(list((tmp_path / "seen").glob("refused-*"))) == 2


def test_it_refuses_a_smaller_tree(log: Directory, witness: Witness) -> None:
    assert witness.add_checkpoint(request(log, 0, 150)).status == 200
    answer = witness.add_checkpoint(request(log, 100, 120))
    assert (answer.status, answer.body, answer.kind) == (409, "150\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(log, 150, 120)).status == 400
    assert witness.seen(ORIGIN).size == 150


def test_it_refuses_a_proof_that_does_not_prove(log: Directory, witness: Witness) -> None:
    witness.add_checkpoint(request(log, 0, 100))
    good = request(log, 100, 200).decode().split("\n")
    without = "\n".join(good[:1] + good[2:]).encode()
    assert witness.add_checkpoint(without).status == 422
    assert witness.add_checkpoint(write_request(0, [bytes(32)], note(log, 100)).encode()).status == 409
    assert Witness(witness.folder.with_name("new"), policy(), []).add_checkpoint(write_request(0, [bytes(32)], note(log, 100)).encode()).status == 422


def test_it_refuses_strangers_and_forged_signatures(log: Directory, witness: Witness) -> None:
    assert witness.add_checkpoint(request(log, 0, 100, note(log, 100, origin="other.example/log"))).status == 404
    forged = read_note(str(note(log, 100)).replace("\n100\n", "\n101\n"))
    assert witness.add_checkpoint(request(log, 0, 100, forged)).status == 403
    for bad in (b"", b"old x\n\n", b"\xff", b"old 0\n" + b"AAAA\n" * 70 + b"\n", request(log, 0, 100)[:-9]):
        assert witness.add_checkpoint(bad).status == 400
    assert witness.seen(ORIGIN).size == 0


def test_its_cosignatures_satisfy_a_policy(log: Directory, witness: Witness) -> None:
    answer = witness.add_checkpoint(request(log, 0, 200))
    cosigned = note(log, 200).signed_also([read_signature(line) for line in answer.body.splitlines()])
    ed25519, mldsa = (signer.verifier.vkey() for signer in witness.signers)
    asked = policy(f"witness w1 {ed25519}\nwitness w1-pq {mldsa}\ngroup w all w1 w1-pq\nquorum w\n")
    assert check_quorum(asked, cosigned) == {"w1", "w1-pq"}


def test_what_it_has_seen_outlives_it(log: Directory, witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(request(log, 0, 100))
    again = Witness(tmp_path / "seen", policy(), keys_of(tmp_path / "key.json", "ignored"))
    assert again.seen(ORIGIN).size == 100 and again.signers == witness.signers
    assert again.add_checkpoint(request(log, 100, 200)).status == 200
    assert again.add_checkpoint(request(log, 200, 200)).status == 200


def test_a_request_is_read_back_as_it_was_written(log: Directory) -> None:
    found = read_request(request(log, 100, 200))
    assert (found.old, found.note.checkpoint().size) == (100, 200)
    assert list(found.path) == consistency_proof(100, 200, log.subtree)


def test_it_answers_over_http(log: Directory, witness: Witness) -> None:
    with server(witness, "127.0.0.1", 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", running.server_port, timeout=10)

        def ask(method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        assert ask("POST", "/add-checkpoint", request(log, 0, 100))[0] == 200
        assert ask("POST", "/add-checkpoint", request(log, 0, 100)) == (409, "100\n")
        assert ask("POST", "/other", b"x")[0] == 404
        assert ask("GET", "/")[1].count("witness.example/w1+") == 2
        assert ask("GET", "/etc")[0] == 404
        assert ask("POST", "/add-checkpoint", b"x" * 70_000)[0] == 413
        connection.close()
        running.shutdown()
        thread.join(5)


def test_the_command_refuses_a_policy_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy").write_text("nonsense")
    assert main(["--dir", str(tmp_path / "d"), "--key", str(tmp_path / "k"), "--policy", str(tmp_path / "policy")]) == 2
    assert "line 1" in capsys.readouterr().err
    assert NOW > START
