"""What commitments are worth by their record."""

import numpy as np
import pandas as pd
import pytest

from analytics.forecast.commits import PRIOR_PERIODS, haircut, record


def test_what_came_over_what_was_promised():
    rows = record(pd.DataFrame({"amount": [100.0, 0.0], "won": [80.0, 5.0]}))

    assert rows["ratio"].iloc[0] == 0.8
    assert pd.isna(rows["ratio"].iloc[1])


def test_without_a_record_a_commitment_is_taken_at_its_word_within_a_wide_range():
    found = haircut(pd.Series(dtype=float))

    assert (found.periods, found.median) == (0, 1.0)
    assert found.low < 0.6 < 1.6 < found.high


def test_the_bias_leans_on_being_right_while_periods_are_few():
    once, often = haircut(pd.Series([0.8])), haircut(pd.Series([0.8] * 30))

    assert once.median == pytest.approx(np.exp(np.log(0.8) / (1 + PRIOR_PERIODS)))
    assert often.median == pytest.approx(0.8, abs=0.02)
    assert often.high - often.low < once.high - once.low


def test_nine_of_ten_next_periods_lie_inside_the_range():
    rng = np.random.default_rng(5)
    hits = []
    for _ in range(400):
        bias, sd = rng.normal(-0.1, 0.15), 0.25
        ratios = np.exp(rng.normal(bias, sd, 6))
        found = haircut(pd.Series(ratios[:5]))
        hits.append(found.low <= ratios[5] <= found.high)

    assert 0.86 <= np.mean(hits) <= 0.96


def test_a_period_that_brought_nothing_has_an_end():
    assert 0 < haircut(pd.Series([0.0])).median < 1
