"""What must never leave, then what may."""

import itertools
import random

import pytest

from openmara.disclosure.attacker import Leak, attack, attack_rounded, differencing
from openmara.disclosure.disclosure import (
    Cell,
    NotProtectable,
    Protected,
    Relation,
    Release,
    Table,
    protect,
    round5,
)


def crosstab(inner):
    """Cells and sums of a two-way table given as rows."""
    rows, columns = len(inner), len(inner[0])
    table = Table(
        "n", ("a", "b"), {(f"a{i}", f"b{j}"): inner[i][j] for i in range(rows) for j in range(columns)}
    )
    return table.cells(), table.relations()


def random_table(seed, rows=3, columns=3, top=9):
    chance = random.Random(seed)
    return [
        [chance.choice([0, 1, 2, 3, chance.randint(4, top)]) for _ in range(columns)] for _ in range(rows)
    ]


def true_values(cells):
    return {cell.key: cell.value for cell in cells}


def small_values(cells, protected):
    values = true_values(cells)
    return {key: values[key] for key in protected.primary}


def every_table(rows, columns, published, ceiling):
    """All integer tables a reader cannot rule out, by brute force row by row."""

    def possible_rows(i):
        keys = [f"n|a=a{i}|b=b{j}" for j in range(columns)]
        choices = [[published[key]] if key in published else range(1, ceiling + 1) for key in keys]
        wanted = published.get(f"n|a=a{i}")
        return [row for row in itertools.product(*choices) if wanted in (None, sum(row))]

    for table in itertools.product(*(possible_rows(i) for i in range(rows))):
        sums = [sum(row[j] for row in table) for j in range(columns)]
        if published.get("n", sum(sums)) != sum(sums):
            continue
        if all(published.get(f"n|b=b{j}", sums[j]) == sums[j] for j in range(columns)):
            yield true_values(crosstab(table)[0])


def test_it_refuses_tables_that_do_not_add_up():
    with pytest.raises(NotProtectable, match="not the sum"):
        protect([Cell("t", 9), Cell("a", 4), Cell("b", 4)], [Relation("t", ("a", "b"))], 5)


def test_it_refuses_two_tables_that_disagree_on_a_shared_cell():
    with pytest.raises(NotProtectable, match="disagree"):
        protect([Cell("t", 9), Cell("t", 8)], [], 5)


def test_it_refuses_a_relation_over_cells_it_does_not_hold():
    with pytest.raises(NotProtectable, match="unknown cells"):
        protect([Cell("t", 9)], [Relation("t", ("gone",))], 5)


def test_it_refuses_a_negative_count_and_a_threshold_that_hides_nothing():
    with pytest.raises(NotProtectable):
        protect([Cell("t", -1)], [], 5)
    with pytest.raises(NotProtectable):
        protect([Cell("t", 3)], [], 1)


def test_it_refuses_a_small_cell_that_readers_already_hold():
    with pytest.raises(NotProtectable, match="already released"):
        protect([Cell("t", 3, released=True)], [], 5)


def test_it_refuses_when_earlier_releases_leave_nothing_to_hide_behind():
    cells = [Cell("t", 12, released=True), Cell("a", 3), Cell("b", 9, released=True)]
    with pytest.raises(NotProtectable):
        protect(cells, [Relation("t", ("a", "b"))], 5)


def test_it_fails_closed_on_any_solver_status_other_than_optimal(monkeypatch):
    import highspy

    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: highspy.HighsModelStatus.kTimeLimit)
    with pytest.raises(Exception, match="kTimeLimit"):
        protect([Cell("t", 12), Cell("a", 3), Cell("b", 9)], [Relation("t", ("a", "b"))], 5)


def test_a_small_cell_is_never_published_and_its_neighbour_covers_for_it():
    protected = protect([Cell("t", 12), Cell("a", 3), Cell("b", 9)], [Relation("t", ("a", "b"))], 5)
    assert "a" in protected.hidden and len(protected.hidden) == 2


