"""Migrations are complete, go down again and come up again; what they build is protected each time."""

import pytest
from django.core.management import call_command
from django.db import connections

from openmara.config import install
from tests.house.tables import mission_tables

ROOMS = ("publish", "indicators", "activities", "linkage", "evidence", "parties", "places", "security")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_go_down_and_up_again(committed: None) -> None:
    before = mission_tables()
    for room in ROOMS:
        call_command("migrate", room, "zero", database="owner", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where tablename like any (array['evidence%%', 'security%%', 'publish%%'])")
        assert cursor.fetchone()[0] == 0
        cursor.execute("select count(*) from pg_namespace where nspname in ('sec', 'audit')")
        assert cursor.fetchone()[0] == 0
    install.migrate()
    assert mission_tables() == before
