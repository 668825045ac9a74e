"""Where the matrix works: one scratch database, and who may connect to it how. Given by the wiring (config), never looked up."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from openmara.security.matrix.cast import Principal
from openmara.security.sessions import dated_proof


@dataclass(frozen=True)
class Place:
    """`owner()` opens a connection of the superuser; `address` is what a role of the application connects with."""

    database: str
    owner: Callable[[], psycopg.Connection]
    host: str
    passwords: dict[str, str]

    def connect(self, role: str = "app_web", *, host: str = "", port: str = "", database: str = "") -> psycopg.Connection:
        """As the application would: an own connection, its own password."""
        return psycopg.connect(
            host=host or self.host, port=port or None, dbname=database or self.database, user=role, password=self.passwords[role],
            prepare_threshold=None, connect_timeout=10,
        )  # fmt: skip


def enter(connection: psycopg.Connection, one: Principal) -> bool:
    """Open this person's context as a command does, with the proof of the process."""
    message = f"command|{one.person}|{one.mission or ''}"
    row = connection.execute("select sec.enter_as(%s, %s, %s, %s)", [one.person, one.mission, *dated_proof(message)]).fetchone()
    return bool(row and row[0])


MEANT = "42501"  # refused for want of a right: the one reason that proves anything


def beside_the_point(problem: psycopg.Error, *also: str) -> str:
    """Why a try was refused, where it was not for want of a right: a missing function, a wrong type, a slip in the statement. '' if it was."""
    return "" if problem.sqlstate in (MEANT, *also) else f"{problem.sqlstate}: {str(problem).splitlines()[0][:120]}"


@contextlib.contextmanager
def undone(connection: psycopg.Connection) -> Iterator[None]:
    """One transaction, rolled back."""
    with connection.transaction(force_rollback=True):
        yield
