"""Notes, keys, cosignatures, policy: what is forged, unknown or missing is refused, each with its own exit code."""

import pytest

from openmara.ledger.findings import Inconsistent, PolicyUnmet
from openmara.ledger.note import (
    COSIGNATURE,
    ED25519,
    MLDSA44,
    Checkpoint,
    Signature,
    Signer,
    read_checkpoint,
    read_note,
    read_vkey,
    sign_checkpoint,
)
from openmara.ledger.policy import check_log_signed, check_quorum, read_policy
from openmara.ledger.tests.samples import KEYS, ORIGIN, policy

CHECKPOINT = Checkpoint(ORIGIN, 20852163, b"\x0a" * 32)
NOTE = sign_checkpoint(CHECKPOINT, KEYS, 1_700_000_000)
WITNESSES = [Signer(f"witness.example/w{number}", COSIGNATURE, bytes([number]) * 32) for number in (3, 4, 5)]
GROUPED = "".join(f"witness w{number} {one.verifier.vkey()}\n" for number, one in enumerate(WITNESSES)) + "group two 2 w0 w1 w2\nquorum two\n"


def test_it_refuses_what_is_not_a_checkpoint() -> None:
    good = CHECKPOINT.text()
    for bad in (good + "extension\n", good.replace("20852163", "020852163"), good.replace("=", ""), "\n" + good, good[:-1], good.replace("20852163", "-1")):
        with pytest.raises(Inconsistent):
            read_checkpoint(bad)


def test_it_refuses_a_malformed_note() -> None:
    good = str(NOTE)
    for bad in (good[:-1], good.replace("— ", "- "), good.replace("\n\n", "\n"), good + "\x07\n", b"\xff\xfe", "x" * 200_000, good.replace("— mis", "— m is")):
        with pytest.raises(Inconsistent):
            read_note(bad)


def test_it_refuses_a_forged_signature_and_names_the_size() -> None:
    ed, mldsa = NOTE.signatures
    for broken in (Signature(ed.name, ed.key_id, bytes(64)), Signature(mldsa.name, mldsa.key_id, mldsa.body[:8] + bytes(2420)), Signature(mldsa.name, mldsa.key_id, b"")):
        forged = read_note(NOTE.text + "\n" + "".join(one.line() for one in NOTE.signatures if one.key_id != broken.key_id) + Signature(broken.name, broken.key_id, broken.body or b"x").line())
        with pytest.raises(Inconsistent) as found:
            check_log_signed(policy(), forged)
        assert found.value.index == CHECKPOINT.size


def test_it_refuses_another_text_under_the_same_signatures() -> None:
    with pytest.raises(Inconsistent):
        check_log_signed(policy(), read_note(str(NOTE).replace("20852163", "20852164")))


def test_it_asks_for_both_signatures_of_the_log() -> None:
    for kept in NOTE.signatures:
        alone = read_note(NOTE.text + "\n" + kept.line())
        with pytest.raises(PolicyUnmet):
            check_log_signed(policy(), alone)
    assert check_log_signed(policy(), NOTE) == CHECKPOINT


def test_it_refuses_a_log_nobody_named() -> None:
    other = [Signer("other.example/log", key.kind, key.seed) for key in KEYS]
    with pytest.raises(PolicyUnmet):
        check_log_signed(policy(), sign_checkpoint(Checkpoint("other.example/log", 1, bytes(32)), other, 1))


def test_it_counts_witnesses_and_only_known_ones() -> None:
    asked = policy(GROUPED)
    stranger = Signer("stranger.example", COSIGNATURE, b"\x09" * 32)
    few = NOTE.signed_also([one.sign(NOTE.text, 1_700_000_001) for one in (WITNESSES[0], stranger)])
    with pytest.raises(PolicyUnmet, match="w0"):
        check_quorum(asked, few)
    enough = few.signed_also([WITNESSES[2].sign(NOTE.text, 1_700_000_002)])
    assert check_quorum(asked, read_note(str(enough))) == {"w0", "w2"}
    assert check_quorum(asked, enough, now=1_700_000_002) == {"w0", "w2"}
    with pytest.raises(Inconsistent, match="future"):
        check_quorum(asked, enough, now=1_600_000_000)


def test_it_refuses_a_forged_cosignature() -> None:
    good = WITNESSES[0].sign(NOTE.text, 1_700_000_001)
    backdated = Signature(good.name, good.key_id, bytes(8) + good.body[8:])
    with pytest.raises(Inconsistent, match="forged"):
        check_log_signed(policy(GROUPED), NOTE.signed_also([backdated]))


def test_a_cosignature_follows_the_published_example() -> None:
    """The example of C2SP tlog-cosignature, whose line breaks are read as the note has them."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    lines = (
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    note = read_note(text + "\n" + lines)
    assert str(note) == text + "\n" + lines
    assert [one.key_id.hex() for one in note.signatures] == ["033de0ae", "8d66cf3f"]
    assert int.from_bytes(note.signatures[1].body[:8], "big") == 1679315147


@pytest.mark.parametrize("kind", [ED25519, COSIGNATURE, MLDSA44])
def test_each_kind_of_key_signs_and_reads_back(kind: int) -> None:
    signer = Signer("key.example/a", kind, b"\x0b" * 32)
    again = read_vkey(signer.verifier.vkey())
    signature = signer.sign(CHECKPOINT.text(), 1_700_000_000)
    assert again == signer.verifier and again.valid(CHECKPOINT.text(), signature)
    assert not again.valid(Checkpoint(ORIGIN, 1, bytes(32)).text(), signature)


def test_it_refuses_a_key_that_states_another_number() -> None:
    good = KEYS[0].verifier.vkey()
    for bad in (good.replace("+", "+0", 1)[: len(good)], good[:-4], "x", good.replace(ORIGIN, "a b")):
        with pytest.raises(Inconsistent):
            read_vkey(bad)


@pytest.mark.parametrize(
    "text", ["", "quorum w1\n", "log x\nquorum none\n", "nonsense\nquorum none\n", "group a 2 b\nquorum none\n", "quorum none\nquorum none\n", GROUPED + "group more any w0\n"]
)
def test_it_refuses_a_policy_it_does_not_understand(text: str) -> None:
    with pytest.raises(PolicyUnmet):
        read_policy(text)
