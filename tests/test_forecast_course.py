"""How fast opportunities end by age: by hand, and against a world of constant chances."""

import numpy as np
import pytest

from analytics.forecast.course import (
    EDGES,
    LONGEST,
    NEVER,
    PRIOR_EVENTS,
    chance_within,
    learn,
    ways,
)
from tests.deals import drawn, world


def test_days_at_risk_and_events_by_hand():
    # Won at age 3, lost at age 9, still open at age 10: at risk 4, 10 and 11 days.
    course = learn(drawn((0, 3, True, 1), (1, 10, False, 1), (0, None, False, 1)), 10, 1)
    won, lost = course.won - PRIOR_EVENTS, course.lost - PRIOR_EVENTS

    assert won[0, :2].tolist() == [1, 0]
    assert lost[0, :2].tolist() == [0, 1]
    overall_won, overall_lost = 2 / 125, 2 / 125
    # In the first week 4 + 7 + 7 days, and the prior's.
    pooled = (1 + 1) / (18 + 1 / overall_won)
    assert course.exposed[0][0, 0] == pytest.approx(18 + PRIOR_EVENTS / pooled)
    pooled = (0 + 1) / (18 + 1 / overall_lost)
    assert course.exposed[1][0, 0] == pytest.approx(18 + PRIOR_EVENTS / pooled)


def test_what_closed_later_counts_as_open_on_an_earlier_day():
    deals = drawn((0, 5, True, 1), (0, 20, True, 1), (15, None, False, 1)).known_on(10)

    assert deals.closed.tolist() == [5, NEVER]
    assert deals.won.tolist() == [True, False]


def test_chances_of_constant_hazards_are_those_of_the_formula():
    winning, losing = np.full((1, len(EDGES) - 1), 0.02), np.full((1, len(EDGES) - 1), 0.03)
    way = ways(winning, losing)
    within = chance_within(way, np.zeros(3, int), np.array([0, 40, 3_000]), 10)

    # Whatever the age: share won of what closes, times the chance to close in ten days.
    assert within == pytest.approx(np.full(3, 0.4 * (1 - 0.95**10)), rel=0.02)
    assert way.won[0, -1] == pytest.approx(0.4)
    assert way.still[0, 10] == pytest.approx(0.95**10)


def test_the_chances_of_a_world_are_found_again():
    deals = world(3, days=1_500, a_day=8)
    way = ways(*learn(deals, 1_499, 2).hazards)
    found = chance_within(way, np.zeros(4, int), np.array([0, 20, 60, 120]), 30)

    truth = 0.4 * (1 - (1 - 0.012 - 0.018 + 0.012 * 0.018) ** 30)
    assert found == pytest.approx(np.full(4, truth), abs=0.04)


def test_opportunities_older_than_any_that_closed_are_hardly_won():
    closing = [(day, day + 30, day % 2 == 0, 1.0) for day in range(300)]
    sleeping = [(day, None, False, 1.0) for day in range(100)]
    way = ways(*learn(drawn(*closing, *sleeping), 900, 1).hazards)
    young, old = chance_within(way, np.zeros(2, int), np.array([20, 500]), 30)

    assert young > 0.3
    assert old < 0.03


def test_strata_lean_on_each_other_only_while_they_show_little():
    deals = world(5, a_day=6)
    quick = learn(deals, 999, 3).hazards[0]

    # The third has nothing: it gets what all have.
    assert quick[2, :8] == pytest.approx(quick[:2, :8].mean(axis=0), rel=0.35)


@pytest.mark.parametrize("most", [100, 1_000])
def test_thinning_does_not_look_at_how_opportunities_end(most):
    deals = world(4, a_day=6)
    few, each = deals.thinned(most)
    early, _ = deals.known_on(500).thinned(most)

    assert few.won.mean() == pytest.approx(deals.won.mean(), abs=3.5 / len(few) ** 0.5 / 2)
    assert len(few) * each == pytest.approx(len(deals))
    assert len(few) < 1.5 * most
    assert early.is_open.mean() == pytest.approx(
        deals.known_on(500).is_open.mean(), abs=3.5 / len(early) ** 0.5 / 2
    )


def test_ages_have_an_end():
    assert EDGES[-1] == LONGEST
    assert (np.diff(EDGES) > 0).all()
