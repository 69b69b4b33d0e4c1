"""Outcomes dealt anew among deals alike: what is kept, and what is gone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.winrate import RepWinRate
from analytics.winrate.placebo import alike, joined, loosened, shuffled
from tests.conftest import drawn
from tests.worlds import world


def cells(table: str) -> pd.DataFrame:
    return drawn(table).astype({"wins": float, "trials": float})


def counts(rows: pd.DataFrame, group: np.ndarray) -> list[list[float]]:
    return rows.groupby(group)[["wins", "trials"]].sum().to_numpy().tolist()


@pytest.mark.parametrize(
    ("sizes", "numbers"),
    [
        ([5, 9, 20, 12, 7, 2], [0, 0, 1, 2, 2, 2]),
        ([10], [0]),
        ([9], [0]),
        ([3, 3, 3], [0, 0, 0]),
        ([30, 1], [0, 0]),
        ([1, 30, 10], [0, 0, 1]),
    ],
)
def test_neighbours_are_joined_until_they_hold_ten(sizes, numbers):
    assert joined(sizes, least=10).tolist() == numbers


@given(sizes=st.lists(st.integers(0, 40), min_size=1), least=st.integers(1, 50))
def test_joined_neighbours_hold_enough_and_stay_in_order(sizes, least):
    numbers = joined(sizes, least)

    held = np.bincount(numbers, sizes)
    assert (np.diff(numbers) >= 0).all()
    assert set(numbers) == set(range(len(held)))
    assert (held >= least).all() or len(held) == 1


def test_deals_are_alike_within_month_and_neighbouring_predicted_rate():
    rows = cells("""
        rep | product | period  | wins | trials
        Ann | easy    | 2026-01 | 18   | 20
        Bob | easy    | 2026-01 | 18   | 20
        Ann | hard    | 2026-01 | 2    | 20
        Bob | hard    | 2026-01 | 1    | 19
        Ann | rare    | 2026-01 | 0    | 1
        Ann | easy    | 2026-02 | 8    | 10
        Ann | hard    | 2026-02 | 2    | 15
        Bob | hard    | 2026-03 | 1    | 3
        Bob | hard    |         | 1    | 4
    """)

    group = pd.Series(alike(rows, ["product"]))

    # Easy apart from hard. What is rare goes with its neighbour, a small month with the next or
    # the one before, and what has no month comes last.
    assert group[0] == group[1] != group[2] == group[3]
    assert group[4] in (group[0], group[2])
    assert group[5] == group[6] == group[7] == group[8]
    assert group.nunique() == 3


def test_few_deals_of_a_kind_are_joined_with_those_as_likely_to_be_won():
    rows = cells("""
        rep | product | period  | wins | trials
        Ann | easy    | 2026-01 | 10   | 11
        Ann | hard    | 2026-01 | 1    | 11
        Ann | good    | 2026-01 | 9    | 11
        Ann | bad     | 2026-01 | 2    | 11
    """)

    easy, hard, good, bad = alike(rows, ["product"])

    assert easy == good != hard == bad


def test_without_attributes_a_whole_month_is_alike_and_no_rep_is_kept_apart():
    rows = cells("""
        rep | period  | wins | trials
        Ann | 2026-01 | 20   | 40
        Bob | 2026-01 | 10   | 40
        Ann | 2026-02 | 20   | 40
    """)

    assert alike(rows, []).tolist() == [0, 0, 1]


def test_the_only_deal_that_can_change_hands_does():
    rows = cells("""
        rep | wins | trials
        Ann | 1    | 1
        Bob | 0    | 1
        Cid | 2    | 2
        Dee | 0    | 3
    """)
    group = np.array([0, 0, 1, 2])

    dealt = [
        tuple(shuffled(rows, group, np.random.default_rng(seed))["wins"]) for seed in range(20)
    ]

    assert set(dealt) == {(1, 0, 2, 0), (0, 1, 2, 0)}


def test_deals_that_can_change_hands_are_in_groups_of_two_reps_and_two_outcomes():
    rows = cells("""
        rep | wins | trials
        Ann | 1    | 2
        Bob | 0    | 4
        Cid | 2    | 4
        Cid | 0    | 6
        Dee | 3    | 3
        Eva | 1    | 1
    """)

    assert loosened(rows, np.array([0, 0, 1, 1, 2, 2])) == 6 / 20


def test_half_a_deal_cannot_be_dealt():
    rows = pd.DataFrame({"rep": ["Ann", "Bob"], "wins": [0.5, 1.0], "trials": [1.0, 1.0]})

    with pytest.raises(ValueError, match="whole"):
        shuffled(rows, np.zeros(2, int), np.random.default_rng(0))


@settings(deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 4)),
        min_size=1,
        max_size=40,
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_group_keeps_its_wins_and_every_cell_its_trials(rows, seed):
    drawn_cells = pd.DataFrame(rows, columns=["wins", "lost", "group"])
    drawn_cells["trials"] = drawn_cells["wins"] + drawn_cells["lost"]
    group = drawn_cells["group"].to_numpy()

    dealt = shuffled(drawn_cells, group, np.random.default_rng(seed))

    assert counts(dealt, group) == counts(drawn_cells, group)
    assert (dealt["trials"] == drawn_cells["trials"]).all()
    assert ((dealt["wins"] >= 0) & (dealt["wins"] <= dealt["trials"])).all()
    again = shuffled(drawn_cells, group, np.random.default_rng(seed))
    pd.testing.assert_frame_equal(dealt, again)


def test_deals_are_dealt_in_proportion_to_trials():
    """A rep with three quarters of a group's deals gets three quarters of its wins on average."""
    rows = pd.DataFrame({"wins": [40.0, 0.0], "trials": [20.0 + 40, 20.0]})
    rng = np.random.default_rng(0)

    first = [shuffled(rows, np.zeros(2, int), rng)["wins"][0] for _ in range(400)]

    # Hypergeometric: variance 40 * 3/4 * 1/4 * (80 - 40) / (80 - 1).
    assert np.mean(first) == pytest.approx(30, abs=4 * np.sqrt(3.8 / 400))
    assert np.var(first) == pytest.approx(3.8, rel=0.3)


@pytest.mark.simulation
def test_differences_between_reps_are_gone_and_those_between_segments_are_kept():
    company = world(np.random.default_rng(3), reps=12, sd_rep=0.6, sd_rep_product=0.6)
    keys = ["rep", "team", "product", "sector", "period"]
    rows = company.deals.groupby(keys, as_index=False)["won"].agg(wins="sum", trials="count")
    group = alike(rows, ["product", "sector"])
    model = RepWinRate()

    def p_values(rows: pd.DataFrame) -> tuple[float, float, float]:
        fitted = model.fit_aggregated(rows, rows["wins"], rows["trials"])
        test = fitted.signal_test(n_boot=199)
        return test.p_reps, test.p_segments, fitted.variance_components_["product"]

    rng = np.random.default_rng(4)
    p_reps, p_segments, product = np.array(
        [p_values(shuffled(rows, group, rng)) for _ in range(40)]
    ).T

    real = p_values(rows)
    assert real[:2] == (1 / 200, 1 / 200)
    assert (p_reps <= 0.05).sum() <= 5
    assert (p_segments <= 0.05).sum() <= 5
    assert 0.3 <= p_reps.mean() <= 0.8
    assert product.mean() == pytest.approx(real[2], rel=0.3)
    assert loosened(rows, group) > 0.95
