"""`openmara-verify`: exit code 0 clean, 1 inconsistent, 2 incomplete, 3 policy. Needs no Django and no right in the system."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from openmara.ledger import verify
from openmara.ledger.findings import Finding, Incomplete, PolicyUnmet
from openmara.ledger.note import read_note
from openmara.ledger.policy import Policy, read_policy

FindDatabase = Callable[[], tuple[str, bytes]]  # connection string, key for checks


def from_environment() -> tuple[str, bytes]:
    """OPENMARA_VERIFY_URL and OPENMARA_VERIFY_KEY (hex), or the file OPENMARA_VERIFY_KEY_FILE."""
    url, key = os.environ.get("OPENMARA_VERIFY_URL"), os.environ.get("OPENMARA_VERIFY_KEY")
    file = os.environ.get("OPENMARA_VERIFY_KEY_FILE")
    if not url or not (key or file):
        raise SystemExit("Set OPENMARA_VERIFY_URL, and OPENMARA_VERIFY_KEY or OPENMARA_VERIFY_KEY_FILE.")
    return url, bytes.fromhex(key or Path(str(file)).read_text().strip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="openmara-verify", description="Check a log, a receipt or a running installation.")
    kinds = parser.add_subparsers(dest="what", required=True)
    log = kinds.add_parser("log", help="a log's folder")
    log.add_argument("folder", type=Path)
    log.add_argument("--since", type=Path, metavar="CHECKPOINT", help="a checkpoint kept from before")
    receipt = kinds.add_parser("receipt", help="a receipt")
    receipt.add_argument("file", type=Path)
    receipt.add_argument("--log", type=Path, metavar="DIR", help="also that this log still contains it")
    live = kinds.add_parser("db", help="a running installation")
    live.add_argument("--log", type=Path, metavar="DIR", help="also that these files are of the same tree")
    for one in (log, receipt, live):
        one.add_argument("--policy", type=Path, required=True, metavar="FILE", help="whose signatures are asked for")
    for one in (log, live):
        one.add_argument("--pause", action="append", default=[], metavar="FROM/TO", help="announced standstill, UTC")
    return parser


def main(arguments: Sequence[str] | None = None, find_database: FindDatabase = from_environment) -> int:
    """Run one check and say what was found."""
    chosen = _parser().parse_args(arguments)
    try:
        policy = read_policy(chosen.policy.read_text())
        sys.stdout.write(_check(chosen, policy, find_database) + "\n")
        return 0
    except Finding as finding:
        sys.stdout.write(f"{finding.code}: {finding}\n")
        return finding.exit_code
    except OSError as problem:
        sys.stdout.write(f"incomplete: {problem}\n")
        return 2


def _check_live(chosen: argparse.Namespace, policy: Policy, pauses: Sequence[verify.Pause], find_database: FindDatabase) -> verify.Checked:
    import psycopg

    from openmara.ledger import live

    url, key = find_database()
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            return live.database(connection, policy, key, chosen.log, pauses)
    except psycopg.errors.InsufficientPrivilege:
        raise PolicyUnmet("the database does not know this key for checks") from None
    except psycopg.OperationalError:
        raise Incomplete("the database does not answer; is OpenMARA running?") from None


def _check(chosen: argparse.Namespace, policy: Policy, find_database: FindDatabase) -> str:
    if chosen.what == "receipt":
        found = verify.receipt(chosen.file.read_text(), policy, chosen.log)
        return f"clean: record {found.record} with content {found.content_sha256.hex()} was logged at index {found.index}"
    pauses = [verify.read_pause(one) for one in chosen.pause]
    if chosen.what == "log":
        since = read_note(chosen.since.read_bytes()) if chosen.since else None
        checked = verify.log(chosen.folder, policy, since, pauses)
    else:
        checked = _check_live(chosen, policy, pauses, find_database)
    witnesses = ", ".join(sorted(checked.cosigned)) or "nobody"
    return (
        f"clean: {checked.checkpoint.size} leaves of {checked.checkpoint.origin} until {checked.until or '–'},"
        f" {checked.heartbeats} of them heartbeats, cosigned by {witnesses}"
    )
