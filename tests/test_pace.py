"""The usual course of a period, and what past stretches brought."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import pace
from analytics.scope import Period

APRIL = Period.containing(date(2026, 4, 10), "month")
AS_OF = date(2026, 4, 10)


def sold(*days: str) -> tuple[pd.Series, pd.Series]:
    return pd.Series(pd.to_datetime(list(days))), pd.Series([10.0] * len(days))


def test_without_a_past_a_period_comes_evenly():
    found = pace.course(*sold(), APRIL, AS_OF)

    assert found.periods == 0
    assert found.shares == pytest.approx(np.linspace(0, 1, 31))
    assert found.at(10) == pytest.approx(1 / 3)


def test_two_past_months_count_as_much_as_the_even_ones():
    found = pace.course(*sold("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-09"), APRIL, AS_OF)

    # All of February and March came on their last day.
    assert found.periods == 2
    assert found.at(15) == pytest.approx(0.5 * 0.5, abs=0.01)
    assert found.at(30) == pytest.approx(1)


def test_the_running_period_and_what_was_not_over_say_nothing():
    march = Period.containing(date(2026, 3, 1), "month")
    days = sold("2026-02-01", "2026-02-01", "2026-03-31")

    assert pace.course(*days, march.after(), date(2026, 3, 30)).periods == 1


def test_shares_never_fall():
    rng = np.random.default_rng(1)
    days = pd.Series(pd.to_datetime("2025-01-01") + pd.to_timedelta(rng.integers(0, 400, 90), "D"))

    shares = pace.course(days, pd.Series(rng.random(90)), APRIL, AS_OF).shares

    assert (np.diff(shares) >= 0).all()
    assert (shares[0], shares[-1]) == (0, pytest.approx(1))


def test_stretches_lie_side_by_side_and_end_today():
    days = pd.Series(pd.to_datetime(["2026-04-01", "2026-04-05", "2026-04-08", "2026-04-10"]))

    # Ten days hold three stretches of three: 2 to 4, 5 to 7, 8 to 10.
    assert pace.stretch_numbers(days, 3, AS_OF).tolist() == [-1, 1, 0, 0]
    assert pace.stretch_numbers(days, 11, AS_OF).tolist() == [-1] * 4
    assert pace.stretch_numbers(days, 0, AS_OF).tolist() == [-1] * 4
    assert pace.stretch_numbers(days, 3, date(2026, 4, 8)).tolist() == [-1, 1, 0, -1]


def test_the_best_stretch_is_the_best_of_all_that_overlap():
    days = pd.Series(pd.to_datetime(["2026-04-01", "2026-04-04", "2026-04-05", "2026-04-10"]))

    found = pace.best_stretch(
        days, pd.Series([1.0, 5.0, 5.0, 1.0]), np.array([0, 1, 2, 10, 11]), AS_OF
    )

    assert found[:4].tolist() == [0, 5, 10, 12]
    assert np.isnan(found[4])


@pytest.mark.parametrize(
    ("as_of", "weeks"),
    [
        (date(2026, 4, 9), 3),
        (date(2026, 4, 30), 0),
        (date(2026, 5, 9), 0),
        (date(2026, 3, 1), 30 / 7),
    ],
)
def test_weeks_left_are_those_of_the_period(as_of, weeks):
    assert pace.weeks_left(APRIL, as_of) == weeks
