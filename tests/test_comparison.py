"""Reps, segments and months compared on the same typical opportunities."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.comparison import by_segment, compare, over_time, ranking, rate_draws
from analytics.settings import SETTINGS
from analytics.study import Study, study
from tests.conftest import drawn

QUICK = replace(SETTINGS, bootstrap=49, draws=1000)

UNLIKE = """
    rep | team  | product | engaged_month | wins | trials
    Ann | north | easy    | 2026-01-01    | 144  | 180
    Ann | north | hard    | 2026-01-01    | 8    | 20
    Bob | north | easy    | 2026-02-01    | 12   | 20
    Bob | north | hard    | 2026-02-01    | 36   | 180
    Cid | south | easy    | 2026-01-01    | 70   | 100
    Cid | south | hard    | 2026-02-01    | 30   | 100
"""


@pytest.fixture(scope="module")
def unlike() -> Study:
    """Ann wins most, and had the easy leads besides."""
    cells = drawn(UNLIKE).astype({"wins": int, "trials": int, "engaged_month": "datetime64[us]"})
    unknown = dict.fromkeys(["sector", "source", "kind", "region", "size_band"])
    return study(cells.assign(**unknown), (), QUICK)


@pytest.fixture(scope="module")
def draws(unlike: Study) -> pd.DataFrame:
    return rate_draws(unlike, QUICK)


# Places


def ranked(*rows: list[float]) -> pd.DataFrame:
    return ranking(pd.DataFrame(rows, columns=["ann", "bob", "cid"]), 0.9).set_index("rep")


def test_a_place_has_the_share_of_the_draws_in_which_it_is_taken():
    places = ranked([0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.1, 0.9, 0.5])

    assert list(places.index) == ["ann", "bob", "cid"]
    assert places["rank"].to_dict() == {"ann": 1, "bob": 2, "cid": 3}
    assert places["p_rank"].to_dict() == {"ann": 0.75, "bob": 0.75, "cid": 0.75}
    assert places["p_best"].to_dict() == {"ann": 0.75, "bob": 0.25, "cid": 0}
    assert places.loc["cid", ["rank_low", "rank_high"]].tolist() == [2, 3]
    assert places["known"].all()


def test_equal_reps_have_no_place_that_could_be_printed():
    alike = np.random.default_rng(0).uniform(size=(2000, 6))

    places = ranking(pd.DataFrame(alike, columns=list("abcdef")), 0.9)

    assert (places["p_rank"] < 0.25).all()
    assert not places["known"].any()
    assert (places["rank_low"] == 1).all()
    assert (places["rank_high"] == 6).all()


# Two reps


def test_a_lead_is_told_apart_into_leads_and_skill(unlike, draws):
    found = compare(unlike, draws, "Ann", "Bob", 0.9)

    assert found.raw_difference == pytest.approx(152 / 200 - 48 / 200)
    assert found.lead_difference > 0.2
    assert 0.05 < found.difference.mean < found.raw_difference - 0.2
    assert found.difference.low < found.difference.mean < found.difference.high
    assert found.p_better > 0.9
    assert found.tipping_gap > 0
    assert found.recorded_gap > found.tipping_gap  # the leads explain more than is left


def test_the_other_way_round_everything_changes_its_sign_but_what_it_takes(unlike, draws):
    one, other = (compare(unlike, draws, *pair, 0.9) for pair in (("Ann", "Bob"), ("Bob", "Ann")))

    for name in ("raw_difference", "lead_difference"):
        assert getattr(one, name) == pytest.approx(-getattr(other, name))
    assert one.difference.low == pytest.approx(-other.difference.high)
    assert one.p_better == pytest.approx(1 - other.p_better)
    for name in ("tipping_gap", "recorded_gap", "e_value"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


def test_what_may_be_chance_needs_nothing_hidden_to_explain_it(unlike, draws):
    same = draws.assign(Bob=draws["Ann"].sample(frac=1, random_state=1).to_numpy())

    found = compare(unlike, same, "Ann", "Bob", 0.9)

    assert found.e_value == 1
    assert not found.told


# Segments and months


def test_a_segment_is_rated_for_the_average_rep_not_for_those_who_got_it(unlike):
    rows = by_segment(unlike, "product", QUICK).set_index("level")

    assert rows["trials"].to_dict() == {"easy": 300, "hard": 300}
    assert rows.loc["easy", "raw"] == pytest.approx(226 / 300)
    # Ann, the best, had most of the easy ones.
    assert rows.loc["easy", "mean"] < rows.loc["easy", "raw"] - 0.02
    assert rows.loc["hard", "mean"] > rows.loc["hard", "raw"]
    assert ((rows["low"] < rows["mean"]) & (rows["mean"] < rows["high"])).all()


def test_months_are_those_of_engagement_with_all_else_alike(unlike):
    rows = over_time(unlike, QUICK).set_index("level")

    assert list(rows.index) == ["2026-01", "2026-02"]
    assert rows["raw"].tolist() == pytest.approx([222 / 300, 78 / 300])
    assert np.ptp(rows["mean"]) < 0.25 < np.ptp(rows["raw"])


def test_without_months_there_is_no_time_to_show(unlike):
    cells = unlike.cells.assign(period=None)

    rows = over_time(replace(unlike, cells=cells), QUICK)

    assert rows.empty
    assert list(rows) == ["level", "wins", "trials", "raw", "mean", "low", "high"]
