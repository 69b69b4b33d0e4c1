"""How good the model is said to be, where the truth is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.calibration import Calibration, _slope, _verdict, calibration, wilson
from analytics.settings import SETTINGS
from tests.histories import history, studied

GOOD: dict[str, Any] = {"sd_rep": 0.5, "sd_rep_product": 0.5, "sd_segment": 0.4}


def judged(seed: int, **truth: Any) -> Calibration:
    rows = history(np.random.default_rng(seed), **truth)
    return calibration(rows, studied(rows), SETTINGS)


@pytest.fixture(scope="module")
def good() -> Calibration:
    return judged(1, **GOOD)


def above(found: Calibration) -> pd.Series:
    assert found.methods is not None
    return found.methods.set_index("method")["log_loss_above"]


def test_a_model_that_predicts_what_comes_is_usable_and_so_are_its_reps(good):
    assert good.verdict == "usable"
    assert good.reps_help
    assert above(good)["model"] < above(good)["without_reps"] < 0
    assert 0.7 <= good.slope <= 1.4
    assert abs(good.bias) <= 0.05


def test_methods_are_compared_on_the_same_deals_with_the_constant(good):
    methods = good.methods.set_index("method")

    assert list(methods.index) == ["model", "without_reps", "additive", "raw", "constant"]
    assert (methods.loc["constant", ["log_loss_above", "brier_above"]] == 0).all()
    for loss in ("log_loss", "brier"):
        apart = methods[loss] - methods.loc["constant", loss]
        assert np.allclose(methods[f"{loss}_above"], apart)
        assert (methods[f"{loss}_error"].drop("constant") > 0).all()
    assert good.reps_add == pytest.approx(
        methods.loc["without_reps", "log_loss"] - methods.loc["model", "log_loss"]
    )


def test_the_curve_holds_every_deal_and_rises(good):
    curve = good.curve

    assert curve["deals"].sum() == good.judged
    assert curve["predicted"].is_monotonic_increasing
    assert curve["observed"].iloc[-3:].mean() > curve["observed"].iloc[:3].mean() + 0.2
    assert ((curve["low"] < curve["observed"]) & (curve["observed"] < curve["high"])).all()
    # Nine in ten intervals hold the predicted rate of a model that is right.
    held = (curve["low"] <= curve["predicted"]) & (curve["predicted"] <= curve["high"])
    assert held.sum() >= 6
    assert curve["deals"] @ (curve["observed"] - curve["predicted"]) == pytest.approx(
        good.bias * good.judged
    )


@pytest.mark.parametrize(
    ("above", "slope", "bias", "verdict"),
    [
        (-0.021, 1.0, 0.0, "usable"),
        (-0.019, 1.0, 0.0, "no_better"),
        (0.021, 1.0, 0.0, "no_better"),
        (-0.021, 0.7, 0.05, "usable"),
        (-0.021, 1.4, -0.05, "usable"),
        (-0.021, 0.69, 0.0, "with_care"),
        (-0.021, 1.41, 0.0, "with_care"),
        (-0.021, 1.0, 0.051, "with_care"),
        (-0.021, 1.0, -0.051, "with_care"),
        (-0.021, None, 0.0, "no_better"),
    ],
)
def test_better_by_two_errors_with_differences_and_mean_that_hold_is_usable(
    above, slope, bias, verdict
):
    model = pd.Series({"log_loss_above": above, "log_loss_error": 0.01})

    assert _verdict(model, slope, bias) == verdict


def test_a_company_whose_luck_turned_is_predicted_with_a_bias():
    rows = history(np.random.default_rng(2), **GOOD)
    late = rows["engaged_month"] >= "2024-09-01"
    rows.loc[late & (np.arange(len(rows)) % 3 == 0), "wins"] = 0

    found = calibration(rows, studied(rows), SETTINGS)

    assert found.bias is not None
    assert found.bias < -0.05
    assert found.verdict in ("with_care", "no_better")


def test_too_little_history_is_not_judged():
    rows = history(np.random.default_rng(4), deals_per_rep=30)

    found = calibration(rows, studied(rows), SETTINGS)

    assert (found.verdict, found.judged, found.cuts) == ("too_little_data", 0, ())
    assert (found.methods, found.slope, found.reps_help) == (None, None, False)


def test_one_rate_for_all_has_no_slope_and_is_no_better_than_itself():
    assert _slope(np.full(10, -0.3), np.ones(10), np.ones(10)) == (None, None)


def test_the_slope_is_how_many_times_as_large_differences_came_out():
    x, rate = np.repeat([-1.0, 1.0], 2), 1 / (1 + np.exp(-0.5))
    won, weight = np.array([1, 0, 1, 0]), 100 * np.array([1 - rate, rate, rate, 1 - rate])

    slope, error = _slope(x, won, weight)

    assert slope == pytest.approx(0.5)  # log odds of -.5 and .5 where -1 and 1 were predicted
    assert error == pytest.approx(1 / np.sqrt(200 * rate * (1 - rate)))


def test_an_interval_of_nothing_seen_or_everything_won_stays_between_zero_and_one():
    low, high = wilson(np.array([0.0, 8.0, 10.0]), np.array([10.0, 10.0, 10.0]), 0.95)

    assert low == pytest.approx([0, 0.490, 0.722], abs=1e-3)
    assert high == pytest.approx([0.278, 0.943, 1], abs=1e-3)


@pytest.mark.simulation
def test_verdicts_follow_the_truth_and_counted_rates_are_shown_to_be_overconfident():
    planted = [judged(seed, **GOOD) for seed in range(10, 13)]
    nothing = [judged(seed) for seed in range(20, 24)]
    segments_only = [judged(seed, sd_segment=0.6) for seed in range(30, 32)]

    assert [found.verdict for found in planted + segments_only] == ["usable"] * 5
    assert [found.verdict for found in nothing] == ["no_better"] * 4
    assert all(found.reps_help for found in planted)
    assert not any(found.reps_help for found in nothing + segments_only)
    for found in planted + nothing + segments_only:
        assert above(found)["model"] < above(found)["raw"]
    for found in nothing:
        assert above(found)["raw"] > 0.005
