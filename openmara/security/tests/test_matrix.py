"""A sample of what `openmara bench security` asks in full: cells, mutants, forged contexts, a stolen password, a pool."""

import warnings
from collections.abc import Iterator

import pytest
from django.db import connections

from openmara.config import bench_security
from openmara.config.bench_security import peopled, place_of
from openmara.config.scratch import scratch_database
from openmara.security.matrix import asking, expressions, forged, mutants, pool, sql, stolen
from openmara.security.matrix.mutants import Bench, Mutant
from openmara.security.matrix.world import NoRow, World, build
from openmara.security.protect import policy

ASKED = ("hr", "swpa", "gender", "national", "stranger", "expired", "anonymous", "owner", "job", "admin")


@pytest.fixture(scope="module")
def scratch(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[str, World]]:
    with django_db_blocker.unblock(), scratch_database() as name:
        connections.close_all()
        with peopled(name) as made:
            yield name, made


@pytest.fixture
def owner(scratch: tuple[str, World]) -> Iterator[object]:
    with place_of(scratch[0]).owner() as connection:
        asking.settle(connection)
        yield connection


def test_a_table_without_a_row_stops_the_run(owner: object) -> None:
    unknown = {"tables": {**policy()["tables"], "security_nothing": {"class": "S1", "fields": []}}, "roles": policy()["roles"], "groups": policy()["groups"]}
    with pytest.raises((NoRow, StopIteration)):
        build(owner, unknown)


@pytest.mark.parametrize("name", ASKED)
def test_every_cell_of_a_sample_of_people_is_as_the_model_says(scratch: tuple[str, World], owner: object, name: str) -> None:
    world = scratch[1]
    tables = None if name in ("stranger", "national") else sql.tables_of(world)[::3]
    tally = sql.run(owner, world, [one for one in world.principals if one.name == name], tables)
    assert tally.cells > 300
    assert tally.told == []


def test_a_sample_of_mutants_is_noticed(scratch: tuple[str, World], owner: object) -> None:
    found = mutants.run(owner, scratch[1], every=211, start=5, all_made=False)
    assert found.made >= 12
    assert found.survivors == []


def test_the_heaviest_mutants_are_noticed(scratch: tuple[str, World], owner: object) -> None:
    bench = Bench(owner, scratch[1])
    for statement in ("drop policy compartment on public.evidence_incident", "alter table public.evidence_report no force row level security",
                      "grant truncate on public.evidence_consent to app_web"):  # fmt: skip
        table = statement.partition("public.")[2].split()[0]
        assert bench.notices(Mutant(table, statement, statement)), statement
    untouched = Mutant("evidence_incident", "nothing changed", "select 1")
    hr = next(one for one in scratch[1].principals if one.name == "hr")
    assert bench._ask(hr, untouched, ("select", "insert")) == []


def test_no_forged_or_replayed_context_opens_anything(scratch: tuple[str, World]) -> None:
    found = forged.run(place_of(scratch[0]), {one.name: one for one in scratch[1].principals}, 500)
    assert found.tried > 2_000
    assert (found.accepted, found.told, found.odd) == (0, [], [])


def test_a_stolen_password_of_the_web_role_reaches_nothing(scratch: tuple[str, World]) -> None:
    for role in ("app_web", "app_worker"):
        found = stolen.run(place_of(scratch[0]), role)
        assert found.tried > 80
        assert (found.reached, found.odd) == ([], [])


def test_a_try_refused_for_a_slip_of_its_own_does_not_count_as_a_refusal(scratch: tuple[str, World]) -> None:
    with place_of(scratch[0]).connect() as connection:
        assert str(stolen._done(connection, "select audit.write('a:b:c')")).startswith("42883")
        assert stolen._done(connection, "delete from audit.entry") == ""


def test_without_a_pooler_there_is_no_figure_of_a_pool(scratch: tuple[str, World], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "binary", lambda: None)
    with pytest.raises(pool.NoPooler):
        pool.run(place_of(scratch[0]), scratch[1], 9)
    run = bench_security.Run(frozenset({"pool"}))
    run.part("pool", lambda: bench_security.pooled(scratch[0], scratch[1], 9))
    assert run.figures["pool_requests"] is None and "PgBouncer" in run.not_run["pool_wrong_rows"]


def test_every_difference_counts_and_an_unknown_part_is_refused() -> None:
    tally = sql.Tally()
    tally.add("hr on evidence_report", 5, ["select own: hidden", "select own: open"])
    assert (tally.cells, tally.right) == (5, 3)
    with pytest.raises(ValueError, match="no such part"):
        bench_security.measure("ci", only="sql,nothing")


def test_nobody_sees_another_persons_rows_through_a_pool(scratch: tuple[str, World]) -> None:
    if pool.binary() is None:
        warnings.warn("not run: PgBouncer is not installed", stacklevel=1)
        return
    found = pool.run(place_of(scratch[0]), scratch[1], 90)
    assert found.requests >= 90
    assert found.wrong == 0


def test_a_condition_is_taken_apart_operand_by_operand() -> None:
    found = {one.what: " ".join(one.text.split()) for one in expressions.changes("(a = 'x and y') and (b between 1 and 2 or c is distinct from d)")}
    assert found["without (a = 'x and y')"] == "true and (b between 1 and 2 or c is distinct from d)"
    assert found["without c is distinct from d"] == "(a = 'x and y') and (b between 1 and 2 or false )"
    assert found["without b between 1 and 2"] == "(a = 'x and y') and ( false or c is distinct from d)"
    assert len(found) == 6
