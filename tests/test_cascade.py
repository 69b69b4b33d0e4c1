"""Parts that add up, and what they are weighed by."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import cascade
from analytics.scope import Period

WEIGHTS = st.lists(
    st.floats(0, 1e15, allow_nan=False, allow_infinity=False, allow_subnormal=True),
    min_size=1,
    max_size=60,
)
Q3 = Period.containing(date(2026, 8, 14))
AS_OF = date(2026, 8, 14)


@given(st.integers(0, 10**15), WEIGHTS, st.sampled_from([1, 100, 1000, 10**6]))
def test_parts_add_up_to_the_hundredth(total, weights, step):
    parts = cascade.split(total, weights, step)

    assert sum(parts) == total
    assert min(parts) >= 0
    assert len(parts) == len(weights)


@given(st.integers(0, 10**15), WEIGHTS)
def test_no_part_is_a_hundredth_or_more_from_its_share(total, weights):
    parts = cascade.split(total, weights)
    given_ = np.asarray(weights) / (max(weights) or 1.0)
    shares = given_ / given_.sum() if given_.sum() else np.full(len(weights), 1 / len(weights))

    # Floats know the share of 10^15 only to about a hundredth themselves.
    assert all(
        abs(part - total * share) < 1 + total * 1e-13
        for part, share in zip(parts, shares, strict=True)
    )


@given(st.integers(0, 10**9), WEIGHTS)
def test_equal_weights_get_parts_that_differ_by_one_at_most(total, weights):
    parts = cascade.split(total, [3.0] * len(weights))

    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize(
    ("total", "weights", "step", "parts"),
    [
        (100, [1, 1, 1], 1, [34, 33, 33]),
        (100, [0, 0], 1, [50, 50]),
        (100, [0, 2, 0], 1, [0, 100, 0]),
        (1_005, [1, 3], 10, [250, 755]),
        (0, [1, 2], 1, [0, 0]),
        (7, [1, 1], 10, [7, 0]),
    ],
)
def test_parts_by_hand(total, weights, step, parts):
    assert cascade.split(total, weights, step) == parts


@pytest.mark.parametrize("weights", [[], [1, -1], [float("nan")], [float("inf"), 1]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        cascade.split(100, weights)


def sold(*rows: tuple) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["rep", "day", "won_amount"])
    return found.assign(day=pd.to_datetime(found["day"]), pipeline=found["won_amount"] * 2)


def test_history_is_the_same_season_mixed_with_one_year_of_the_average():
    reps = pd.Index(["Ann", "Bo", "New"])
    rows = sold(
        ("Ann", "2023-01-01", 0.0),
        ("Bo", "2025-01-01", 0.0),
        ("Ann", "2025-08-01", 300.0),
        ("Ann", "2024-08-01", 100.0),
        ("Ann", "2025-12-01", 9999.0),
        ("Bo", "2025-08-01", 200.0),
    )

    found = cascade.history(rows, reps, Q3, AS_OF, "won_amount")

    # Ann was there for three of the seasons, Bo for one: 600 in 4 years are 150 on average.
    assert found.tolist() == [(400 + 150) / 4, (200 + 150) / 2, 150]


def test_credits_above_what_was_won_weigh_nothing():
    reps = pd.Index(["Ann", "Bo"])
    rows = sold(("Ann", "2025-08-01", -900.0), ("Bo", "2025-08-01", 300.0))
    rows = pd.concat([sold(("Ann", "2025-01-01", 0.0), ("Bo", "2025-01-01", 0.0)), rows])

    for weights in (
        cascade.history(rows, reps, Q3, AS_OF, "won_amount"),
        cascade.potential(pd.Series({"Ann": -50.0}), rows, reps, Q3, AS_OF),
        cascade.seasons(rows, AS_OF, "won_amount").shares,
    ):
        assert min(weights) >= 0
        assert sum(cascade.split(100, list(weights))) == 100


def test_capacity_is_hours_times_presence_times_ramp():
    reps = pd.Index(["Ann", "Half", "Away", "New", "Later"])
    people = pd.DataFrame(
        {
            "rep": reps,
            "weekly_hours": [40.0, 20.0, 40.0, 40.0, 40.0],
            "started_on": pd.to_datetime([None, None, None, "2026-07-01", "2026-12-01"]),
        }
    )
    days = (Q3.end - Q3.start).days
    absences = pd.DataFrame(
        {"rep": ["Away"], "starts_on": pd.to_datetime(["2026-07-01"]),
         "ends_on": pd.to_datetime(["2026-07-31"])}
    )  # fmt: skip

    found = cascade.capacity(people, absences, reps, Q3)

    ramp = np.mean([0.25 + 0.75 * day / 180 for day in range(days)])
    assert found == pytest.approx([40, 20, 40 * (days - 31) / days, 40 * ramp, 0])


def test_potential_is_what_is_open_and_a_years_arrivals():
    reps = pd.Index(["Ann", "Bo"])
    rows = sold(("Ann", "2026-01-01", 365.0), ("Bo", "2024-01-01", 999.0))

    found = cascade.potential(pd.Series({"Bo": 50.0}), rows, reps, Q3, AS_OF)

    assert found == pytest.approx([92.0, 50.0])


def test_months_have_the_shares_of_whole_years_mixed_with_an_even_one():
    days = pd.date_range("2024-08-01", "2026-07-31", freq="MS") + timedelta(days=4)
    amount = [240.0 if day.month == 12 else 0.0 for day in days]
    rows = pd.DataFrame({"rep": "Ann", "day": days, "won_amount": amount})
    rows = pd.concat([rows, sold(("Ann", "2024-08-01", 0.0))[["rep", "day", "won_amount"]]])

    found = cascade.seasons(rows, date(2026, 7, 31), "won_amount")

    assert (found.years, found.taught) == (2, True)
    assert found.shares[11] == pytest.approx((2 + 1 / 12) / 3)
    assert sum(found.shares) == pytest.approx(1)


def test_one_year_teaches_no_season():
    rows = sold(*(("Ann", f"2025-{month:02}-01", 1.0) for month in range(8, 13)))

    assert cascade.seasons(rows, date(2026, 7, 31), "won_amount").years == 1
    assert not cascade.seasons(rows, date(2026, 7, 31), "won_amount").taught
    assert cascade.seasons(rows.head(0), AS_OF, "won_amount").shares == (1 / 12,) * 12


def test_a_fiscal_year_has_its_own_twelve_months_and_a_month_none():
    known = cascade.Seasons(tuple(float(month) for month in range(1, 13)), 2)
    fiscal = Period.containing(AS_OF, "year", 4)

    found = cascade.month_weights(fiscal, known)

    assert [day.month for day, _ in found] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert [weight for _, weight in found] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert cascade.month_weights(Period.containing(AS_OF, "month"), known) == []


@pytest.mark.parametrize(
    ("total", "parts", "step"), [(6_000_000_000, 24, 1_000_000), (500, 5, 1), (9, 3, 1)]
)
def test_parts_are_as_round_as_people_read_them(total, parts, step):
    assert cascade.readable_step(total, parts) == step
