"""Whom an auditor trusts: a policy file in the C2SP tlog-policy form, and its check of a checkpoint.

Stricter than that form in one point: where the file names several keys of one log, each must have signed. A log signs with
Ed25519 and with ML-DSA-44, and the second would protect nobody if either were enough.
"""

from dataclasses import dataclass, field

from openmara.ledger.findings import Inconsistent, PolicyUnmet
from openmara.ledger.note import (
    COSIGNATURE,
    ED25519,
    MLDSA44,
    Checkpoint,
    Note,
    Verifier,
    moment_of,
    read_vkey,
)

AHEAD = 300  # seconds a witness's clock may be ahead of ours


@dataclass
class Group:
    needed: int
    members: tuple[str, ...]


@dataclass
class Policy:
    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    def met(self, name: str, cosigned: set[str]) -> bool:
        if name == "none" or name in cosigned:
            return True
        group = self.groups.get(name)
        return group is not None and sum(self.met(member, cosigned) for member in group.members) >= group.needed


def read_policy(text: str) -> Policy:
    """Read a policy file; whatever it says that is not understood is refused."""
    found = Policy()
    grouped: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            _read_line(found, words, grouped)
        except (Inconsistent, ValueError, IndexError, KeyError) as problem:
            raise PolicyUnmet(f"line {number} of the policy is not understood: {problem}") from None
    if not found.quorum:
        raise PolicyUnmet("the policy has no quorum line")
    return found


def _read_line(found: Policy, words: list[str], grouped: set[str]) -> None:
    known = set(found.witnesses) | set(found.groups)
    if words[0] == "log" and len(words) in (2, 3):
        key = read_vkey(words[1])
        if key.kind not in (ED25519, MLDSA44) or key.key in [other.key for other in found.logs]:
            raise ValueError("not a log's key, or named twice")
        found.logs.append(key)
    elif words[0] == "witness" and len(words) in (3, 4):
        key = read_vkey(words[2])
        if words[1] in known | {"none"} or key.kind not in (COSIGNATURE, MLDSA44) or key.key in [w.key for w in found.witnesses.values()]:
            raise ValueError("not a witness's key, or named twice")
        found.witnesses[words[1]] = key
        if len(words) == 4:
            found.addresses[words[1]] = words[3]
    elif words[0] == "group":
        members = tuple(words[3:])
        needed = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
        if not set(members) <= known - grouped or len(set(members)) != len(members) or not 1 <= needed <= len(members) or words[1] in known:
            raise ValueError("members must be named before, once")
        grouped |= set(members)
        found.groups[words[1]] = Group(needed, members)
    elif words[0] == "quorum" and len(words) == 2 and not found.quorum and words[1] in known | {"none"}:
        found.quorum = words[1]
    else:
        raise ValueError("no such line")


def check_log_signed(policy: Policy, note: Note) -> Checkpoint:
    """Each key the policy names for this log signed the checkpoint; a forged line of a known key is never passed over."""
    checkpoint = note.checkpoint()
    wanted = [key for key in policy.logs if key.name == checkpoint.origin]
    if not wanted:
        raise PolicyUnmet(f"the policy does not know the log {checkpoint.origin!r}")
    for key in [*wanted, *policy.witnesses.values()]:
        if any(key.signed(one) and not key.valid(note.text, one) for one in note.signatures):
            raise Inconsistent(f"a signature of {key.name} is forged", checkpoint.size)
    for key in wanted:
        if not any(key.signed(one) for one in note.signatures):
            raise PolicyUnmet(f"not signed with key {key.key_id.hex()} of {key.name}")
    return checkpoint


def check_quorum(policy: Policy, note: Note, now: int | None = None) -> set[str]:
    """Enough witnesses cosigned. Returns their names; call after `check_log_signed`."""
    cosigned = set()
    for name, key in policy.witnesses.items():
        for one in note.signatures:
            if key.signed(one) and key.valid(note.text, one):
                if now is not None and moment_of(one) > now + AHEAD:
                    raise Inconsistent(f"witness {name} cosigned in the future", note.checkpoint().size)
                cosigned.add(name)
    if not policy.met(policy.quorum, cosigned):
        raise PolicyUnmet(f"the quorum {policy.quorum!r} is not met; cosigned by: {', '.join(sorted(cosigned)) or 'nobody'}")
    return cosigned
