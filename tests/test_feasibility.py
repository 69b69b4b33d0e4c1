"""Chances of targets, proposals, and the day from which one is out of reach."""

import numpy as np
import pytest

from analytics import feasibility

SAMPLES = np.arange(1, 101, dtype=float)


@pytest.mark.parametrize(
    ("target", "chance", "word"),
    [(10, 0.91, "easy"), (50, 0.51, "challenging"), (80, 0.21, "hard"), (98, 0.03, "impossible")],
)
def test_a_chance_is_the_share_of_totals_that_reach_the_target(target, chance, word):
    found = feasibility.p_hit(SAMPLES, target)

    assert found == pytest.approx(chance)
    assert feasibility.word(found) == word


def test_a_proposal_is_reached_as_often_as_it_says():
    for tier, aim in feasibility.AIMS.items():
        found = feasibility.proposed(SAMPLES, tier)

        assert feasibility.p_hit(SAMPLES, found.amount) == pytest.approx(aim, abs=0.01)
        assert found.low < found.amount < found.high


def test_few_stretches_are_never_certain():
    assert feasibility.p_hit_by_stretches(np.full(9, 5.0), 4.0) == 0.95
    assert feasibility.p_hit_by_stretches(np.full(9, 5.0), 6.0) == 0.05


def test_a_target_that_the_median_path_reaches_is_never_out_of_reach():
    assert feasibility.out_of_reach(SAMPLES, 0.0, 50.0, np.linspace(0, 1, 11)) is None


def test_what_is_certain_to_be_missed_is_out_of_reach_today():
    assert feasibility.out_of_reach(SAMPLES, 0.0, 500.0, np.linspace(0, 1, 11)) == 0


def test_the_day_comes_sooner_the_higher_the_target():
    normal = np.random.default_rng(0).normal(100, 10, 20_000)
    shares = np.linspace(0, 1, 91)

    days = [feasibility.out_of_reach(normal, 0.0, target, shares) for target in (102, 106, 112)]

    # With a median of 100 the chance is 5 % when what is left varies by gap / 1.645.
    by_hand = [90 * (1 - (gap / 16.45) ** 2) for gap in (2, 6, 12)]
    assert days == pytest.approx(by_hand, abs=2)
