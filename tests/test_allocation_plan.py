"""The recommendation: its gates, its headline and the figures of its moves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analytics.allocation import Interval, Plan, Problem, Rules, plan_value, recommend
from tests.offices import office, offices, random_office, rules

TRIALS = np.array([[40], [30], [20]])
TWO_ITEMS = """
    item  | owner | value | switching
    large | ben   | 1000  | 50
    small | ben   | 100   | 0
"""
ROOM = {"ann": 2, "ben": 2, "cid": 1}


def draws_of(chooses: list[float], claims: list[list[float]]) -> np.ndarray:
    """Win probabilities per rep: one certainty for choosing, a draw a row for claiming."""
    return np.vstack([[chooses] * len(claims), claims])


def uplift(plan: Plan) -> Interval:
    assert plan.uplift is not None
    return plan.uplift


def sure(win: list[float]) -> np.ndarray:
    """Half-history draws of a world with one segment and no doubt."""
    return np.tile(np.array(win)[None, :, None], (10, 1, 1))


def test_a_certain_gain_is_planned():
    plan = recommend(office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1]), Rules(), TRIALS)

    assert (plan.status, plan.why, plan.solver_status) == ("plan", (), "optimal")
    assert [(move.item, move.from_rep, move.to_rep) for move in plan.moves] == [
        ("large", "ben", "ann"),
        ("small", "ben", "ann"),
    ]
    assert plan.keep_value == pytest.approx(1100 * 0.2)
    assert uplift(plan).mean == pytest.approx(1000 * 0.3 - 50 + 100 * 0.3)
    assert plan.bound == pytest.approx(uplift(plan).mean)
    assert plan.gap_uplift == pytest.approx(0)


def test_what_the_caller_knows_against_a_plan_ends_the_matter():
    plan = recommend(office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1]), Rules(), TRIALS, ("no_evidence",))

    assert (plan.status, plan.why, plan.moves) == ("keep_owners", ("no_evidence",), ())
    assert (plan.uplift, plan.bound, plan.gap_uplift, plan.solver_status) == (None,) * 4
    assert plan.keep_value == pytest.approx(1100 * 0.2)


def test_without_open_items_there_is_nothing_to_do():
    problem = office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1])
    empty = replace(problem, items=problem.items[:0], barred=problem.barred[:0])

    plan = recommend(empty, Rules(), TRIALS)

    assert (plan.status, plan.why, plan.keep_value) == ("keep_owners", ("nothing_open",), 0)


def test_owners_are_kept_where_no_move_is_sure_enough():
    plan = recommend(office(TWO_ITEMS, ROOM, [0.2, 0.2, 0.1]), Rules(), TRIALS)

    assert (plan.status, plan.why) == ("keep_owners", ("no_candidate",))
    assert plan.uplift == Interval(0, 0, 0)


def test_owners_are_kept_where_the_better_reps_are_full():
    full = {"ann": 0, "ben": 2, "cid": 0}

    plan = recommend(office(TWO_ITEMS, full, [0.5, 0.2, 0.1]), Rules(), TRIALS)

    assert (plan.status, plan.why) == ("keep_owners", ("no_room",))


def test_owners_are_kept_where_time_ran_out_before_the_first_plan():
    problem = random_office(0, n_items=400, n_reps=30)

    plan = recommend(problem, Rules(time_limit=1e-6), np.ones((30, 2), int))

    assert (plan.status, plan.why, plan.solver_status) == ("keep_owners", ("out_of_time",), "time")


@pytest.mark.parametrize(("quantile", "status"), [(0.05, "keep_owners"), (0.25, "plan")])
def test_a_plan_is_held_back_if_that_quantile_of_its_uplift_is_not_positive(quantile, status):
    # Two claiming draws in ten say that ann is the weaker one.
    claims = [[0.5, 0.2, 0.1]] * 8 + [[0.1, 0.2, 0.1]] * 2
    problem = office(TWO_ITEMS, ROOM, draws_of([0.5, 0.2, 0.1], claims))

    plan = recommend(problem, Rules(gate_quantile=quantile), TRIALS)

    assert plan.status == status
    assert plan.why == (("not_certain",) if status == "keep_owners" else ())
    assert bool(plan.moves) == (status == "plan")
    assert uplift(plan).mean == pytest.approx(0.8 * 1100 * 0.3 - 0.2 * 1100 * 0.1 - 50)


def test_cross_fitting_chooses_on_one_half_and_values_on_the_other():
    # The first half moves both items to ann, the second moves only the large one to cid.
    halves = sure([0.5, 0.2, 0.1]), sure([0.3, 0.2, 0.4])
    rules = Rules(max_moves=1)

    plan = recommend(office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1]), rules, TRIALS, halves=halves)

    first_on_second = 1000 * (0.3 - 0.2) - 50
    second_on_first = 1000 * (0.1 - 0.2) - 50
    assert plan.cross_fitted == pytest.approx((first_on_second + second_on_first) / 2)
    assert plan.cross_range is not None
    assert plan.cross_range.mean == plan.cross_fitted
    assert plan.cross_range.low <= plan.cross_range.mean <= plan.cross_range.high
    assert (plan.status, plan.why) == ("keep_owners", ("cross_fit",))


def test_a_plan_that_the_other_half_confirms_is_shown():
    halves = sure([0.5, 0.2, 0.1]), sure([0.4, 0.2, 0.1])

    plan = recommend(office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1]), Rules(), TRIALS, halves=halves)

    assert plan.status == "plan"
    assert plan.cross_fitted == pytest.approx((1100 * 0.2 - 50 + 1100 * 0.3 - 50) / 2)
    assert plan.lift * plan.keep_value == pytest.approx(plan.cross_fitted)


def test_a_move_claims_by_the_draws_that_did_not_choose_it():
    claims = [[0.3, 0.2, 0.1]] * 5 + [[0.4, 0.2, 0.1]] * 5
    problem = office(TWO_ITEMS, ROOM, draws_of([0.9, 0.2, 0.1], claims))

    move = recommend(problem, Rules(), TRIALS).moves[0]

    assert move.gain == pytest.approx(1000 * (0.35 - 0.2) - 50)
    assert (move.gain_low, move.gain_high) == pytest.approx((50, 150))
    assert (move.p_to.mean, move.p_to.low, move.p_to.high) == pytest.approx((0.35, 0.3, 0.4))
    assert (move.p_from.mean, move.p_from.n, move.p_to.n) == (pytest.approx(0.2), 30, 40)
    assert move.p_gain == 1


def test_the_interval_of_a_plan_comes_from_joint_draws_and_not_from_its_moves():
    # What ann may win less, cid wins more: each move is uncertain, both together are not.
    claims = [[0.4, 0.2, 0.6], [0.6, 0.2, 0.4]] * 5
    items = "item | owner | value | switching\n a | ben | 100 | 0\n b | ben | 100 | 0"
    one_each = {"ann": 1, "ben": 2, "cid": 1}

    plan = recommend(office(items, one_each, draws_of([0.5, 0.2, 0.5], claims)), Rules(), TRIALS)

    assert [(move.gain_low, move.gain_high) for move in plan.moves] == [pytest.approx((20, 40))] * 2
    assert (uplift(plan).low, uplift(plan).high) == pytest.approx((60, 60))


@settings(max_examples=40, deadline=None)
@given(offices, rules)
def test_parts_sum_to_gains_and_gains_to_the_uplift(problem, rules):
    plan = recommend(problem, replace(rules, gate_quantile=0.5), np.ones((4, 2), int))

    for move in plan.moves:
        assert sum(move.parts.values()) == pytest.approx(move.gain, abs=1e-9)
        assert move.p_gain >= rules.p_gain_min
    if plan.moves:
        assert sum(move.gain for move in plan.moves) == pytest.approx(uplift(plan).mean)
        assert [move.gain for move in plan.moves] == sorted(
            (move.gain for move in plan.moves), reverse=True
        )
        worth = plan_value(problem, plan.assignment(problem), problem.claiming.mean(axis=0))
        assert worth == pytest.approx(uplift(plan).mean)


def test_the_value_of_an_assignment_under_the_true_win_rates():
    problem = office(TWO_ITEMS, ROOM, [0.5, 0.2, 0.1])
    truth = np.array([[0.3], [0.25], [0.1]])

    assert plan_value(problem, np.array([0, 1]), truth) == pytest.approx(1000 * 0.05 - 50)
    assert plan_value(problem, problem.owner, truth) == 0


@pytest.mark.simulation
def test_plans_deliver_what_they_claim_when_the_model_is_right():
    """Truths from the prior, beliefs by its exact posterior: choosing must not bias the claim."""
    rng = np.random.default_rng(20)
    surprises, covered = [], []
    for _ in range(300):
        truth = rng.beta(4, 8, (6, 3))
        trials = rng.integers(0, 30, (6, 3))
        wins = rng.binomial(trials, truth)
        draws = rng.beta(4 + wins, 8 + trials - wins, (400, 6, 3))
        items = pd.DataFrame(
            {
                "item": range(40),
                "owner": rng.choice(list("abcdef"), 40),
                "segment": rng.integers(0, 3, 40),
                "value": rng.lognormal(0, 1, 40),
                "switching": 0.01,
            }
        )
        problem = Problem(
            items, tuple("abcdef"), np.full(6, 8.0), draws, np.zeros((40, 6), np.int8)
        )
        plan = recommend(problem, Rules(max_moves=10, gate_quantile=0.999), trials)
        worth = plan_value(problem, plan.assignment(problem), truth)
        surprises.append(worth - uplift(plan).mean)
        covered.append(uplift(plan).low <= worth <= uplift(plan).high)

    assert abs(np.mean(surprises)) < 3 * np.std(surprises) / np.sqrt(len(surprises))
    assert 0.85 <= np.mean(covered) <= 0.95
