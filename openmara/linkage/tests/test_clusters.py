"""Groups follow people's judgements first and averages after."""

import random
from dataclasses import dataclass
from itertools import combinations

import pytest

from openmara.linkage.clusters import Contradiction, clusters, contradictions


@dataclass(frozen=True)
class Likely:
    report_a: str
    report_b: str
    probability: float


def likely(**pairs: float) -> list[Likely]:
    return [Likely(name[0], name[1], value) for name, value in pairs.items()]


def groups(found: list[frozenset[str]]) -> list[str]:
    return ["".join(sorted(group)) for group in found]


def test_it_refuses_judgements_that_contradict_each_other_through_a_chain() -> None:
    same, different = {("a", "b"), ("c", "b")}, {("c", "a"), ("x", "y")}
    assert contradictions(same, different) == [("a", "c")]
    with pytest.raises(Contradiction, match="a/c"):
        clusters([], same, different)


def test_it_refuses_to_call_a_report_different_from_itself() -> None:
    with pytest.raises(Contradiction):
        clusters([], different={("a", "a")})


def test_it_never_joins_across_a_different_not_even_through_others() -> None:
    pairs = likely(ab=0.9, bc=0.9, ac=0.9, cd=0.9, bd=0.9, ad=0.9)
    found = clusters(pairs, different={("d", "a")})
    assert all(not {"a", "d"} <= group for group in found)
    assert groups(found) == ["abc"]


def test_a_different_wins_over_certainty() -> None:
    assert clusters(likely(ab=1.0), different={("b", "a")}) == []


def test_a_same_wins_over_improbability_and_needs_no_candidate() -> None:
    assert groups(clusters(likely(ab=0.01), same={("b", "a"), ("c", "d")})) == ["ab", "cd"]


def test_a_chain_is_not_a_group() -> None:
    assert groups(clusters(likely(ab=0.9, bc=0.8, cd=0.7))) == ["ab", "cd"]


def test_groups_join_at_the_average_and_a_missing_pair_counts_as_nought() -> None:
    assert groups(clusters(likely(ab=0.9, ac=0.9, bc=0.2))) == ["abc"]
    assert groups(clusters(likely(ab=0.95, ac=0.9))) == ["ab"]
    assert groups(clusters(likely(ab=0.95, ac=0.9), cut=0.45)) == ["abc"]


def test_two_groups_that_are_judged_the_same_pull_their_candidates_along() -> None:
    assert groups(clusters(likely(ac=0.9, bc=0.6), same={("a", "b")})) == ["abc"]


def test_equal_likeness_and_the_order_given_make_no_difference() -> None:
    draw = random.Random(7)
    pairs = [
        Likely(a, b, draw.choice((0.3, 0.6, 0.9)))
        for a, b in combinations("abcdefghij", 2)
        if draw.random() < 0.5
    ]
    expected = clusters(pairs, {("a", "e")}, {("b", "c")})
    for _ in range(20):
        draw.shuffle(pairs)
        turned = [Likely(p.report_b, p.report_a, p.probability) for p in pairs]
        assert clusters(turned, {("e", "a")}, {("c", "b")}) == expected


def test_it_agrees_with_the_plain_way_of_doing_it() -> None:
    for seed in range(30):
        draw = random.Random(seed)
        pairs = [Likely(a, b, draw.random()) for a, b in combinations("abcdefgh", 2) if draw.random() < 0.7]
        assert clusters(pairs) == plain(pairs)


def plain(pairs: list[Likely]) -> list[frozenset[str]]:
    """Average link, the slow way: look at every two groups, join the most alike, start again."""
    likeness = {frozenset((p.report_a, p.report_b)): p.probability for p in pairs}
    found = [frozenset(name) for name in sorted({n for pair in likeness for n in pair})]
    while True:
        best = max(
            ((sum(likeness.get(frozenset((a, b)), 0) for a in x for b in y) / (len(x) * len(y)), x, y)
             for x, y in combinations(found, 2)),
            key=lambda option: option[0],
            default=(0.0, frozenset(), frozenset()),
        )  # fmt: skip
        if best[0] < 0.5:
            return sorted((group for group in found if len(group) > 1), key=min)
        found = [group for group in found if group not in best[1:]] + [best[1] | best[2]]