def test_hidden_cells_look_alike_whether_small_or_covering():
    protected = protect([Cell("t", 12), Cell("a", 3), Cell("b", 9)], [Relation("t", ("a", "b"))], 5)
    assert {protected.shown(key) for key in protected.hidden} == {None}
    assert "primary" not in repr(protected)


def test_a_cell_of_another_release_is_not_shown():
    with pytest.raises(KeyError):
        protect([Cell("t", 12)], [], 5).shown("elsewhere")


def test_zero_and_counts_at_the_threshold_are_published():
    protected = protect([Cell("a", 0), Cell("b", 5)], [], 5)
    assert protected.published == {"a": 0, "b": 5}


def test_zero_is_hidden_where_zeros_are_not_public():
    assert protect([Cell("a", 0), Cell("b", 5)], [], 5, zeros_public=False).hidden == {"a"}


def test_a_figure_that_is_no_danger_stays_even_when_small():
    assert protect([Cell("meetings", 2, sensitive=False)], [], 5).published == {"meetings": 2}


def test_the_same_input_hides_the_same_cells_in_any_order():
    cells, relations = crosstab(random_table(4, 5, 4))
    first = protect(cells, relations, 5)
    assert protect(cells[::-1], relations[::-1], 5) == first


def test_tables_that_share_cells_are_protected_together():
    by_form = Table("n", ("form",), {("x",): 3, ("y",): 20, ("z",): 30})
    by_form_and_area = Table("n", ("area", "form"), {("p", "x"): 3, ("p", "y"): 8, ("p", "z"): 14, ("q", "x"): 0,
                                                     ("q", "y"): 12, ("q", "z"): 16})  # fmt: skip
    protected = Release((by_form, by_form_and_area)).protect(5)
    assert "n|form=x" in protected.hidden and len(protected.hidden & {"n|form=y", "n|form=z", "n"}) >= 1


def test_parents_in_a_tree_are_sums_of_their_children():
    tree = {"area": {"CR01": ("CR0101", "CR0102")}}
    table = Table("n", ("area",), {("CR0101",): 2, ("CR0102",): 9, ("CR0201",): 7}, tree=tree)
    assert Relation("n|area=CR01", ("n|area=CR0101", "n|area=CR0102")) in table.relations()
    assert true_values(table.cells())["n|area=CR01"] == 11


@pytest.mark.parametrize("seed", range(40))
def test_what_is_published_withstands_every_table_a_reader_can_imagine(seed):
    inner = random_table(seed, 3, 2 + seed % 2, top=6)
    cells, relations = crosstab(inner)
    protected = protect(cells, relations, 3)
    small = small_values(cells, protected)
    if sum(key.count("|") == 2 for key in protected.hidden) > 5:
        assert protected.share_hidden > 0
        return
    tables = list(every_table(3, len(inner[0]), protected.published, ceiling=8))
    for key, value in small.items():
        possible = {table[key] for table in tables}
        assert len(possible) > 1 and max(possible) >= 3 and min(possible) <= value


@pytest.mark.parametrize("seed", range(40))
def test_the_attacker_finds_exactly_what_enumeration_finds(seed):
    """Only the small cells are hidden here, so there is much to find."""
    inner = random_table(seed, 2 + seed % 2, 3, top=6)
    cells, relations = crosstab(inner)
    values = true_values(cells)
    small = {key: value for key, value in values.items() if 1 <= value < 3}
    published = {key: value for key, value in values.items() if key not in small}
    leaks = {leak.key: leak for leak in attack(published, small, relations, 3, small)}
    tables = list(every_table(len(inner), 3, published, ceiling=8))
    for key in small:
        possible = {table[key] for table in tables}
        if key in leaks:
            assert (leaks[key].low, leaks[key].high) == (min(possible), max(possible))
            assert (leaks[key].kind == "exact") == (len(possible) == 1)
        else:
            assert max(possible) >= 3


