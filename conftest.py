"""Tests run as the application's role on a real PostgreSQL, cloned from one migrated template (decision 15)."""

import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openmara.config.settings")
ROOT = Path(__file__).parent


@functools.cache  # files may change under a running session
def _schema_mark() -> str:
    """Changes whenever a migration or a policy does, so that a stale template is never used."""
    found = hashlib.sha256()
    for path in sorted([*ROOT.glob("openmara/*/migrations/*.py"), *ROOT.glob("openmara/security/sql/*"), ROOT / "openmara/security/protect.py",
                        ROOT / "openmara/security/policy.yaml", ROOT / "tests/people.py", *ROOT.glob("openmara/activities/registers/*/definition.toml")]):  # fmt: skip
        found.update(path.read_bytes())
    return found.hexdigest()[:10]


STARTED = False


def pytest_configure() -> None:
    from openmara.config import postgres, translations

    global STARTED
    translations.compile_all()
    if not os.environ.get("DATABASE_URL"):
        STARTED = postgres.start()


def pytest_unconfigure() -> None:
    """Leave no server behind that was not there before."""
    from openmara.config import postgres

    if STARTED:
        postgres.stop()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A clone of the migrated template with the cast in it; dropped at the end."""
    from django.db import connections

    from openmara.config import postgres

    template, mine = f"mara_template_{_schema_mark()}", f"mara_test_{os.getpid()}"
    with django_db_blocker.unblock(), postgres.migrator_may_sign_in():  # type: ignore[attr-defined]  # pytest-django types its blocker as a plain fixture
        with postgres.one_at_a_time("template"):
            _make_template(template)
        _fresh(mine, template)
        yield
        connections.close_all()
        postgres.drop_database(mine)


def _make_template(template: str) -> None:
    """The migrated database that all tests of this schema are cloned from, made by whoever comes first."""
    from django.db import connections

    from openmara.config import install, postgres
    from tests.people import make_cast

    with postgres.superuser() as connection:
        old = [name for (name,) in connection.execute("select datname from pg_database where datname like 'mara_template_%%'").fetchall()]
    if template in old:
        return
    for name in old:
        postgres.drop_database(name)
    building = template + "_new"
    postgres.create_database(building)
    _point_at(building)
    install.migrate()
    make_cast()
    connections.close_all()
    with postgres.superuser() as connection:
        connection.execute(f"alter database {building} rename to {template}")


def _fresh(name: str, template: str) -> None:
    """A new clone of the template under this name, and both connections pointed at it."""
    from django.db import connections

    from openmara.config import postgres

    connections.close_all()
    postgres.drop_database(name)
    postgres.create_database(name, template=template)
    _point_at(name)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real transactions, really committed; the database is cloned anew afterwards."""
    from django.db import connection

    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        name = connection.settings_dict["NAME"]
        yield
        _fresh(name, f"mara_template_{_schema_mark()}")


def _point_at(name: str) -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """A page drawn in French leaves French active in the thread: no later test may inherit it."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def carana(db: None) -> object:
    """The mission of the cast."""
    from openmara.security.context import acting
    from openmara.security.models import Mission

    with acting("swpa", "carana"):
        return Mission.objects.get(code="carana")
