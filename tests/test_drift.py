"""Whose win rate has moved, where it is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.drift import discoveries, drift
from analytics.settings import SETTINGS
from analytics.study import Study
from tests.histories import history, studied


def moved(rows: pd.DataFrame) -> pd.DataFrame:
    return drift(studied(rows), SETTINGS)


@pytest.fixture(scope="module")
def one_who_fell() -> pd.DataFrame:
    """Rep 03 wins seven in ten in 2024 and two in ten in 2025; everybody else wins four."""
    rng = np.random.default_rng(1)
    rows = history(rng)
    early = rows["engaged_month"] < "2025-01-01"
    rate = np.where(rows["rep"] == "rep 03", np.where(early, 0.7, 0.2), 0.4)
    return rows.assign(wins=(rng.random(len(rows)) < rate).astype(int))


def test_who_fell_is_flagged_first_with_the_rates_between_which(one_who_fell):
    found = moved(one_who_fell)

    first = found.iloc[0]
    assert (first["kind"], first["level"], first["flagged"]) == ("rep", "rep 03", True)
    assert first["p"] == 1 / 2000
    assert 0.45 < first["early"] < 0.75
    assert 0.15 < first["late"] < 0.35
    assert first["deals"] == (one_who_fell["rep"] == "rep 03").sum()
    others = found[(found["kind"] == "rep") & (found["level"] != "rep 03")]
    assert not others["flagged"].any()
    assert (others["early"] - others["late"]).abs().max() < 0.3


def test_a_product_that_loses_its_market_is_flagged_as_a_product():
    rng = np.random.default_rng(2)
    rows = history(rng)
    late = rows["engaged_month"] >= "2025-01-01"
    rate = np.where((rows["product"] == "product 2") & late, 0.15, 0.5)

    found = moved(rows.assign(wins=(rng.random(len(rows)) < rate).astype(int)))

    assert tuple(found.iloc[0][["kind", "level", "flagged"]]) == ("product", "product 2", True)
    assert not found[found["kind"].isin(["rep", "sector"])]["flagged"].any()


def test_what_moves_for_everybody_is_nobodys_drift():
    rng = np.random.default_rng(3)
    rows = history(rng)
    late = rows["engaged_month"] >= "2025-01-01"

    found = moved(rows.assign(wins=(rng.random(len(rows)) < np.where(late, 0.2, 0.6)).astype(int)))

    assert not found["flagged"].any()
    assert (found["early"] - found["late"]).abs().max() < 0.1


def test_every_rep_and_level_with_deals_enough_is_tested(one_who_fell):
    few = one_who_fell[one_who_fell["rep"] != "rep 07"]
    newcomer = one_who_fell[one_who_fell["rep"] == "rep 07"].iloc[:39]
    rows = pd.concat([few, newcomer], ignore_index=True)
    one_quarter = rows["rep"] == "rep 08"
    rows.loc[one_quarter, "engaged_month"] = pd.Timestamp("2025-02-01")

    found = moved(rows)

    reps = [f"rep {code:02}" for code in range(12) if code not in (7, 8)]
    assert sorted(found.loc[found["kind"] == "rep", "level"]) == reps
    assert (found["kind"] == "product").sum() == 4
    assert (found["kind"] == "sector").sum() == 5


def test_without_a_second_quarter_or_a_model_nothing_can_be_told(one_who_fell):
    short = studied(one_who_fell.assign(engaged_month=pd.Timestamp("2025-02-01")))
    undated = studied(one_who_fell.assign(engaged_month=pd.NaT))
    without = Study(short.cells, short.segments, (), (), None, short.signal)

    for study in (short, undated, without):
        assert drift(study, SETTINGS).empty


def test_the_same_seed_gives_the_same_flags(one_who_fell):
    pd.testing.assert_frame_equal(moved(one_who_fell), moved(one_who_fell))


@pytest.mark.parametrize(
    ("p", "believed"),
    [
        ([0.5, 0.001, 0.03], [False, True, True]),
        ([0.04, 0.04, 0.04], [True, True, True]),  # all at once, though none alone is below .05/3
        ([0.02, 0.9, 0.9], [False, False, False]),
        ([], []),
    ],
)
def test_what_is_believed_depends_on_how_many_were_tried(p, believed):
    assert discoveries(np.array(p), 0.05).tolist() == believed


@given(p=st.lists(st.floats(0, 1), min_size=1))
def test_the_smaller_p_is_believed_first_and_no_more_than_without_control(p):
    values = np.array(p)
    believed = discoveries(values, 0.05)

    assert (values[believed] <= 0.05).all()
    assert believed.all() or not believed.any() or values[believed].max() < values[~believed].min()


@pytest.mark.simulation
def test_drift_is_found_where_it_is_and_seldom_where_it_is_not():
    def flags(seed: int, sd_walk: float) -> int:
        rng = np.random.default_rng(seed)
        rows = history(rng, sd_rep=0.3, sd_segment=0.3, sd_walk=sd_walk)
        return int(moved(rows)["flagged"].sum())

    without = [flags(seed, 0.0) for seed in range(100, 120)]
    walking = [flags(seed, 0.25) for seed in range(200, 208)]

    assert sum(count > 0 for count in without) <= 4
    assert sum(count > 0 for count in walking) >= 7
    assert sum(walking) >= 16
