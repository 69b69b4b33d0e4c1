"""The signal test: verdicts, the effect it could have seen, and how often it is wrong."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import chi2_contingency

from analytics.winrate import RepWinRate, SignalTest
from analytics.winrate.score import ScoreTest
from tests.worlds import one_rate, world

SAMPLES = Path(os.environ.get("EVENHAND_SAMPLES", Path(__file__).parents[2] / "shared" / "samples"))


def verdicts(seed: list[int], n_boot: int = 199, **truth: Any) -> SignalTest:
    company = world(np.random.default_rng(seed), **truth)
    return RepWinRate().fit(company.deals, company.outcomes).signal_test(n_boot)


def detectable(test: SignalTest) -> tuple[float, float]:
    assert test.detectable_sd_reps is not None
    assert test.detectable_sd_segments is not None
    return test.detectable_sd_reps, test.detectable_sd_segments


def share_of_evidence(tests: list[SignalTest]) -> tuple[float, float]:
    reps = [test.verdict_reps == "evidence" for test in tests]
    segments = [test.verdict_segments == "evidence" for test in tests]
    return float(np.mean(reps)), float(np.mean(segments))


def test_large_differences_are_found_with_their_size():
    test = verdicts([1], sd_rep=0.6, sd_rep_product=0.6)

    assert (test.verdict_reps, test.verdict_segments) == ("evidence", "evidence")
    assert test.p_reps == test.p_segments == 1 / 200
    reps, segments = detectable(test)
    assert 0.1 < reps < segments < 0.6


def test_differences_between_leads_are_not_taken_for_differences_between_reps():
    """One rep sells the easy product, one the hard one, both equally well where they meet."""
    product = np.repeat(["easy", "easy", "hard", "hard"], [270, 30, 270, 30])
    rep = np.repeat(["ann", "bob", "bob", "ann"], [270, 30, 270, 30])
    won = np.r_[np.tile([1, 1, 0], 100), np.tile([1, 0, 0], 100)]
    deals = pd.DataFrame({"rep": rep, "product": product})

    model = RepWinRate(("product",), ("product",), team=None, period=None).fit(deals, won)
    test = model.signal_test(n_boot=199)

    assert (test.verdict_reps, test.verdict_segments) == ("none", "none")
    assert test.p_reps > 0.2


def test_points_are_what_one_standard_deviation_lifts_above_the_mean_win_rate():
    company = world(np.random.default_rng(2))
    model = RepWinRate().fit(company.deals, company.outcomes)

    test = model.signal_test(n_boot=99)

    mean = company.outcomes.mean()
    lifted = expit(logit(mean) + test.detectable_sd_reps)
    assert test.detectable_points_reps == pytest.approx(lifted - mean)


def test_more_data_reveals_smaller_differences():
    few = detectable(verdicts([3], deals_per_rep=40))
    many = detectable(verdicts([3], deals_per_rep=400))

    assert many[0] < 0.5 * few[0]
    assert many[1] < 0.5 * few[1]


def test_the_same_seed_gives_the_same_verdict():
    assert verdicts([4], n_boot=49) == verdicts([4], n_boot=49)


@pytest.mark.parametrize(
    ("reps", "wins", "losses", "tested"),
    [(2, 40, 40, True), (2, 39, 41, False), (2, 41, 39, False), (1, 40, 40, False)],
)
def test_too_few_wins_losses_or_reps_are_too_little_data(reps, wins, losses, tested):
    won = np.r_[np.ones(wins), np.zeros(losses)]
    deals = pd.DataFrame({"rep": np.arange(80) % reps, "product": np.arange(80) // 2 % 2})

    model = RepWinRate(("product",), ("product",), team=None, period=None).fit(deals, won)
    test = model.signal_test(n_boot=49)

    assert (test.verdict_reps != "too_little_data") == tested
    assert (test.verdict_segments != "too_little_data") == tested
    assert (test.p_reps is not None) == (test.detectable_points_segments is not None) == tested


@pytest.mark.parametrize("by", [(), ("sector",)])
def test_without_segments_to_compare_only_reps_are_tested(by):
    company = world(np.random.default_rng(6), sectors=1)

    test = RepWinRate(by=by).fit(company.deals, company.outcomes).signal_test(n_boot=49)

    assert test.verdict_segments == "too_little_data"
    assert test.p_segments is None
    assert test.p_reps is not None


def test_reps_that_are_teams_of_their_own_hide_their_differences_and_say_so():
    """What is told apart by the team cannot be told apart by the rep: nothing is detectable."""
    deals = pd.DataFrame({"rep": np.arange(400) % 4, "product": "crm"})
    deals["team"] = deals["rep"]
    won = (np.arange(400) // 4 % 10 < 2 + 2 * deals["rep"]).astype(int)

    model = RepWinRate(("product",), (), period=None).fit(deals, won)
    test = model.signal_test(n_boot=99)

    assert test.verdict_reps == "none"
    assert test.detectable_sd_reps is None or test.detectable_sd_reps > 0.5


def test_fractional_counts_are_tested_like_whole_ones():
    """Twice the cells with half the deals each, some halves of a deal, tell the same."""
    company = world(np.random.default_rng(7))
    columns = ["rep", "team", "product", "sector"]
    cells = company.deals.groupby(columns)["won"].agg(["sum", "count"]).reset_index()
    half = pd.concat([cells.assign(period="a"), cells.assign(period="b")])

    def test_of(cells: pd.DataFrame, share: float, period: str | None) -> SignalTest:
        model = RepWinRate(period=period)
        model.fit_aggregated(cells, cells["sum"] * share, cells["count"] * share)
        return model.signal_test(n_boot=999)

    whole, halves = test_of(cells, 1, None), test_of(half, 0.5, "period")

    assert halves.p_reps == pytest.approx(whole.p_reps, abs=0.02)
    assert halves.p_segments == pytest.approx(whole.p_segments, abs=0.1)
    assert halves.detectable_sd_reps == pytest.approx(whole.detectable_sd_reps, rel=0.1)


def test_a_family_named_twice_changes_neither_p_nor_what_is_detectable():
    rng = np.random.default_rng(8)
    cells = one_rate(rng.integers(0, 2, 600), np.ones(600))
    family = np.arange(600) % 20

    once, twice = (
        ScoreTest(cells, families, 0.25, 499, np.random.default_rng(0))
        for families in ([family], [family, family])
    )

    assert once.p == twice.p
    assert once.detectable_sd(0.05, 0.8) == pytest.approx(twice.detectable_sd(0.05, 0.8), rel=0.1)


def test_many_small_groups_that_differ_are_not_drowned_by_two_large_ones():
    """The sums of squares of two halves vary seven times as much as those of 100 groups."""
    rng = np.random.default_rng(9)
    groups = np.arange(4000) % 100
    won = rng.random(4000) < expit(rng.normal(0, 0.3, 100)[groups])

    test = ScoreTest(
        one_rate(won, np.ones(4000)), [groups, np.arange(4000) // 2000], 0.25, 999, rng
    )

    assert test.p < 0.01


def maven() -> tuple[pd.DataFrame, np.ndarray]:
    folder = SAMPLES / "maven"
    deals = pd.read_csv(folder / "sales_pipeline.csv")
    deals = deals[deals["deal_stage"].isin(["Won", "Lost"])]
    deals = deals.merge(pd.read_csv(folder / "accounts.csv"), how="left", on="account")
    deals["product"] = deals["product"].replace("GTXPro", "GTX Pro")
    deals["period"] = pd.to_datetime(deals["engage_date"]).dt.strftime("%Y-%m")
    return deals.rename(columns={"sales_agent": "rep"}), (deals["deal_stage"] == "Won").to_numpy()


@pytest.mark.skipif(not (SAMPLES / "maven").exists(), reason="the Maven sample is not here")
@pytest.mark.parametrize("by", [("product",), ("product", "sector")])
def test_the_maven_sample_has_no_evidence_of_any_difference(by):
    deals, won = maven()

    test = RepWinRate(by=by, team=None).fit(deals, won).signal_test(n_boot=499)

    assert (test.verdict_reps, test.verdict_segments) == ("none", "none")
    assert 0.2 < test.p_reps < 0.4
    assert test.detectable_points_reps < 0.05


@pytest.mark.simulation
def test_without_differences_evidence_is_rarely_claimed_where_raw_rates_often_claim_it():
    companies = [world(np.random.default_rng([21, s]), sd_rep=0.0, reps=12) for s in range(100)]

    reps, segments = share_of_evidence(
        [RepWinRate().fit(c.deals, c.outcomes).signal_test(199) for c in companies]
    )
    tables = [pd.crosstab(company.deals["rep"], company.outcomes) for company in companies]
    raw = np.mean([chi2_contingency(table).pvalue <= 0.05 for table in tables])

    assert reps <= 0.1
    assert segments <= 0.1
    assert raw > 0.2


@pytest.mark.simulation
def test_reps_that_differ_everywhere_alike_are_not_said_to_differ_by_segment():
    tests = [verdicts([22, seed], sd_rep=0.5, reps=12) for seed in range(100)]

    reps, segments = share_of_evidence(tests)

    assert reps >= 0.8
    assert segments <= 0.1


@pytest.mark.simulation
def test_usual_differences_are_found_in_usual_amounts_of_data():
    tests = [verdicts([23, seed], sd_rep=0.3, deals_per_rep=200) for seed in range(25)]

    assert share_of_evidence(tests)[0] >= 0.8


@pytest.mark.simulation
def test_the_detectable_effect_is_detected_as_often_as_asked():
    """Brute force: companies whose effects have just the size that is called detectable."""
    size: dict[str, Any] = {"reps": 12, "routing": 0.0}
    reps = np.mean([detectable(verdicts([24, s], sd_rep=0.0, **size))[0] for s in range(5)])
    segments = np.mean([detectable(verdicts([24, s], **size))[1] for s in range(5)])

    tests = [
        verdicts([25, seed], sd_rep=reps, sd_rep_product=segments, **size) for seed in range(60)
    ]

    found_reps, found_segments = share_of_evidence(tests)
    assert 0.65 <= found_reps <= 0.95
    assert 0.65 <= found_segments <= 0.95
