"""Bundles, and what is left of a plan after somebody said no."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.allocation import BarReason, Rules, decline, recommend, why_not
from tests.balanced import balanced_offices
from tests.offices import assert_within_rules, office

TRIALS = np.ones((4, 2), int)
ANY = Rules(p_gain_min=0.5, gate_quantile=0.999)
CHAIN = """
    item   | owner | value | switching
    prize  | ben   | 1000  | 0
    chaff  | ann   | 10    | 0
    other  | dan   | 500   | 0
"""


def chain():
    """Ann is full: she can only take the prize for the chaff; dan's item has no part in it."""
    return office(
        CHAIN,
        {"ann": 1, "ben": 3, "cid": 9, "dan": 9},
        [0.6, 0.2, 0.7, 0.3],
        [("prize", "cid", BarReason.NO_GO)],
    )


def test_moves_that_make_room_for_each_other_are_one_bundle():
    plan = recommend(chain(), Rules(), np.ones((4, 1), int))

    bundle = {move.item: move.bundle for move in plan.moves}
    assert bundle["prize"] == bundle["chaff"] != bundle["other"]


def test_declining_takes_back_what_only_that_move_had_made_possible():
    problem = chain()
    plan = recommend(problem, Rules(), np.ones((4, 1), int))

    left = decline(problem, plan, "chaff")

    # Chaff may still go to ben or dan; ann then still has room, whoever takes it.
    assert ("chaff", "cid") not in {(move.item, move.to_rep) for move in left.moves}
    assert {(move.item, move.to_rep) for move in left.moves if move.item == "other"} == {
        ("other", "cid")
    }
    assert left.declined == (("chaff", "cid"),)
    assert left.bound == plan.bound
    assert plan.total is not None
    assert left.total is not None
    assert left.total < plan.total
    assert why_not(problem, left, "chaff", "cid").code == "declined"


def test_declining_the_only_move_keeps_the_owners():
    problem = office(
        "item | owner | value | switching\n o | ben | 100 | 0", {"ann": 1, "ben": 1}, [0.5, 0.2]
    )
    plan = recommend(problem, Rules(), np.ones((2, 1), int))

    left = decline(problem, plan, "o")

    assert (left.status, left.why, left.moves) == ("keep_owners", ("declined",), ())
    with pytest.raises(KeyError):
        decline(problem, left, "o")


@settings(max_examples=20, deadline=None)
@given(balanced_offices, st.integers(2, 8), st.randoms(use_true_random=False))
def test_declining_again_and_again_never_leaves_a_plan_that_breaks_a_rule(
    problem, max_moves, random
):
    rules = replace(ANY, max_moves=max_moves)
    plan = recommend(problem, rules, TRIALS)
    while plan.moves:
        move = random.choice(plan.moves)
        elsewhere = {one.item: one.to_rep for one in plan.moves if one.bundle != move.bundle}
        left = decline(problem, plan, move.item)

        assignment = left.assignment(problem)
        assert_within_rules(problem.without(left.declined), rules, assignment)
        for rows in problem.members:
            assert len(set(assignment[rows])) == 1
        if left.moves:
            assert elsewhere.items() <= {one.item: one.to_rep for one in left.moves}.items()
        plan = left
