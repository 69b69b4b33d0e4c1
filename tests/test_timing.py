"""When opportunities end, and what a win rate of closed ones gets wrong."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.timing import censoring, ends, last_band, speeds
from tests.benchmarks.timing import SCENARIOS, estimates
from tests.timelines import timeline

CLOSING, WINNING = np.array([0.5, 0.2]), np.array([0.4, 0.9])

shares = st.floats(0.01, 0.99)
days = st.floats(0, 400)


def cohort(month: str, won: list, lost: list, still_open: int, age: float) -> dict:
    """A row of the mart, from the days to each win and to each loss."""
    row = {"engaged_month": pd.Timestamp(month), "created": len(won) + len(lost) + still_open}
    row |= {"won": len(won), "lost": len(lost), "open": still_open, "age_days": age}
    for end, taken in (("win", won), ("lose", lost)):
        row |= {f"days_to_{end}_sum": sum(taken)}
        row |= {f"days_to_{end}_squares": sum(day**2 for day in taken)}
    return row


def ages(*bands: tuple[int, int, int]) -> pd.DataFrame:
    """The mart of one rep: at risk, won and lost by band."""
    rows = pd.DataFrame(bands, columns=["at_risk", "won", "lost"])
    return rows.assign(band=range(len(rows)))


QUICK, SLOW = [10, 20, 30] * 10, [20, 40, 60] * 10
AGES = ages((100, 30, 20), (50, 5, 20), (25, 0, 10))


@pytest.mark.parametrize(
    ("after", "within", "won", "lost", "still_open"),
    [
        (0, 28, 0.2, 0.3, 0.5),
        (0, 56, 0.2 + 0.5 * 0.2 * 0.9, 0.3 + 0.5 * 0.2 * 0.1, 0.4),
        (0, np.inf, 0.2 + 0.5 * 0.9, 0.3 + 0.5 * 0.1, 0),
        (28, 28, 0.18, 0.02, 0.8),
        (1000, 28, 0.18, 0.02, 0.8),
        (14, 14, (1 - 0.5**0.5) * 0.4, (1 - 0.5**0.5) * 0.6, 0.5**0.5),
        (14, 0, 0, 0, 1),
    ],
)
def test_chances_follow_from_the_bands(after, within, won, lost, still_open):
    found = ends(CLOSING, WINNING, after=after, within=within)

    assert [found.won, found.lost, found.open] == pytest.approx([won, lost, still_open])


@pytest.mark.parametrize(
    ("after", "within", "extrapolated"),
    [(0, np.inf, 0.4), (0, 56, 0), (0, 84, 0.4 * 0.2), (28, np.inf, 0.8), (60, np.inf, 1)],
)
def test_what_ends_beyond_the_observed_ages_is_said(after, within, extrapolated):
    found = ends(CLOSING, WINNING, after=after, within=within, horizon_days=56)

    assert found.extrapolated == pytest.approx(extrapolated)


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=5).map(np.array), days, days, days)
def test_two_spans_in_a_row_are_one_long_span(bands, start, first, second):
    closing, winning = bands.T
    one = ends(closing, winning, after=start, within=first)
    two = ends(closing, winning, after=start + first, within=second)
    both = ends(closing, winning, after=start, within=first + second)

    assert both.won == pytest.approx(one.won + one.open * two.won)
    assert both.lost == pytest.approx(one.lost + one.open * two.lost)
    assert both.won + both.lost + both.open == pytest.approx(1)


def test_bands_that_all_close_or_never_close_are_no_trouble():
    found = ends(np.array([0.0, 1.0]), np.array([0.0, 0.25]))

    assert [found.won, found.lost, found.open] == pytest.approx([0.25, 0.75, 0])


@pytest.mark.parametrize(("enough", "band"), [(1, 3), (5, 2), (12, 1), (13, 0), (99, 0)])
def test_old_bands_are_pooled_until_they_hold_enough(enough, band):
    assert last_band(pd.Series([1, 7, 3, 2], index=[0, 1, 2, 3]), enough) == band


def test_slow_losses_warn_of_months_that_are_still_open():
    marts = pd.DataFrame(
        [
            cohort("2025-06-01", QUICK, SLOW, 0, age=300),
            cohort("2025-12-01", QUICK, SLOW, 15, age=80),
            cohort("2026-02-01", QUICK, SLOW, 16, age=40),
        ]
    )

    found = censoring(marts, AGES, min_observed=1)

    assert found.speed_ratio == pytest.approx(2)
    assert found.differ
    assert list(found.cohorts["warned"]) == [False, False, True]
    assert found.cohorts["share_open"].iloc[2] == pytest.approx(16 / 76)
    assert found.closed_only == 0.5


def test_the_bias_is_that_of_the_age_at_which_a_month_is_seen():
    by_hand = 0.3 + 0.5 * 0.1 + 0.25 * 0
    young = cohort("2026-03-01", QUICK, SLOW, 60, age=27)
    older = cohort("2026-02-01", QUICK, SLOW, 20, age=55)

    found = censoring(pd.DataFrame([young, older]), AGES, min_observed=1)

    assert found.competing_risk == pytest.approx(by_hand)
    assert found.points == pytest.approx(100 * (0.5 - by_hand))
    assert list(found.cohorts["bias"]) == pytest.approx([30 / 50 - by_hand, 35 / 75 - by_hand])
    assert found.extrapolated == pytest.approx(0.25 * 0.6)


def test_quick_losses_bend_the_rate_the_other_way():
    months = pd.DataFrame([cohort("2026-02-01", SLOW, QUICK, 40, age=30)])

    found = censoring(months, ages((100, 20, 30), (50, 20, 5)), min_observed=1)

    assert found.speed_ratio == pytest.approx(0.5)
    assert found.warned
    assert found.cohorts["bias"].iloc[0] < 0


@pytest.mark.parametrize(
    ("won", "lost"),
    [(QUICK, QUICK), (QUICK, [11, 20, 31] * 10), ([10, 30], [20, 60]), ([], QUICK)],
    ids=["equal", "hardly different", "few", "none won"],
)
def test_open_opportunities_alone_are_no_reason_to_warn(won, lost):
    months = pd.DataFrame([cohort("2026-02-01", won, lost, 90, age=40)])

    assert not censoring(months, AGES).warned


def test_a_trifle_is_no_difference_however_many_opportunities_there_are():
    months = pd.DataFrame(
        [cohort("2026-02-01", [99, 100, 101] * 999, [102, 103, 104] * 999, 9999, age=200)]
    )

    found = censoring(months, AGES)

    assert found.p_value < 1e-6
    assert not found.differ


def test_equal_speeds_are_seldom_called_different():
    rng = np.random.default_rng(8)
    p_values = []
    for _ in range(400):
        days = rng.gamma(2, 30, (8, 2, 12))
        months = [cohort("2025-01-01", list(won), list(lost), 5, age=90) for won, lost in days]
        p_values.append(speeds(pd.DataFrame(months))[1])

    assert 0.02 <= np.mean(np.array(p_values) <= 0.05) <= 0.08


def test_without_opportunities_nothing_is_said():
    months = pd.DataFrame([cohort("2026-02-01", [], [], 3, age=10)])

    found = censoring(months, AGES.iloc[:0])

    assert not found.warned
    assert np.isnan([found.closed_only, found.competing_risk, found.speed_ratio]).all()
    assert censoring(months.iloc[:0], AGES.iloc[:0]).cohorts.empty


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("scenario", "closed_only_is_off"),
    [("equal speeds, 52 weeks", False), ("losses 2x slower, 52 weeks", True)],
)
def test_competing_risks_give_the_level_that_closed_ones_miss(scenario, closed_only_is_off):
    bias: dict[str, list[float]] = {}
    for seed in range(100, 106):
        past = timeline(np.random.default_rng(seed), reps=15, **SCENARIOS[scenario])
        for method, estimate in estimates(past, ("closed only", "competing risks")).items():
            off = estimate["won"].to_numpy() - past.rates()
            bias.setdefault(method, []).append(100 * off.mean())
        found = censoring(*past.marts("cohorts", "deal_ages").values())
        assert found.warned == closed_only_is_off

    print(scenario, {method: np.round(values, 1) for method, values in bias.items()})
    assert abs(np.mean(bias["competing risks"])) <= 2
    if closed_only_is_off:
        assert np.mean(bias["closed only"]) >= 4
    else:
        assert abs(np.mean(bias["closed only"])) <= 2
