"""What somebody with a stolen password leaves on a role does not outlive the next start."""

import fcntl
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from openmara.config import env, postgres

pytestmark = pytest.mark.usefixtures("committed")


def as_role(role: str, name: str, statement: str) -> Any:
    with psycopg.connect(host=str(postgres.socket_folder()), user=role, password=env.kept_secrets()[role], dbname=name, autocommit=True) as direct:
        done = direct.execute(statement)
        return done.fetchone() if done.description else None


@pytest.mark.parametrize(("role", "limit"), [("app_web", 40), ("app_worker", 12)])
def test_a_start_takes_back_what_a_role_set_for_itself_and_bounds_its_connections(role: str, limit: int) -> None:
    name = connection.settings_dict["NAME"]
    # A setting that harms no other test of the same server.
    for where in ("", f"in database {name}"):
        as_role(role, name, f"alter role {role} {where} set geqo_threshold = 20")
    assert as_role(role, name, "show geqo_threshold") == ("20",)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role(role, name, f"alter role {role} connection limit 60")
    postgres.start()
    assert as_role(role, name, "show geqo_threshold") == ("12",)
    with postgres.superuser() as direct:
        assert direct.execute("select rolconnlimit from pg_roles where rolname = %s", [role]).fetchone() == (limit,)


def test_the_last_of_several_processes_takes_the_right_to_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with monkeypatch.context() as patched, open(tmp_path / "migrator.lock", "w") as another:
        patched.setenv("OPENMARA_DATA", str(tmp_path))
        patched.setattr(postgres, "_holding", [])
        patched.setattr(postgres, "_may_sign_in", said.append)
        fcntl.flock(another, fcntl.LOCK_SH)
        with postgres.migrator_may_sign_in():
            assert said == ["login"]
        assert said == ["login"]
        fcntl.flock(another, fcntl.LOCK_UN)
        with postgres.migrator_may_sign_in():
            pass
    assert said == ["login", "login", "nologin"]
