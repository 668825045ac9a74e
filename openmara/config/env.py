"""Settings come from the environment; an unknown or missing value stops the start with a hint."""

import json
import os
import secrets
from pathlib import Path

from openmara import ROOT


class SettingError(SystemExit):
    """A setting is missing or wrong; the message says which and what to write."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise SettingError(f"{name} is not set. See dotenv-sample for what it means.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off"):
        return False
    raise SettingError(f"{name} must be yes or no, not {value!r}.")


def number(name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise SettingError(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def secret(name: str) -> str | None:
    """A secret from NAME, or from the file that NAME_FILE points to."""
    path = os.environ.get(name + "_FILE")
    if path:
        return Path(path).read_text().strip()
    return os.environ.get(name) or None


def _instance() -> str:
    """A short name of this checkout, so that two of them on one machine never share a server."""
    import hashlib

    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def data_folder() -> Path:
    """Where everything this installation keeps lies. As root, under /var/lib, because the server drops root."""
    chosen = os.environ.get("OPENMARA_DATA")
    if chosen:
        return Path(chosen)
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/openmara") / _instance()
    return ROOT / "var"


def kept_secrets() -> dict[str, str]:
    """Secrets made at first start and kept beside the data, readable by the owner alone."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secrets.json"
    names = ("django", "session_mac", "pepper", "frames", "authenticators", "postgres", "migrator", "app_web", "app_worker",
             "log_mac", "verify_mac", "log_ed25519", "log_mldsa44")  # fmt: skip
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in names if name not in known]
    if missing:
        known |= {name: secrets.token_hex(32) for name in missing}
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file)
        temporary.replace(path)
    return known
