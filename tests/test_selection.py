"""What hidden lead quality would have to be, to explain a finding away."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from analytics.allocation import Estimate, Move, Plan, Problem, Rules, recommend
from analytics.selection import (
    LARGEST_GAP,
    e_value,
    move_tipping_gap,
    readings,
    tipping_gap,
)


def sure(rate: float) -> np.ndarray:
    return np.full(5, rate)


def a_move(p_from: float, p_to: float, value: float, switching: float) -> Move:
    def known(rate: float) -> Estimate:
        return Estimate(rate, rate, rate, n=9)

    return Move(
        item="a", from_rep="ann", to_rep="bob", gain=0, gain_low=0, gain_high=0, p_gain=1,
        p_from=known(p_from), p_to=known(p_to), value=value, switching=switching, parts={},
        reasons=(),
    )  # fmt: skip


def test_two_rates_are_equal_after_the_gap_between_their_log_odds():
    assert tipping_gap(sure(0.6), sure(0.5)) == pytest.approx(logit(0.6))
    assert tipping_gap(sure(0.6), 0.5) == pytest.approx(logit(0.6))


def test_the_gap_makes_the_means_of_uncertain_rates_equal():
    better = np.random.default_rng(0).beta(30, 20, 500)

    gap = tipping_gap(better, 0.4)

    assert expit(logit(better) - gap).mean() == pytest.approx(0.4)


def test_no_gap_is_needed_where_the_first_is_not_better_and_none_is_enough_against_nothing():
    assert tipping_gap(sure(0.5), sure(0.5)) == 0
    assert tipping_gap(sure(0.4), sure(0.5)) == 0
    assert tipping_gap(sure(0.9), 1e-6) == LARGEST_GAP


def test_a_move_tips_where_it_pays_just_its_hand_over():
    # Worth 100: it needs 50 % + 10 of 100 for the hand-over.
    assert move_tipping_gap(a_move(0.5, 0.7, 100, 10)) == pytest.approx(logit(0.7) - logit(0.6))
    assert move_tipping_gap(a_move(0.5, 0.6, 100, 10)) == 0
    assert move_tipping_gap(a_move(0.5, 0.7, 0, 0)) == pytest.approx(logit(0.7))


def test_the_e_value_is_that_of_the_formula_and_one_where_chance_may_do():
    # Table 2 of VanderWeele and Ding: a risk ratio of 3.9 has an E-value of 7.26.
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value(1.0) == e_value(0.8) == 1


@pytest.fixture
def problem() -> Problem:
    """Ann is good at a, Bob at b, and Bob is better throughout; each owns the wrong item."""
    rates = np.array([[0.5, 0.3], [0.6, 0.7]])
    items = pd.DataFrame(
        {
            "item": ["one", "two"],
            "owner": ["ann", "bob"],
            "segment": [1, 0],
            "value": [100.0, 100.0],
            "switching": [0.0, 0.0],
        }
    )
    return Problem(
        items,
        ("ann", "bob"),
        capacity=np.array([2.0, 2.0]),
        draws=np.stack([rates] * 4),
        barred=np.zeros((2, 2), np.int8),
    )


def test_specialisation_alone_leaves_out_who_is_better_throughout(problem):
    plan = recommend(problem, Rules(), trials=np.full((2, 2), 9))
    assert [(move.item, move.to_rep) for move in plan.moves] == [("one", "bob")]

    found = readings(problem, plan)

    # Ann's mean log odds over the two segments are lower than Bob's by 1.05: half of it each way.
    level = (logit(0.5) + logit(0.3)) / 2, (logit(0.6) + logit(0.7)) / 2
    ann, bob = logit(0.3) - level[0] + sum(level) / 2, logit(0.7) - level[1] + sum(level) / 2
    assert found.full.mean == pytest.approx(40)
    assert found.specialised.mean == pytest.approx(100 * (expit(bob) - expit(ann)))
    assert 0 < found.specialised.mean < found.full.mean


def test_keeping_the_owners_gains_nothing_in_either_reading(problem):
    kept = Plan("keep_owners", ("no_evidence",), Rules(), keep_value=0.0)

    found = readings(problem, kept)

    assert (found.specialised.mean, found.full.mean) == (0, 0)
