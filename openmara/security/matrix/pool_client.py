"""One client of the pool: requests by changing people, some abandoned. Started as a process of its own, so that it can be killed.

Reads one JSON object from standard input, writes a line `answered wrong-rows failed` after each few requests. A request counts as answered
when both the rows and the end of its transaction came back as asked (an abandoned one: the rows), as failed when the server or the pool
said no or nothing. Plain psycopg: no Django, no room.
"""

import contextlib
import hashlib
import hmac
import json
import random
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg

ENDINGS = ("commit", "commit", "rollback", "fail", "abandon", "commit")


def proved(key: bytes, message: str) -> tuple[str, bytes]:
    moment = datetime.now(UTC).isoformat()
    return moment, hmac.new(key, f"{message}|{moment}".encode(), hashlib.sha256).digest()


def looked(connection: psycopg.Connection, table: str) -> tuple[int, str]:
    """How many rows, and which, as one hash."""
    row = connection.execute(f"select count(*), md5(coalesce(string_agg(id::text, ',' order by id::text), '')) from public.{table}".encode()).fetchone()
    return (row[0], row[1]) if row else (0, "")


def ask(connection: psycopg.Connection, given: dict[str, Any], chance: random.Random, wrong: list[int]) -> None:
    """One request in one transaction; how many rows of a wrong principal it saw is added to `wrong`, whatever becomes of its end."""
    one = chance.choice(given["people"])
    table = chance.choice(sorted(one["sees"]))
    ending = chance.choice(ENDINGS)
    try:
        if one["person"]:
            message = f"command|{one['person']}|{one['mission']}"
            connection.execute("select sec.enter_as(%s, %s, %s, %s)", [one["person"], one["mission"], *proved(bytes.fromhex(given["key"]), message)])
        found = looked(connection, table)
        if found != tuple(one["sees"][table]):
            wrong.append(max(1, abs(found[0] - one["sees"][table][0])))
        if chance.random() < 0.1:  # and nobody, in the same transaction
            connection.execute("select sec.leave()")
            wrong.append(looked(connection, table)[0])
        if ending == "fail":
            with contextlib.suppress(psycopg.Error):
                connection.execute("select 1 / 0")
    finally:
        if ending == "abandon":
            connection.close()  # in the middle of a transaction
        elif not connection.closed:
            connection.commit() if ending == "commit" else connection.rollback()


def main() -> None:
    given = json.loads(sys.stdin.readline())
    chance = random.Random(given["seed"])
    connection: psycopg.Connection | None = None
    answered = failed = 0
    wrong: list[int] = []
    for number in range(1, given["requests"] + 1):
        try:
            if connection is None or connection.closed:
                connection = psycopg.connect(given["address"], prepare_threshold=None)
            ask(connection, given, chance, wrong)
            answered += 1
        except psycopg.Error:
            failed += 1
            if connection is not None:
                connection.close()
            connection = None
        if number % 5 == 0 or number == given["requests"]:
            sys.stdout.write(f"{answered} {sum(wrong)} {failed}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
