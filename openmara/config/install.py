"""Bring a database to today's schema: migrate as the owner, set keys, apply the policy file, give the queue its rights."""

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from openmara.activities import registers
from openmara.security.protect import policy, policy_sql, words_sql

QUEUE_RIGHTS = """
do $$ declare r record; begin
  for r in select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate%' loop
    execute format('grant select, insert, update, delete on public.%I to app_web, app_worker', r.tablename);
  end loop;
  for r in select sequencename from pg_sequences where schemaname = 'public' and sequencename like 'procrastinate%' loop
    execute format('grant usage, select on sequence public.%I to app_web, app_worker', r.sequencename);
  end loop;
  for r in select oid::regprocedure as name from pg_proc where proname like 'procrastinate%' loop
    execute format('grant execute on function %s to app_web, app_worker', r.name);
  end loop;
end $$;
grant select on public.django_migrations to app_web, app_worker;
"""


@contextlib.contextmanager
def owner_connection() -> Iterator[None]:
    """The owning role can sign in only while this lasts (embedded server; an external one has its own account)."""
    if settings.EXTERNAL_DATABASE:
        yield
        return
    from openmara.config import postgres

    with postgres.migrator_may_sign_in():
        try:
            yield
        finally:
            connections["owner"].close()


def migrate(verbosity: int = 0) -> None:
    """Bring the schema up to date. Safe to run again, and beside another that does the same."""
    if settings.EXTERNAL_DATABASE:
        _migrate(verbosity)
        return
    from openmara.config import postgres

    with postgres.one_at_a_time("migrate"):
        _migrate(verbosity)


def _migrate(verbosity: int) -> None:
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute(QUEUE_RIGHTS)
        for table in policy()["tables"]:
            for statement in policy_sql(table):
                cursor.execute(statement)
        cursor.execute("set role sec_owner")
        for table, entry in policy()["tables"].items():
            if entry.get("words"):
                cursor.execute(words_sql(table))
        cursor.execute("delete from sec.register_role")
        for register in registers.every():
            for role in register.entered_by:
                cursor.execute("insert into sec.register_role values (%s, %s)", [register.name, role])
        for name, key in _keys().items():
            cursor.execute("select sec.set_key(%s, %s)", [name, key])
        for name, value in settings.SESSION_LIMITS.items():
            cursor.execute("update sec.setting set value = %s where name = %s", [value, name])
        cursor.execute("reset role")


def _keys() -> dict[str, bytes]:
    import hashlib

    pepper = bytes.fromhex(settings.KEPT["pepper"])
    return {
        "session": settings.SESSION_MAC_KEY,
        "context": hashlib.sha256(b"context" + pepper).digest(),
        "pepper": hashlib.sha256(b"pseudonym" + pepper).digest(),
        "log": settings.LOG_MAC_KEY,
        "verify": settings.VERIFY_MAC_KEY,
    }