def mutants(cells, relations, k=5):
    protected = protect(cells, relations, k)
    values = true_values(cells)
    for key in sorted(protected.hidden - protected.primary):
        published = {**protected.published, key: values[key]}
        yield attack(published, protected.hidden - {key}, relations, k, small_values(cells, protected))


def test_every_release_of_a_complementary_cell_is_caught():
    caught = total = 0
    for seed in range(20):
        for leaks in mutants(*crosstab(random_table(seed, 6, 5, top=30))):
            total += 1
            caught += bool(leaks)
    assert total > 50
    assert caught == total


def test_releasing_a_small_cell_is_caught():
    protected = protect([Cell("t", 12), Cell("a", 3), Cell("b", 9)], [Relation("t", ("a", "b"))], 5)
    leaks = attack({"t": 12, "a": 3}, protected.hidden, [Relation("t", ("a", "b"))], 5, {"a": 3})
    assert leaks == [Leak("a", "already published", 3, 3)]


def test_a_sum_that_reveals_one_hidden_cell_is_an_exact_leak():
    leaks = attack({"t": 12, "b": 9}, {"a"}, [Relation("t", ("a", "b"))], 5, {"a": 3})
    assert leaks == [Leak("a", "exact", 3, 3)]


def test_two_small_cells_that_only_cover_each_other_are_an_interval_leak():
    relation = Relation("t", ("a", "b", "c"))
    leaks = attack({"t": 14, "c": 10}, {"a", "b"}, [relation], 5, {"a": 2, "b": 2})
    assert [leak.kind for leak in leaks] == ["interval", "interval"]


def test_a_correction_by_one_person_is_refused():
    leaks = differencing([{"t": 20, "a": 8}], {"t": 21, "a": 8}, set(), 5)
    assert leaks == [Leak("t", "small change", 1, 1)]


def test_a_cell_hidden_now_but_shown_before_is_refused():
    assert [leak.kind for leak in differencing([{"a": 8}], {"t": 20}, {"a"}, 5)] == ["already published"]


def test_a_revision_of_at_least_the_threshold_passes():
    assert differencing([{"t": 20, "a": 8}], {"t": 30, "a": 8}, {"b"}, 5) == []


def test_revision_and_former_release_can_be_protected_as_one_system():
    cells = [Cell("old", 20, released=True), Cell("new", 22), Cell("delta", 2)]
    protected = protect(cells, [Relation("new", ("old", "delta"))], 5)
    assert protected.hidden == {"new", "delta"}


def test_rounding_keeps_every_sum_and_moves_no_cell_by_a_base():
    cells, relations = crosstab(random_table(3, 6, 5, top=40))
    rounded = round5(cells, relations)
    for relation in relations:
        assert rounded[relation.total] == sum(rounded[part] for part in relation.parts)
    for cell in cells:
        assert rounded[cell.key] % 5 == 0 and abs(rounded[cell.key] - cell.value) < 5


def test_sums_rounded_apart_from_their_parts_narrow_a_small_cell_and_are_found():
    relation = Relation("t", ("a", "b"))
    leaks = attack_rounded({"t": 10, "a": 10, "b": 10}, [relation], ["b"], 5)
    assert leaks == [Leak("b", "interval", 6, 8)]


def test_rounding_is_advised_above_thirty_per_cent_hidden():
    assert Protected({}, frozenset(), frozenset(), 0.31).rounding_advised
    assert not Protected({}, frozenset(), frozenset(), 0.30).rounding_advised


def test_six_hundred_cells_are_protected_within_ten_seconds():
    import time

    cells, relations = crosstab(random_table(1, 28, 20, top=40))
    started = time.perf_counter()
    protected = protect(cells, relations, 5)
    assert len(cells) > 600 and time.perf_counter() - started < 10
    assert attack(protected.published, protected.hidden, relations, 5, small_values(cells, protected)) == []
