"""What the limits cost: duals, checked by solving again with one more and one less."""

import numpy as np
import pytest

from analytics.allocation import Problem, Rules
from analytics.allocation.prices import LimitPrices, frontier, limit_prices
from tests.balanced import balanced_office
from tests.offices import office
from tests.test_allocation_balance import balanced


def prices_of(problem: Problem, rules: Rules) -> LimitPrices:
    prices = limit_prices(problem, rules)
    assert prices is not None
    return prices


LOOSE = Rules(max_moves=6, p_gain_min=0.05)


def test_an_hour_of_a_rep_who_stays_overloaded_is_worth_the_penalty():
    # Ann has three hours too few to take the large one for nothing.
    problem = balanced(
        effort=np.array([10.0, 10.0]), hours=np.array([2.0, 4.0]), overload=20.0, win=(0.5, 0.2)
    )

    prices = prices_of(problem, Rules()).reps.query("of == 'hours'").set_index("rep")

    assert prices.loc["ann", "kind"] == "penalty"
    assert prices.loc["ann", "price"] == pytest.approx(20)
    assert prices.loc["ann", "up"] == pytest.approx(20)


def test_one_more_move_is_worth_the_best_item_left_out():
    items = "item | owner | value | switching\n a | ben | 100 | 0\n b | ben | 60 | 0"
    problem = office(items, {"ann": 9, "ben": 9}, [0.5, 0.2])

    prices = prices_of(problem, Rules(max_moves=1))

    assert prices.next_move == pytest.approx(60 * 0.3)
    assert 60 * 0.3 - 1e-6 <= prices.move <= 100 * 0.3 + 1e-6


def test_a_place_with_a_full_rep_is_worth_the_item_that_waits_for_it():
    items = "item | owner | value | switching\n a | ben | 100 | 0\n b | ben | 60 | 0"
    problem = office(items, {"ann": 1, "ben": 9}, [0.5, 0.2])

    prices = prices_of(problem, Rules()).reps.set_index("rep")

    assert prices.loc["ann", "up"] == pytest.approx(60 * 0.3)
    assert prices.loc["ben", "kind"] == "free"


@pytest.mark.parametrize("seed", range(6))
def test_a_dual_lies_between_what_one_more_brings_and_one_less_costs(seed):
    prices = prices_of(balanced_office(seed, n_items=30, n_reps=5, units=False), LOOSE)

    assert (prices.reps["up"] <= prices.reps["price"] + 1e-4).all()
    hours = prices.reps.query("of == 'hours'")
    assert (hours["price"] <= hours["down"] + 1e-4).all()


def test_nothing_to_choose_has_no_price():
    problem = office("item | owner | value | switching\n a | ben | 9 | 0", {"ben": 1}, [0.5])

    assert limit_prices(problem, Rules()) is None


def test_the_frontier_gains_with_the_budget_and_shows_what_the_band_costs():
    problem = balanced_office(3, n_items=40, n_reps=5)

    points = frontier(problem, Rules(p_gain_min=0.5), budgets=(2, 8), bands=(1.0, 0.1))

    assert list(points["budget"]) == [2, 8, 2, 8]
    assert (points["moves"] <= points["budget"]).all()
    assert (points["money_low"] <= points["money"]).all()
    assert points["gap"].max() <= 0.05
