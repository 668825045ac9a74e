"""What the house tests read off the database."""

from django.db import connection

from tests.house.open_tables import OPEN_TABLES


def mission_tables() -> list[str]:
    """Every table but those listed as open, schema-qualified."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p', 'm', 'v') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'sec')"
            " order by 1"
        )
        return [name for (name,) in cursor.fetchall() if name.removeprefix("public.") not in OPEN_TABLES]
