"""What a number did afterwards: comparable spans, chance, and a past to compare with."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.aftermath import (
    MIN_CLOSED,
    MIN_SPANS,
    difference_interval,
    look_back,
    outcome,
    stands_out,
)
from analytics.followups import About, Measure
from analytics.spans import course, levels, totals

THEN, NOW = date(2026, 6, 1), date(2026, 8, 30)
RATE = About("win_rate", "rep", "Ann")
CALLS = About("activities", "rep", "Ann")


def flow(*days: tuple[date, int, int, float, int]) -> pd.DataFrame:
    """Daily results: day, won, lost, won_amount, activities."""
    rows = pd.DataFrame(list(days), columns=["day", "won", "lost", "won_amount", "activities"])
    return rows.assign(day=pd.to_datetime(rows["day"]))


def closed(day: date, won: int, lost: int) -> tuple[date, int, int, float, int]:
    return (day, won, lost, won * 1000.0, 0)


def calls(day: date, count: int) -> tuple[date, int, int, float, int]:
    return (day, 0, 0, 0.0, count)


def weekly_calls(until: date, weeks: int, counts: list[int]) -> pd.DataFrame:
    """Calls on one day a week, the last on ``until``; the counts go round."""
    days = [until - timedelta(weeks=number) for number in range(weeks)]
    return flow(*(calls(day, counts[n % len(counts)]) for n, day in enumerate(days)))


def number_of(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_a_span_ends_with_its_last_day_and_leaves_out_the_day_before_its_first():
    rows = flow(*(calls(date(2026, 6, day), 10**day) for day in (1, 2, 3, 4)))

    [found] = totals(rows, "activities", [number_of(date(2026, 6, 3))], 2)

    assert found == 10**2 + 10**3


@given(
    days=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=30),
    end=st.integers(-5, 70),
    length=st.integers(1, 40),
)
def test_sums_over_spans_are_those_of_a_plain_loop(days, end, length):
    first = date(2026, 1, 1)
    rows = flow(*(calls(first + timedelta(days=day), count) for day, count in days))
    last = number_of(first) + end

    [found] = totals(rows, "activities", [last], length)

    assert found == sum(count for day, count in days if end - length < day <= end)


def test_a_win_rate_is_over_won_and_lost_and_missing_without_any():
    rows = flow(closed(date(2026, 5, 1), 3, 1))
    ends = [number_of(date(2026, 5, 1)), number_of(date(2026, 1, 1))]

    values, n = levels(rows, "win_rate", ends, 90)

    assert values[0] == 0.75
    assert math.isnan(values[1])
    assert n.tolist() == [4, 0]


def test_a_speed_is_stated_for_28_days():
    rows = flow(closed(date(2026, 5, 1), 2, 5))

    [value], [n] = levels(rows, "revenue", [number_of(date(2026, 5, 1))], 56)

    assert (value, n) == (1000.0, 2)


@pytest.mark.parametrize(
    ("about", "days"),
    [
        (RATE, 90),
        (CALLS, 28),
        (About("revenue", "rep", "Ann", "", "quarter", "2026-04-01"), 62),
        (About("revenue", "rep", "Ann", "", "month", "2026-06-01"), 28),
        (About("attainment", "rep", "Ann", "", "year", "2026-01-01"), 90),
    ],
)
def test_the_time_before_is_as_long_as_the_number_looked_back(about, days):
    assert look_back(about, THEN) == days


def compared(before: tuple[int, int], since: tuple[int, int], toward="up"):
    """Outcome of a win rate: won and lost before, and since."""
    rows = flow(closed(THEN, *before), closed(THEN + timedelta(days=1), 0, 0), closed(NOW, *since))
    return outcome(RATE, toward, Measure(0.5, 1), Measure(0.5, 1), (THEN, NOW), rows)


def test_rates_before_and_since_share_no_opportunity():
    found = compared((5, 15), (18, 2))

    assert (found.before, found.since) == (Measure(0.25, 20), Measure(0.9, 20))
    assert (found.moved, found.as_agreed, found.verdict) == ("up", True, "beyond")
    assert found.low < found.difference < found.high


@pytest.mark.parametrize(("days", "looked_at"), [(60, 60), (90, 90), (150, 90)])
def test_a_rate_says_over_how_many_of_the_days_since_it_is(days, looked_at):
    now = THEN + timedelta(days=days)
    rows = flow(closed(THEN, 5, 15), closed(now, 18, 2))

    found = outcome(RATE, "up", Measure(0.5), Measure(0.5), (THEN, now), rows)

    assert (found.days, found.since_days) == (days, looked_at)


def test_a_difference_that_chance_explains_is_called_so():
    found = compared((5, 10), (6, 9))

    assert (found.moved, found.as_agreed, found.verdict) == ("up", True, "within")
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("closed_since", "verdict"), [(MIN_CLOSED - 1, "few"), (MIN_CLOSED, "beyond")]
)
def test_few_closed_opportunities_are_too_few_to_tell(closed_since, verdict):
    found = compared((0, 40), (closed_since, 0))

    assert (found.verdict, found.since.n) == (verdict, closed_since)


def test_the_interval_is_the_published_one():
    """Newcombe (1998), table II, example (a), method 10: 56/70 against 48/80, 95 %."""
    low, high = difference_interval(Measure(48 / 80, 80), Measure(56 / 70, 70), 0.95)

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize(
    ("toward", "before", "since", "as_agreed"),
    [
        ("down", (10, 10), (19, 1), False),
        ("down", (19, 1), (10, 10), True),
        ("hold", (10, 10), (11, 9), True),
        ("hold", (2, 18), (18, 2), False),
    ],
)
def test_which_way_was_agreed_decides(toward, before, since, as_agreed):
    assert compared(before, since, toward).as_agreed is as_agreed


def test_within_a_week_nothing_is_compared():
    rows = weekly_calls(THEN, 60, [5])
    soon = THEN + timedelta(days=6)

    found = outcome(CALLS, "up", Measure(20), Measure(25), (THEN, soon), rows)

    assert (found.verdict, found.moved, found.as_agreed) == ("few", "unknown", None)


def test_on_the_day_itself_nothing_has_happened():
    found = outcome(
        CALLS, "up", Measure(20), Measure(20), (THEN, THEN), weekly_calls(THEN, 60, [5])
    )

    assert (found.moved, found.as_agreed, found.days) == ("unknown", None, 0)


def test_a_change_is_large_when_it_is_larger_than_usual():
    past = weekly_calls(THEN, 100, [5, 6, 4, 5, 7])
    later = flow(*(calls(THEN + timedelta(weeks=week), 20) for week in range(1, 5)))
    now = THEN + timedelta(weeks=4)

    found = outcome(CALLS, "up", Measure(20), Measure(80), (THEN, now), pd.concat([past, later]))

    assert found.since.value == 80
    assert (found.verdict, found.as_agreed) == ("beyond", True)
    assert found.low <= 0 <= found.high < found.difference


def test_what_always_swings_so_is_within_what_is_usual():
    counts = [int(one) for one in np.random.default_rng(7).poisson(5, 120)]
    rows = weekly_calls(THEN + timedelta(weeks=4), 120, counts)

    found = outcome(CALLS, "up", Measure(20), Measure(20), (THEN, THEN + timedelta(weeks=4)), rows)

    assert found.verdict == "within"
    assert found.spans >= MIN_SPANS


def test_a_short_past_is_too_little_to_tell():
    rows = weekly_calls(THEN + timedelta(weeks=4), 12, [5])

    found = outcome(CALLS, "up", Measure(20), Measure(20), (THEN, THEN + timedelta(weeks=4)), rows)

    assert found.verdict == "few"
    assert found.spans < MIN_SPANS


def test_a_past_begins_with_what_is_counted():
    """Deals of years before the first call was logged say nothing of calls."""
    rows = pd.concat(
        [flow(closed(date(2020, 1, 1), 1, 0)), weekly_calls(THEN + timedelta(weeks=4), 12, [5])]
    )

    found = outcome(CALLS, "up", Measure(20), Measure(20), (THEN, THEN + timedelta(weeks=4)), rows)

    assert found.verdict == "few"
    assert len(course(rows, "activities", NOW, 28, 400)) < 30


@pytest.mark.parametrize(("last", "found"), [(9, "high"), (0, "low"), (5, "")])
def test_a_number_in_the_outer_tenth_of_its_own_past_stands_out(last, found):
    past = weekly_calls(THEN - timedelta(weeks=4), 100, [4, 5, 6])
    recent = flow(*(calls(THEN - timedelta(weeks=week), last) for week in range(4)))

    assert stands_out(pd.concat([past, recent]), "activities", THEN, 28) == found


@pytest.mark.parametrize(
    ("number", "then", "now", "toward", "moved", "as_agreed"),
    [
        ("overdue", 5, 2, "down", "down", True),
        ("overdue", 5, 5, "down", "same", False),
        ("open_count", 20, 21, "hold", "up", True),
        ("open_count", 20, 30, "hold", "up", False),
    ],
)
def test_of_what_has_no_past_then_and_now_are_compared(number, then, now, toward, moved, as_agreed):
    about = About(number, "rep", "Ann")

    found = outcome(about, toward, Measure(then), Measure(now), (THEN, NOW), pd.DataFrame())

    assert (found.moved, found.as_agreed, found.verdict) == (moved, as_agreed, "")


@pytest.mark.parametrize(
    ("now", "moved", "as_agreed"),
    [
        (Measure(900, 1, "won"), "up", True),
        (Measure(900, 1, "lost"), "down", False),
        (Measure(1500, 1, "open"), "up", None),
        (Measure(), "unknown", None),
    ],
)
def test_of_an_opportunity_its_end_counts(now, moved, as_agreed):
    about = About("deal", "opportunity", "o1")

    found = outcome(about, "hold", Measure(1000, 1, "open"), now, (THEN, NOW), pd.DataFrame())

    assert (found.moved, found.as_agreed) == (moved, as_agreed)


def test_a_course_has_a_point_a_week_up_to_the_day():
    rows = course(weekly_calls(THEN, 30, [5]), "activities", THEN, 28, 10)

    assert len(rows) == 10
    assert rows["day"].iloc[-1] == pd.Timestamp(THEN)
    assert rows["value"].eq(20).all()
