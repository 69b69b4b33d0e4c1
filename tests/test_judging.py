"""What is said of the model and of its claims, and the figures behind it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from analytics.allocation import Interval, Move
from analytics.calibration import Calibration
from analytics.placebo import Claim, Placebo
from analytics.recency import HalfLife
from analytics.selection import Readings
from analytics.timing import Censoring
from pages._ui import chance, judging
from pages._ui.charts import BLUE, ORANGE
from pages._ui.curves import LARGEST, calibration_curve, open_bars
from pages._ui.text import LANGUAGES, Text
from tests.conftest import drawn

EN = Text("en")

CURVE = pd.DataFrame(
    {
        "deals": [400, 100],
        "predicted": [0.3, 0.6],
        "observed": [0.32, 0.45],
        "low": [0.28, 0.37],
        "high": [0.36, 0.53],
    }
)

USABLE = Calibration(
    "usable", ("2025-01", "2025-07"), 3, True, 500, None, CURVE, 1.0, 0.1, 0.0, 0.01, 0.002
)

METHODS = drawn("""
    method   | log_loss_above | log_loss_error | brier_above | brier_error
    model    | -0.040         | 0.0036         | -0.0191     | 0.0017
    raw      | 0.012          | 0.0044         | 0.0016      | 0.0015
    additive | -0.004         | 0.0030         | -0.0004     | 0.0010
    constant | 0              | 0              | 0           | 0
