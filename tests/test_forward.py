"""Cuts of a history: what was known, what is judged, and how sure a difference is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.forward import Chain, chain, log_loss, mean_and_error, outcomes
from analytics.settings import SETTINGS
from tests.conftest import drawn
from tests.histories import history

SMALL = replace(SETTINGS, min_wins=1, min_losses=1)


def monthly(deals: int = 100, lasts: int = 0, months: int = 12) -> pd.DataFrame:
    """As many deals begun in each month of 2025, half of them won, closed after ``lasts``."""
    begun = np.datetime64("2025-01", "M") + np.arange(months)
    return pd.DataFrame(
        {
            "rep": "Ann",
            "team": "north",
            "engaged_month": begun,
            "closed_month": begun + lasts,
            "wins": deals // 2,
            "trials": deals,
        }
    )


def months(found: Chain, part: str) -> list[list[str]]:
    return [sorted(set(getattr(fold, part)["period"])) for fold in found.folds]


def test_each_cut_learns_from_what_had_closed_and_is_judged_by_what_began_until_the_next():
    found = chain(monthly(months=9), [], SETTINGS)

    # A third of the deals is known at the end of March.
    assert [fold.cut for fold in found.folds] == [f"2025-{month:02}" for month in range(4, 10)]
    assert months(found, "test") == [[fold.cut] for fold in found.folds]
    assert months(found, "train")[0] == ["2025-01", "2025-02", "2025-03"]
    assert months(found, "train")[-1] == [f"2025-{month:02}" for month in range(1, 9)]
    assert (found.settled, found.months_to_settle) == (True, 0)


def test_what_had_not_closed_at_the_cut_is_not_learnt_from():
    found = chain(monthly(lasts=2), [], SETTINGS)

    for fold in found.folds:
        cut = np.datetime64(fold.cut, "M")
        assert fold.train["period"].max() == str(cut - 3)
        assert fold.test["period"].min() == fold.cut


def test_months_of_which_only_the_fast_have_closed_are_not_judged():
    rows = history(np.random.default_rng(0))
    found = chain(rows, ["product"], SETTINGS)

    # Deals last 0 to 3 months, and the newest closing is of the 24th month, 2025-12.
    assert (found.settled, found.months_to_settle) == (True, 3)
    assert max(month for part in months(found, "test") for month in part) == "2025-09"


def test_a_history_too_short_to_leave_them_out_keeps_them_and_says_so():
    rng = np.random.default_rng(0)
    short = chain(history(rng, months=10, deals_per_rep=60), [], SETTINGS)
    long = chain(history(rng, months=10, deals_per_rep=120), [], SETTINGS)

    assert (short.settled, long.settled) == (False, True)
    assert max(months(short, "test")) > ["2024-07"] == max(months(long, "test"))


def test_there_are_six_cuts_at_most_with_about_as_many_deals_after_each():
    found = chain(history(np.random.default_rng(0), months=36), [], SETTINGS)

    sizes = [fold.test["trials"].sum() for fold in found.folds]
    assert len(found.folds) == 6
    assert max(sizes) < 2 * min(sizes)
    tests = pd.concat([fold.test for fold in found.folds])
    assert tests.index.is_unique


@pytest.mark.parametrize(
    ("rows", "enough"),
    [
        (monthly(), True),
        (monthly(deals=22), False),  # 8 months of 22 deals after the cut
        (monthly().assign(wins=0), False),
        (monthly().assign(closed_month=pd.NaT), False),
        (monthly().assign(engaged_month=pd.NaT), False),
        (monthly().iloc[:0], False),
    ],
)
def test_a_history_of_too_few_deals_is_not_cut(rows, enough):
    assert bool(chain(rows, [], SMALL).folds) == enough


def test_a_deal_without_a_day_of_closing_is_never_known_and_one_without_a_beginning_never_judged():
    rows = monthly()
    rows.loc[0, "closed_month"], rows.loc[1, "engaged_month"] = pd.NaT, pd.NaT

    found = chain(rows, [], SETTINGS)

    assert all(0 not in fold.train.index for fold in found.folds)
    assert any(1 in fold.train.index for fold in found.folds)
    assert all(1 not in fold.test.index for fold in found.folds)


def test_cells_become_their_wins_and_their_losses():
    cells = drawn("""
        rep | wins | trials
        Ann | 2    | 5
        Bob | 0    | 1
        Cid | 3    | 3
    """).astype({"wins": float, "trials": float})

    rows = outcomes(cells)

    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("Ann", 0, 3),
        ("Ann", 1, 2),
        ("Bob", 0, 1),
        ("Cid", 1, 3),
    ]


def test_the_loss_is_the_surprise_at_what_happened():
    assert log_loss(np.array([1, 0]), np.array([0.5, 0.9])) == pytest.approx(
        [np.log(2), np.log(10)]
    )


def test_the_error_of_a_mean_is_that_of_single_deals_or_of_months_whichever_is_greater():
    values, deals = np.array([1.0, -1.0, 1.0, -1.0]), np.array([1.0, 1, 1, 1])

    apart = mean_and_error(values, deals, np.array([0, 0, 1, 1]))
    together = mean_and_error(values, deals, np.array([0, 1, 0, 1]))
    one_month = mean_and_error(values, deals, np.zeros(4))

    assert apart == one_month == (0.0, 0.5)  # sqrt(4) / 4
    assert together == (0.0, 1.0)  # two months, means 1 and -1: sqrt(2 * (4 + 4)) / 4
    weighted = mean_and_error(np.array([1.0, -1.0]), np.array([3.0, 1]), np.array([0, 0]))
    assert weighted == (0.5, pytest.approx(np.sqrt(3 * 0.25 + 2.25) / 4))
