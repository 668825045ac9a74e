"""The package of a hand-over: items, a manifest with the hash of each, and a signature over it. Plain: bytes in, bytes out.

The manifest is a signed note (C2SP signed-note): lines a person can read, then the same as JSON. Its key is made for hand-overs
alone from the log's, so that no signature of the one can pass for the other.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from openmara.ledger.findings import Finding
from openmara.ledger.note import ED25519, Note, Signer, read_note, read_vkey
from openmara.security.crypto import key_for

HEAD = "OpenMARA hand-over manifest v1"
MANIFEST, KEY = "manifest.txt", "key.txt"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same items give the same bytes


def signer(seed: bytes, name: str) -> Signer:
    """The key that signs hand-overs of this installation."""
    return Signer(f"{name}/hand-over", ED25519, key_for("openmara hand-over manifest v1", seed))


def write(facts: Mapping[str, Any], key: Signer) -> str:
    """The signed note over the facts of one hand-over."""
    lines = [HEAD, f"Hand-over {facts['hand_over']}", *(["SYNTHETIC DATA"] if facts.get("synthetic") else []), f"Made for {facts['reader']}"]
    text = "\n".join([*lines, json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)]) + "\n"
    return str(Note(text, (key.sign(text, 0),)))


def item(name: str, content: Mapping[str, Any]) -> tuple[str, bytes]:
    """One item as it lies in the package."""
    return name, (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def pack(note: str, key: Signer, items: Mapping[str, bytes]) -> bytes:
    """The package; nothing in it tells when it was packed or by which machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {MANIFEST: note.encode(), KEY: (key.verifier.vkey() + "\n").encode(), **items}.items():
            package.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def facts_of(note: str) -> dict[str, Any]:
    """What a manifest says. Not to be believed before `problems` has nothing to say."""
    text = read_note(note).text
    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


def problems(package: bytes, vkey: str) -> list[str]:
    """What is wrong with a package, for whoever receives it; empty is good. `vkey` comes by another way than the package."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as found:
            contents = {name: found.read(name) for name in found.namelist()}
        note, key = read_note(contents[MANIFEST]), read_vkey(vkey.strip())
        if not any(key.signed(one) and key.valid(note.text, one) for one in note.signatures) or not note.text.startswith(HEAD + "\n"):
            return ["the manifest is not signed by this key"]
        stated = {one["file"]: one["sha256"] for one in facts_of(contents[MANIFEST].decode())["items"]}
    except (Finding, zipfile.BadZipFile, KeyError, ValueError) as problem:
        return [f"this is not a package: {problem}"]
    there = {name: sha256(content).hexdigest() for name, content in contents.items() if name not in (MANIFEST, KEY)}
    wrong = [f"{name} is not what was handed over" for name in sorted(stated) if there.get(name) not in (None, stated[name])]
    wrong += [f"{name} is missing" for name in sorted(set(stated) - set(there))]
    return wrong + [f"{name} is not in the manifest" for name in sorted(set(there) - set(stated))]