""").astype(dict.fromkeys(("log_loss_above", "log_loss_error"), float))
METHODS[["brier_above", "brier_error"]] = METHODS[["brier_above", "brier_error"]].astype(float)

COHORTS = pd.DataFrame(
    {
        "engaged_month": pd.to_datetime(["2026-01-01", "2026-02-01"]),
        "created": [100, 100], "won": [50.0, 10.0], "lost": [48.0, 20.0], "open": [2, 70],
        "share_open": [0.02, 0.7], "warned": [False, True],
    }
)  # fmt: skip

CENSORED = Censoring(COHORTS, 0.8, 0.001, True, 0.41, 0.44, 0.0)

PLACEBO = Placebo(20, Interval(0.0, 0.0, 0.0), Interval(20_000.0, 1_000.0, 90_000.0), 0.0, 0.9)


# Figures


def test_a_group_stands_where_foretold_and_observed_meet_with_the_range_of_chance():
    diagonal, ranges, groups = calibration_curve(CURVE, EN).data

    assert diagonal.x == diagonal.y
    assert (groups.x, groups.y) == ((0.3, 0.6), (0.32, 0.45))
    assert ranges.x == (0.3, 0.3, None, 0.6, 0.6, None)
    assert ranges.y == (0.28, 0.36, None, 0.37, 0.53, None)
    assert groups.hovertext[0] == "foretold 30 %<br>came out at 32 % 28–36 %<br>400 opportunities"


def test_the_area_of_a_dot_goes_with_its_number():
    sizes = calibration_curve(CURVE, EN).data[2].marker.size

    assert sizes == (LARGEST, LARGEST / 2)


def test_both_axes_of_the_curve_reach_alike_and_stay_among_rates():
    edge = CURVE.assign(low=[0.0, 0.37], high=[0.36, 1.0])
    layout = calibration_curve(edge, EN).layout

    assert layout.xaxis.range == layout.yaxis.range == (0.0, 1.0)


def test_a_month_that_bends_the_rate_is_orange():
    [bars] = open_bars(COHORTS, EN).data

    assert (bars.x, bars.y) == (("2026-01", "2026-02"), (0.02, 0.7))
    assert bars.marker.color == (BLUE, ORANGE)
    assert bars.hovertext[1] == "2026-02<br>70 % still open<br>70 of 100 created"


# The model


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "**Usable.**"),
        ({}, "makes the forecast better"),
        ({"reps_add": 0.001}, "nothing that can be told from chance"),
        ({"verdict": "no_better"}, "would have served as well"),
        ({"verdict": "too_little_data"}, "at least 40 won and 40 lost"),
        ({"verdict": "with_care", "slope": 0.5}, "about 50 % as large as it says. Go by"),
        ({"verdict": "with_care", "slope": 2.0}, "about 200 % of the size it says"),
        ({"verdict": "with_care", "slope": -0.1}, "was not won more often"),
        ({"verdict": "with_care", "bias": -0.08}, "8 points too high"),
        ({"verdict": "with_care", "bias": 0.08}, "8 points too low"),
        ({"verdict": "with_care", "slope": 0.5, "bias": 0.08}, "it says, and its win rates"),
    ],
)
def test_the_verdict_says_what_follows_from_it(changes, said):
    assert said in judging.trust(replace(USABLE, **changes), EN).replace("\\", "")


def test_a_group_came_true_when_what_was_foretold_lies_in_its_range():
    assert judging.came_true(CURVE, EN).startswith("1 of 2 groups")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_judged_is_said(language):
    t = Text(language)

    assert "2025-07" in judging.how_judged(USABLE, t)
    assert judging.how_judged(USABLE, t) != judging.how_judged(replace(USABLE, settled=False), t)


def test_a_difference_within_two_standard_errors_is_not_told_apart():
    said = judging.methods_in_words(METHODS, EN)

    assert said["verdict"].tolist() == ["better", "worse", "not told apart", "–"]
    assert said["log_loss"].tolist() == ["+40 ± 7.2", "−12 ± 8.8", "+4.0 ± 6.0", "–"]
    assert said["method"].tolist()[0] == "this model"


@pytest.mark.parametrize(
    ("above", "error", "said"),
    [(-0.04, 0.02, "+40 ± 40"), (0.00001, 0.0001, "0.0 ± 0.2"), (0.00996, 0.001, "−10 ± 2.0")],
)
def test_numbers_per_thousand_carry_sign_and_reach(above, error, said):
    assert judging.per_thousand(above, error) == said


def test_only_flagged_changes_are_shown_with_early_and_late_rate():
    drift = pd.DataFrame(
        {
            "kind": ["rep", "product", "rep"],
            "level": ["Ann", "pumps", "Bob"],
            "early": [0.3, 0.5, 0.4],
            "late": [0.42, 0.44, 0.4],
            "deals": [200, 300, 100],
            "p": [0.001, 0.002, 0.6],
            "flagged": [True, True, False],
        }
    )

    assert "2 win rates have changed" in judging.changes(drift, EN)
    assert "2 people and 1 kinds" in judging.changes(drift, EN)
    rows = judging.changes_in_words(drift, EN)
    assert rows["level"].tolist() == ["Ann", "pumps"]
    assert rows["kind"].tolist() == ["Rep", "product"]
    assert rows["change"].tolist() == ["+12", "−6"]
    assert "No win rate" in judging.changes(drift.assign(flagged=False), EN)
    assert "cannot be tested" in judging.changes(drift.iloc[:0], EN)


def test_the_half_life_is_said_with_what_was_tried():
    tried = pd.DataFrame(
        {
            "half_life": pd.array([None, 24, 6], dtype="Int64"),
            "above": [0.0, -0.01, 0.02],
            "error": [0.0, 0.002, 0.002],
        }
    )

    assert "after 24 months" in judging.weighting_in_words(HalfLife(24, tried), EN)
    assert "count in full" in judging.weighting_in_words(HalfLife(None, tried), EN)
    assert "too little" in judging.weighting_in_words(HalfLife(None, pd.DataFrame()), EN)
    rows = judging.tried_in_words(tried, EN)
    assert rows["half_life"].tolist() == ["24 months", "6 months"]
    assert rows["verdict"].tolist() == ["better", "worse"]


def test_the_direction_in_which_open_ones_bend_the_rate_is_said():
    low, high = (
        judging.waiting_in_words(found, EN, "orange").replace("\\", "")
        for found in (CENSORED, replace(CENSORED, competing_risk=0.4))
    )

    assert "Of 100 opportunities" in low
    assert "pale months" in judging.waiting_in_words(CENSORED, EN, "pale")
    assert "3.0 points too low" in low
    assert "1.0 points too high" in high


def test_open_ones_that_bend_nothing_are_said_to_bend_nothing():
    calm = replace(CENSORED, cohorts=COHORTS.assign(warned=False))

    assert "Too little is still open" in judging.waiting_in_words(calm, EN, "orange")
    assert "about as long" in judging.waiting_in_words(replace(calm, differ=False), EN, "orange")
    assert judging.much_open(COHORTS, EN) == "In 1 of 2 months more than a fifth is still open"


# The claims


def test_a_plan_is_told_with_what_chance_alone_finds():
    said = chance.plan_words(PLACEBO, EN).replace("\\", "")

    assert "finds **0** (0 to 0); without its gates it would find 20.0k (1.00k to 90.0k)" in said


def test_what_the_gates_kept_back_is_compared_with_chance():
    like = chance.kept_words(Claim(0.0, 50_000.0), PLACEBO, EN).replace("\\", "")
    above = chance.kept_words(Claim(0.0, 500_000.0), PLACEBO, EN).replace("\\", "")

    early = chance.kept_words(Claim(0.0, 50_000.0), replace(PLACEBO, runs=4), EN)

    assert "claimed 50.0k here" in like
    assert "no more than chance" in like
    assert "more than chance usually gives" in above
    assert "more than chance" not in early


@pytest.mark.parametrize(
    ("floor", "said"), [(57.0, "57 % remains"), (0.0, "Nothing"), (-5.0, "Nothing"), (120.0, "all")]
)
def test_the_upper_figure_is_read_in_two_ways(floor, said):
    found = Readings(Interval(floor, floor - 10, floor + 10), Interval(100.0, 50.0, 150.0))

    assert said in chance.readings_words(found, EN).replace("\\", "")


def test_the_floor_of_no_gain_is_nothing():
    nothing = Interval(0.0, -1.0, 1.0)

    assert "Nothing" in chance.readings_words(Readings(nothing, nothing), EN)


@pytest.mark.parametrize(
    ("giver", "taker", "switching", "points"),
    [(0.4, 0.7, 0.0, 30), (0.4, 0.7, 100.0, 20), (0.6, 0.5, 0.0, 0)],
)
def test_a_move_is_pointless_once_the_takers_lead_is_explained(giver, taker, switching, points):
    move = SimpleNamespace(
        p_from=SimpleNamespace(mean=giver),
        p_to=SimpleNamespace(mean=taker),
        switching=switching,
        value=1000.0,
    )

    assert round(100 * chance.easier_than_recorded(cast(Move, move))) == points
