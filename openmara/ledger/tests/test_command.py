"""`openmara-verify`: exit codes, and that no Django is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from openmara import ROOT
from openmara.ledger.bench import tamper
from openmara.ledger.command import from_environment, main
from openmara.ledger.tests.samples import KEYS, build, many

POLICY = "".join(f"log {key.verifier.vkey()}\n" for key in KEYS) + "quorum none\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "policy").write_text(POLICY)
    (tmp_path / "since").write_text(str(build(tmp_path / "early", many(64))))
    build(tmp_path / "log", many(300))
    return tmp_path


def run(files: Path, *more: str) -> int:
    return main(["log", str(files / "log"), "--policy", str(files / "policy"), *more])


def test_inconsistent_is_1_and_the_first_bad_index_is_printed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = files / "log/tile/entries/000"
    path.write_bytes(path.read_bytes().replace(b'"id":77,', b'"id":78,', 1))
    assert run(files) == 1
    assert capsys.readouterr().out.startswith("inconsistent: index 77: ")


def test_incomplete_is_2(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "log/tile/0/000").unlink()
    assert run(files) == 2
    assert run(files, "--since", str(files / "nowhere")) == 2
    assert "incomplete: index 0" in capsys.readouterr().out


def test_an_unmet_policy_is_3(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "policy").write_text("quorum none\n")
    assert run(files) == 3
    assert "does not know the log" in capsys.readouterr().out


def test_clean_is_0_and_says_what_was_checked(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, "--since", str(files / "since"), "--pause", "2026-01-01T00:00/2026-01-02T00:00") == 0
    assert "clean: 300 leaves of mission.example/mara-log" in capsys.readouterr().out


def test_a_receipt_that_is_none_is_1(files: Path) -> None:
    (files / "receipt").write_text("nothing")
    assert main(["receipt", str(files / "receipt"), "--policy", str(files / "policy")]) == 1


def test_it_loads_no_django(files: Path) -> None:
    code = (
        "import sys; from openmara.config import verify; from openmara.ledger import live, witness, bench;"
        f" sys.argv = ['openmara-verify', 'log', {str(files / 'log')!r}, '--policy', {str(files / 'policy')!r}];"
        " result = verify.main(); assert not [name for name in sys.modules if name.partition('.')[0] == 'django'], 'Django is loaded';"
        " sys.exit(result)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "clean" in done.stdout


def test_the_database_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPENMARA_VERIFY_URL", raising=False)
    with pytest.raises(SystemExit):
        from_environment()
    (tmp_path / "key").write_text("0a0b\n")
    monkeypatch.setenv("OPENMARA_VERIFY_URL", "host=nowhere")
    monkeypatch.setenv("OPENMARA_VERIFY_KEY_FILE", str(tmp_path / "key"))
    assert from_environment() == ("host=nowhere", b"\x0a\x0b")


def test_a_database_that_does_not_answer_is_2(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "--policy", str(files / "policy")], lambda: (f"host={files} dbname=none", b"key")) == 2
    assert "does not answer" in capsys.readouterr().out


def test_the_benchmark_counts_only_what_is_found(tmp_path: Path) -> None:
    found = tamper(tmp_path, 24)
    assert found["tamper_tried"] == found["tamper_detected"] > 150


def test_the_witness_needs_neither_database_nor_django() -> None:
    code = (
        "import sys; from openmara.cli import main\n"
        "try: main(['witness', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('django', 'psycopg')]"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "cosign checkpoints" in done.stdout
