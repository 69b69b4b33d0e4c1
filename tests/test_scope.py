"""Periods and the default as-of date."""

from datetime import date

import pytest

from analytics.scope import Period, default_as_of


@pytest.mark.parametrize(
    ("kind", "start", "end", "number"),
    [
        ("year", date(2026, 1, 1), date(2027, 1, 1), 1),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1), 4),
        ("month", date(2026, 12, 1), date(2027, 1, 1), 12),
        ("week", date(2026, 12, 28), date(2027, 1, 4), 53),
    ],
)
def test_a_period_is_the_calendar_one_around_the_day(kind, start, end, number):
    period = Period.containing(date(2026, 12, 31), kind)

    assert (period.start, period.end, period.number) == (start, end, number)


@pytest.mark.parametrize(
    ("as_of", "share"),
    [
        (date(2026, 1, 31), 0.0),
        (date(2026, 2, 1), 1 / 28),
        (date(2026, 2, 14), 0.5),
        (date(2026, 2, 28), 1.0),
        (date(2026, 3, 9), 1.0),
    ],
)
def test_the_as_of_day_itself_is_over(as_of, share):
    assert Period.containing(date(2026, 2, 3), "month").elapsed(as_of) == share


@pytest.mark.parametrize(
    ("newest", "as_of"),
    [
        (None, date(2026, 11, 23)),
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 10, 9), date(2026, 11, 23)),
        (date(2026, 10, 8), date(2026, 10, 8)),
        (date(2017, 12, 31), date(2017, 12, 31)),
    ],
)
def test_old_data_is_looked_at_on_its_own_newest_day(newest, as_of):
    assert default_as_of(newest, today=date(2026, 11, 23), stale_days=45) == as_of
