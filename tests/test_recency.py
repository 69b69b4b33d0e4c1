"""How fast the past loses its worth."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.recency import HALF_LIVES, _chosen, half_life, recency
from analytics.settings import SETTINGS
from tests.histories import history, studied


@pytest.mark.parametrize(
    ("period", "weight"),
    [("2026-03", 1), ("2025-12", 0.5), ("2025-03", 1 / 16), ("2026-05", 1), (None, 0.5)],
)
def test_a_deal_weighs_half_with_every_half_life_and_the_mean_where_its_age_is_unknown(
    period, weight
):
    months = pd.Series([period, "2025-12"])

    assert recency(months, "2026-03", half_life=3)[0] == weight


def test_without_a_half_life_or_any_month_every_deal_weighs_one():
    assert recency(pd.Series(["2020-01", None]), "2026-03", None).tolist() == [1, 1]
    assert recency(pd.Series([None, None]), "2026-03", 3).tolist() == [1, 1]


def test_reps_who_turned_round_are_better_predicted_without_their_past():
    """Who won most in 2024 wins least from 2025 on, but everybody wins as much as before."""
    rng = np.random.default_rng(1)
    rows = history(rng, months=30)
    talent = rows["rep"].str[-2:].astype(int) / 11 * 0.6 + 0.2
    early = rows["engaged_month"] < "2025-01-01"
    won = rng.random(len(rows)) < np.where(early, talent, 1 - talent)

    rows = rows.assign(wins=won.astype(int))
    found = half_life(rows, studied(rows), SETTINGS)

    assert found.months in (3, 6, 12)
    tried = found.tried
    assert tried["half_life"].fillna(0).tolist() == [0, *HALF_LIVES[1:]]
    assert tried["above"].to_numpy() == pytest.approx(tried["log_loss"] - tried["log_loss"][0])
    assert tried.loc[tried["half_life"] == found.months, "above"].item() < -0.02


@pytest.mark.parametrize(
    ("above_none", "above_best", "months"),
    [
        ([0, -1, -3, -4, 1], [4, 3, 0.9, 0, 5], 12),  # 12 months are within one error of 6
        ([0, -1, -3, -4, 1], [4, 3, 1.1, 0, 5], 6),
        ([0, -1, -1.9, -1.8, 1], [1.9, 0.9, 0, 0.1, 3], None),
        ([0, -1, -2.1, -1.8, 1], [0.9, 0.9, 0, 0.1, 3], 24),
    ],
)
def test_the_longest_half_life_about_as_good_as_the_best_is_chosen_if_one_is_better_than_none(
    above_none, above_best, months
):
    none, best = (pd.DataFrame({"above": way, "error": 1.0}) for way in (above_none, above_best))

    assert _chosen(none, best) == months


def test_reps_who_stay_as_they_are_keep_their_past():
    rows = history(np.random.default_rng(2), sd_rep=0.5, sd_segment=0.4)

    found = half_life(rows, studied(rows), SETTINGS)

    assert found.months is None
    assert found.tried["above"].iloc[-1] > 0


def test_too_little_history_keeps_its_past():
    rows = history(np.random.default_rng(3), deals_per_rep=20)

    found = half_life(rows, studied(rows), SETTINGS)

    assert (found.months, len(found.tried)) == (None, 0)


@pytest.mark.simulation
def test_a_half_life_is_chosen_under_drift_and_hardly_ever_without():
    def chosen(seed: int, **truth: Any) -> int | None:
        rows = history(np.random.default_rng(seed), **truth)
        return half_life(rows, studied(rows), SETTINGS).months

    without = [chosen(seed) for seed in range(100, 102)]
    without += [chosen(seed, sd_rep=0.3, sd_segment=0.3) for seed in range(102, 104)]
    walking = [chosen(seed, sd_walk=0.4) for seed in range(200, 204)]

    assert sum(months is not None for months in without) <= 1
    assert sum(months is not None for months in walking) >= 3
