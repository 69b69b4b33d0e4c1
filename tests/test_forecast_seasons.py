"""Weeks of the quarter, months of the year, and what strays around them."""

import numpy as np
import pytest

from analytics.forecast.seasons import BASE, LEAST_SD, WEEKS, Weeks, seasons, shrunk

JAN_2024 = int((np.datetime64("2024-01-01") - BASE).astype(int))


def test_weeks_count_back_from_the_end_of_the_quarter():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 90)

    # 2024-01-01 to 2024-03-31: 91 days.
    assert weeks.starts[0] == JAN_2024
    assert weeks.starts[-1] == JAN_2024 + 91
    assert weeks.to_end.tolist() == list(range(12, -1, -1))
    assert (np.diff(weeks.starts) == 7).all()


def test_a_fiscal_year_has_its_own_quarters():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 120, first_month=2)
    ends = BASE + weeks.starts[1:][weeks.to_end == 0]

    assert [str(day) for day in ends] == ["2024-02-01", "2024-05-01"]


def test_too_short_a_stretch_has_no_weeks():
    assert len(Weeks.between(JAN_2024, JAN_2024 + 2).to_end) == 0


def test_a_rush_at_the_end_of_quarters_is_found_and_averages_out():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 730)
    rng = np.random.default_rng(1)
    expected = np.full(len(weeks.to_end), 40.0)
    factor = np.where(weeks.to_end == 0, 2.2, 0.9)
    found = seasons(rng.poisson(expected * factor).astype(float), expected, weeks, 1)

    assert found.weeks[0] == pytest.approx(2.2, rel=0.15)
    assert found.weeks[1:].mean() == pytest.approx(0.9, rel=0.05)
    assert found.over(JAN_2024, 91) == pytest.approx(1.0, abs=0.05)
    assert found.over(JAN_2024 + 84, 7) == pytest.approx(found.weeks[0], rel=0.1)


def test_chance_alone_makes_no_season():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 1_000)
    expected = np.full(len(weeks.to_end), 30.0)
    far = []
    for seed in range(20):
        events = np.random.default_rng(seed).poisson(expected).astype(float)
        found = seasons(events, expected, weeks, 1)
        far.append(abs(found.weeks - 1).max())

    assert np.mean(far) < 0.05


def test_one_year_teaches_no_months():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 364)
    expected = np.full(len(weeks.to_end), 30.0)
    strong = expected * np.where(weeks.month == 5, 3.0, 1.0)

    assert (seasons(strong, expected, weeks, 1).months == 1).all()
    weeks = Weeks.between(JAN_2024, JAN_2024 + 3 * 364)
    expected = np.full(len(weeks.to_end), 30.0)
    strong = expected * np.where(weeks.month == 5, 3.0, 1.0)
    assert seasons(strong, expected, weeks, 1).months[5] > 1.8


def test_months_that_stray_widen_and_longer_stretches_narrow():
    weeks = Weeks.between(JAN_2024, JAN_2024 + 1_000)
    expected = np.full(len(weeks.to_end), 200.0)
    rng = np.random.default_rng(2)
    months = np.repeat(np.exp(rng.normal(0, 0.3, 60)), 4)[: len(expected)]
    found = seasons(rng.poisson(expected * months).astype(float), expected, weeks, 1)
    calm = seasons(rng.poisson(expected).astype(float), expected, weeks, 1)

    assert found.sd == pytest.approx(0.3, rel=0.4)
    assert calm.sd <= LEAST_SD * 2
    assert found.spread(120) == pytest.approx(found.sd / (120 / 30.4) ** 0.5)


def test_nothing_to_expect_is_no_season():
    assert (shrunk(np.zeros(4), np.zeros(4), np.zeros(4, int), WEEKS) == 1).all()
