"""The forecast against worlds whose truth is known, and beside what others go by."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.forecast.backtest import (
    COLUMNS,
    Past,
    backtest,
    beginning,
    day_number,
    enough,
    inside,
    scores,
    stage_weighted,
)
from analytics.forecast.course import NEVER, DealDays
from analytics.scope import Period
from tests.deals import drawn, world

LAST = day_number("2002-09-26")


def past_of(deals: DealDays) -> Past:
    return Past(deals, np.full(len(deals), NEVER), 2, 5)


@pytest.fixture(scope="module")
def tried() -> pd.DataFrame:
    """Past quarters of 14 companies."""
    newest = Period.containing(date(2002, 9, 26))
    tables = [
        backtest(past_of(world(seed)), np.arange(5), newest, LAST, seed).assign(seed=seed)
        for seed in range(14)
    ]
    return pd.concat(tables, ignore_index=True)


def test_nine_of_ten_quarters_end_inside_the_ninety_percent_range(tried):
    assert len(tried) > 100
    assert 0.85 <= inside(tried, 90).mean() <= 0.96
    assert 0.40 <= inside(tried, 50).mean() <= 0.65


def test_it_misses_by_less_than_what_others_go_by(tried):
    table = scores(tried).set_index(["to_go", "way"])["error"].unstack("way")

    for way in ("stage_weighted", "run_rate", "last_year"):
        assert (table["ours"] < table[way]).all(), way


def test_it_leans_neither_way(tried):
    bias = (tried["median"] - tried["won"]).mean() / tried["won"].mean()

    assert abs(bias) < 0.03


def test_nothing_of_a_later_day_is_known():
    deals = world(3)
    newest, shown = Period.containing(date(2002, 9, 26)), np.arange(5)
    cut = day_number("2001-12-31") - 30
    changed = DealDays(**{name: getattr(deals, name).copy() for name in COLUMN_NAMES})
    later = changed.closed > cut
    changed.won[later] = False
    one, other = (
        backtest(past_of(each), shown, newest, LAST, 1).set_index(["start", "to_go"])
        for each in (deals, changed)
    )
    row = (date(2001, 10, 1), 30)

    assert one.at[row, "median"] == other.at[row, "median"]
    assert one.at[row, "won"] > other.at[row, "won"]


COLUMN_NAMES = ("created", "closed", "won", "amount", "stratum", "rep")


def test_only_periods_that_are_over_are_tried():
    newest = Period.containing(date(2002, 9, 26))
    tried = backtest(past_of(world(3)), np.arange(5), newest, LAST, 1)

    assert list(tried) == list(COLUMNS)
    assert tried["start"].max() == date(2002, 4, 1)
    over = backtest(past_of(world(3)), np.arange(5), newest, day_number("2002-09-30"), 1)
    assert over["start"].max() == date(2002, 7, 1)


def test_a_few_days_or_wins_teach_nothing():
    few = drawn(*[(day, day + 10, True, 1.0) for day in range(29)], (0, None, False, 1.0))

    assert not enough(past_of(few), 400)
    assert not enough(past_of(world(3)), 100)
    assert enough(past_of(world(3)), 400)


def test_a_mistyped_old_day_is_no_beginning():
    deals = world(3)
    changed = DealDays(**{name: getattr(deals, name).copy() for name in COLUMN_NAMES})
    changed.created[7] = -9_000
    plain, odd = past_of(deals), past_of(changed)

    assert beginning(deals.created) == deals.created.min()
    assert odd.first == np.sort(deals.created)[0]
    calm, wild = plain.learnt(900).arrivals, odd.learnt(900).arrivals
    assert wild.calendar.sd == pytest.approx(calm.calendar.sd, abs=0.02)
    assert wild.daily.sum() == pytest.approx(calm.daily.sum(), rel=0.02)


def test_what_ended_before_it_began_is_summed_and_teaches_nothing():
    deals = world(3)
    odd = DealDays(**{name: getattr(deals, name).copy() for name in COLUMN_NAMES})
    those = odd.won & (odd.created % 5 == 0)
    odd.created[those] = odd.closed[those] + 3
    newest, shown = Period.containing(date(2002, 9, 26)), np.arange(5)
    plain, mended = (backtest(past_of(one), shown, newest, LAST, 1) for one in (deals, odd))

    assert (mended["won"] == plain["won"]).all()
    assert (past_of(odd).learnt(900).course.won.sum()) < past_of(deals).learnt(900).course.won.sum()


def test_the_weighted_pipeline_by_hand():
    # Half of what closed was won, twenty days after it began.
    deals = drawn((0, 20, True, 1.0), (0, 30, False, 1.0))
    open_deals = drawn((80, None, False, 100.0), (95, None, False, 10.0), (90, None, False, 1.0))
    due = np.array([105, NEVER, 130])

    # Due 105, guessed 115, and 130, which is beyond.
    assert stage_weighted(deals, open_deals, due, 90, 120, 100) == pytest.approx(0.5 * 110)


def test_ways_are_compared_on_the_same_periods():
    rows = {name: [1.0, 1.0] for name in COLUMNS}
    rows |= {"to_go": [30, 30], "won": [10.0, 20.0], "median": [12.0, 19.0]}
    rows |= {"last_year": [np.nan, 15.0], "low90": [11.0, 11.0], "high90": [30.0, 30.0]}
    table = scores(pd.DataFrame(rows)).set_index("way")

    assert table.at["ours", "n"] == 1
    assert table.at["ours", "error"] == 1.0
    assert table.at["last_year", "bias"] == -5.0
    assert table.at["ours", "inside90"] == 0.5
    assert table.at["ours", "periods"] == 2
