"""The win-rate estimator: what it learns, what it says of rows, and how unsure it is."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import logit
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from analytics.winrate import RepWinRate
from analytics.winrate.design import Rows
from analytics.winrate.evidence import INTERCEPT_SD, LARGEST_SD, SMALLEST_SD, Fit, Scales
from analytics.winrate.posterior import Posterior
from tests.worlds import World, world

PLAIN: dict[str, Any] = {"segments": ("product",), "by": ("product",), "team": None, "period": None}


@pytest.fixture(scope="module")
def company() -> World:
    return world(np.random.default_rng(5), reps=8, deals_per_rep=60, sd_rep_product=0.3)


@pytest.fixture(scope="module")
def model(company: World) -> RepWinRate:
    return RepWinRate().fit(company.deals, company.outcomes)


def win_rates(model: RepWinRate, rows: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(rows)[:, 1]


def median_log_odds(model: RepWinRate, rows: pd.DataFrame) -> np.ndarray:
    """Log odds at the mode: the middle of the interval on the scale of log odds."""
    return logit(model.predict_interval(rows, level=0.5)).mean(axis=1)


def tiny(n: int, **columns: object) -> pd.DataFrame:
    whole = {
        "rep": "ann",
        "team": "east",
        "product": "crm",
        "sector": "retail",
        "period": "2026-01",
    }
    return pd.DataFrame(whole | columns, index=range(n))


def test_the_mode_is_that_of_a_ridge_logistic_regression_on_scaled_columns(company):
    deals = company.deals.assign(quarter=company.deals["period"] // 3)
    both = ("product", "sector")
    model = RepWinRate(by=both, pairs=(both,), cell=both, drift="quarter")
    model.fit(deals, company.outcomes)
    sd = model.variance_components_
    columns = [np.full((len(deals), 1), INTERCEPT_SD)]

    def add(family: str, *names: str) -> None:
        level = deals[list(names)].astype(str).agg("/".join, axis=1)
        columns.append(pd.get_dummies(level).to_numpy(float) * sd[family])

    for name in ("product", "sector", "period", "team", "rep"):
        add(name, name)
    add("product*sector", *both)
    add("rep:product", "rep", "product")
    add("rep:sector", "rep", "sector")
    add("rep:product*sector", "rep", *both)
    for quarter in range(3):  # a step of each rep from each quarter back to the one before it
        steps = pd.get_dummies(deals["rep"]).mul(deals["quarter"] <= quarter, axis=0)
        columns.append(steps.to_numpy(float) * sd["rep:quarter"])
    scaled = np.hstack(columns)

    ridge = LogisticRegression(C=1, fit_intercept=False, solver="newton-cholesky", tol=1e-10)
    ridge.fit(scaled, company.outcomes)

    assert_allclose(median_log_odds(model, deals), ridge.decision_function(scaled), atol=1e-6)


def test_counts_and_single_deals_give_the_same_fit(company, model):
    columns = ["rep", "team", "product", "sector", "period"]
    cells = company.deals.groupby(columns)["won"].agg(["sum", "count"]).reset_index()

    counted = RepWinRate().fit_aggregated(cells, cells["sum"], cells["count"])

    assert (counted.n_wins_, counted.n_trials_) == (model.n_wins_, model.n_trials_)
    assert counted.variance_components_ == pytest.approx(model.variance_components_)
    assert_allclose(win_rates(counted, company.cells()), win_rates(model, company.cells()))


def test_a_deal_of_weight_two_counts_as_two_and_one_of_weight_zero_not_at_all(company):
    deals, won = company.deals.iloc[:200], company.outcomes[:200]
    weight = np.tile([0, 1, 2, 1], 50)

    weighted = RepWinRate().fit(deals, won, sample_weight=weight)
    repeated = RepWinRate().fit(deals.loc[deals.index.repeat(weight)], won.repeat(weight))

    assert weighted.n_trials_ == 200
    assert_allclose(win_rates(weighted, deals), win_rates(repeated, deals))


def test_cells_without_trials_teach_nothing_and_their_reps_do_not_count():
    cells = tiny(2, rep=["ann", "never worked"])

    model = RepWinRate().fit_aggregated(cells, [50, 0], [100, 0])

    assert model.signal_test(n_boot=9).verdict_reps == "too_little_data"
    assert model.n_trials_ == 100


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_neither_the_names_of_the_reps_nor_the_order_of_the_deals_matter(seed):
    company = world(np.random.default_rng(3), reps=5, deals_per_rep=30)
    rng = np.random.default_rng(seed)
    name = rng.permutation(["ann", "bob", "cid", "dee", "eva"])
    renamed = company.deals.assign(rep=name[company.deals["rep"]]).sample(frac=1, random_state=rng)
    rows = company.cells()

    before = RepWinRate().fit(company.deals, company.outcomes)
    after = RepWinRate().fit(renamed, renamed["won"])

    assert_allclose(
        after.predict_interval(rows.assign(rep=name[rows["rep"]])),
        before.predict_interval(rows),
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "family",
    [
        {},
        {"cell": ("product", "sector")},
        {"cell": ("product", "sector"), "n_scales": 16},
        {"drift": "quarter", "pairs": (("product", "sector"),)},
    ],
    ids=["plain", "cell", "scales", "drift"],
)
def test_draws_agree_with_the_expected_rate_and_with_the_interval(company, family):
    deals = company.deals.assign(quarter=company.deals["period"] // 3)
    model = RepWinRate(by=("product", "sector"), **family).fit(deals, company.outcomes)
    rows = company.cells().assign(quarter=1)
    rows = pd.concat([rows, rows.assign(rep="new", product="new"), rows.assign(sector="new")])

    draws = model.posterior_samples(rows, size=10_000)

    assert draws.shape == (10_000, len(rows))
    assert_allclose(draws.mean(axis=0), win_rates(model, rows), atol=0.009)
    ends = np.quantile(draws, [0.05, 0.95], axis=0).T
    assert_allclose(ends, model.predict_interval(rows, level=0.9), atol=0.018)


def test_a_rep_may_be_good_at_one_cell_that_no_attribute_names():
    """Ann wins a in x and b in y, loses a in y and b in x: on average she is like all others."""
    grid = [(rep, p, s) for rep in ("ann", *"bcdefg") for p in "ab" for s in "xy"]
    cells = pd.DataFrame(grid, columns=["rep", "product", "sector"])
    special = (cells["rep"] == "ann") & ((cells["product"] == "a") == (cells["sector"] == "x"))
    weak = (cells["rep"] == "ann") & ~special
    wins = np.select([special, weak], [45, 5], 25)
    families: dict[str, Any] = {"segments": ("product", "sector"), "by": ("product", "sector")}
    families |= {"team": None, "period": None}

    with_cells = RepWinRate(**families, cell=("product", "sector"))
    with_cells.fit_aggregated(cells, wins, np.full(len(cells), 50))
    without = RepWinRate(**families).fit_aggregated(cells, wins, np.full(len(cells), 50))
    rows = cells[cells["rep"] == "ann"]

    assert np.ptp(win_rates(with_cells, rows)) > 0.5
    assert np.ptp(win_rates(without, rows)) < 0.1


def test_segments_that_go_together_have_an_effect_of_the_pair():
    cells = pd.DataFrame({"rep": list("abcd") * 4, "product": list("pppppppprrrrrrrr")})
    cells["sector"] = list("xxxxyyyy") * 2
    wins = np.where((cells["product"] == "p") == (cells["sector"] == "x"), 40, 10)
    families: dict[str, Any] = {
        "segments": ("product", "sector"),
        "by": (),
        "team": None,
        "period": None,
    }
    rows = pd.DataFrame({"rep": "new", "product": ["p", "p"], "sector": ["x", "y"]})

    def rates(**pairs: Any) -> np.ndarray:
        model = RepWinRate(**families, **pairs)
        return win_rates(model.fit_aggregated(cells, wins, np.full(16, 50)), rows)

    assert np.ptp(rates(pairs=(("product", "sector"),))) > 0.4
    assert np.ptp(rates()) < 0.05


def test_a_rep_who_drifts_is_taken_as_of_now():
    """Ann went from 80 % to 20 % in eight quarters; all others stayed at 50 %."""
    quarters = pd.MultiIndex.from_product(
        [["ann", "bob", "cid", "dee"], range(8)], names=["rep", "quarter"]
    ).to_frame(index=False)
    cells = quarters.assign(product="crm")
    falling = np.linspace(80, 20, 8).round()
    wins = np.r_[falling, np.full(24, 50)]
    rows = pd.DataFrame({"rep": ["ann", "bob"], "product": "crm"})

    steady = RepWinRate(**PLAIN).fit_aggregated(cells, wins, np.full(32, 100))
    drifting = RepWinRate(**PLAIN, drift="quarter").fit_aggregated(cells, wins, np.full(32, 100))

    assert_allclose(win_rates(steady, rows), [0.5, 0.5], atol=0.02)
    ann, bob = win_rates(drifting, rows)
    assert ann < 0.3
    assert bob == pytest.approx(0.5, abs=0.03)
    first = win_rates(drifting, rows.assign(quarter=0))
    assert first[0] > 0.7
    # One who is not seen any more is less sure than one who is.
    width = np.ptp(drifting.predict_interval(rows), axis=1)
    assert (width > np.ptp(steady.predict_interval(rows), axis=1)).all()


@pytest.mark.parametrize("seed", [8, 9, 10])
def test_averaging_over_standard_deviations_is_the_integral_over_them(seed):
    """With one family and four reps the integral can be done on a fine grid."""
    company = world(np.random.default_rng(seed), reps=4, deals_per_rep=40)
    alone: dict[str, Any] = {"segments": (), "by": (), "team": None, "period": None}
    model = RepWinRate(**alone, n_scales=64).fit(company.deals, company.outcomes)
    rows = pd.DataFrame({"rep": [0, 1, 2, 3, "new"]})

    scales = Scales(model._cells, prior_sd=0.25)
    grid = np.linspace(np.log(SMALLEST_SD), np.log(LARGEST_SD), 400)
    fits = [scales.fit(np.array([log_sd])) for log_sd in grid]
    density = np.exp([scales.log_density(*each) for each in zip(fits, grid[:, None], strict=True)])
    by_grid = [
        Fit(np.array([INTERCEPT_SD, np.exp(log_sd)]), fit, weight)
        for log_sd, fit, weight in zip(grid, fits, density / density.sum(), strict=True)
    ]
    no_period = np.zeros(1)
    exact = Posterior(by_grid, model._encoder.layout, no_period, *model._encoder.rows(rows))

    assert_allclose(win_rates(model, rows), exact.mean(), atol=0.006)
    assert_allclose(model.predict_interval(rows), exact.interval(0.9), atol=0.012)


def test_draws_do_not_depend_on_the_order_of_the_deals(company, model):
    shuffled = company.deals.sample(frac=1, random_state=1)
    again = RepWinRate().fit(shuffled, shuffled["won"])

    draws = again.posterior_samples(company.cells(), size=3)

    assert_allclose(draws, model.posterior_samples(company.cells(), size=3), atol=1e-6)


def test_draws_repeat_with_their_seed(company, model):
    rows = company.cells()

    first = model.posterior_samples(rows, size=3, random_state=7)

    assert_allclose(model.posterior_samples(rows, size=3, random_state=7), first)
    assert not np.allclose(model.posterior_samples(rows, size=3, random_state=8), first)


def test_draws_are_joint_over_rows(model):
    same_rep = pd.DataFrame({"rep": [0, 0], "product": [1, 1], "sector": [2, 2]})
    same_stranger = same_rep.assign(rep="new")
    strangers = same_rep.assign(rep=["new", "newer"])

    def correlation(rows: pd.DataFrame) -> float:
        return np.corrcoef(model.posterior_samples(rows, size=2000).T)[0, 1]

    assert correlation(same_rep) == pytest.approx(1)
    assert correlation(same_stranger) == pytest.approx(1)
    assert correlation(strangers) < 0.9


def test_three_wins_in_three_deals_are_not_a_certain_win():
    deals = pd.DataFrame({"rep": ["ann"] * 3 + ["bob"] * 60, "product": "crm"})
    won = np.r_[np.ones(3), np.tile([1, 0], 30)]

    model = RepWinRate(**PLAIN).fit(deals, won)
    ann, bob = win_rates(model, pd.DataFrame({"rep": ["ann", "bob"], "product": "crm"}))

    assert 0.5 < bob + 0.005 < ann < 0.7


def test_an_unknown_rep_is_average_and_the_least_certain(company, model):
    known = company.cells().query("product == 0 and sector == 0").assign(team=0)
    unknown = known.iloc[:1].assign(rep="new")

    [rate], rates = win_rates(model, unknown), win_rates(model, known)
    [width], widths = (np.ptp(model.predict_interval(x), axis=1) for x in (unknown, known))

    assert rates.min() < rate < rates.max()
    assert width > widths.max()


def test_what_is_unseen_has_the_uncertainty_of_its_families(model):
    rows = pd.DataFrame({"rep": ["new"], "team": ["new"], "product": ["new"], "sector": ["new"]})
    sd = model.variance_components_

    [[low, high]] = logit(model.predict_interval(rows, level=0.6827))

    unseen = sum(sd[family] ** 2 for family in ("product", "sector", "team", "rep", "rep:product"))
    of_the_intercept = ((high - low) / 2) ** 2 - unseen
    assert 0 < of_the_intercept < 0.1


def test_a_known_rep_without_a_team_has_its_fitted_one(company, model):
    rows = company.cells()
    fitted_team = rows.assign(team=rows["rep"] % 4)

    expected = model.predict_interval(fitted_team)

    assert_allclose(model.predict_interval(rows), expected)
    assert_allclose(model.predict_interval(rows.assign(team=None)), expected)
    assert not np.allclose(model.predict_interval(fitted_team.assign(team="new")), expected)


def test_the_fitted_team_of_a_rep_who_changed_is_the_one_with_most_deals():
    team = np.repeat(["west", "east", "west"], [10, 90, 100])
    deals = tiny(200, rep=np.repeat(["moved", "stayed"], 100), team=team)

    model = RepWinRate().fit(deals, np.tile([0, 1, 1, 1], 50) * (team == "east"))
    moved = tiny(1, rep="moved")

    assert_allclose(
        win_rates(model, moved.drop(columns="team")), win_rates(model, moved.assign(team="east"))
    )


def test_without_a_month_the_rate_is_that_of_the_mean_deals_month(company, model):
    rows = company.cells().iloc[:1]
    months = company.deals["period"]

    usual = median_log_odds(model, rows)
    by_month = [median_log_odds(model, rows.assign(period=month))[0] for month in range(12)]

    weights = [(months == month).sum() for month in range(12)]
    assert_allclose(usual, np.average(by_month, weights=weights))
    assert np.ptp(by_month) > 0.1
    assert_allclose(median_log_odds(model, rows.assign(period=np.nan)), usual)


def test_a_month_of_ten_deals_hardly_counts_for_the_usual_one():
    months = ["2026-01", "2026-02", "2026-03"]
    cells = tiny(9, rep=["ann", "bob", "cid"] * 3, period=np.repeat(months, 3))
    rows = cells.iloc[:1].drop(columns="period")

    model = RepWinRate(**{**PLAIN, "period": "period"})
    model.fit_aggregated(cells, np.repeat([10, 400, 400], 3), np.repeat([10, 1000, 1000], 3))

    assert win_rates(model, rows)[0] == pytest.approx(0.4, abs=0.01)


def test_a_known_month_is_told_as_without_centring(company, model):
    """The mean of the months only moves between the intercept and their effects."""
    rows = company.deals.head(40)
    cells, fit = model._cells, model._fits[0].posterior
    variance = cells.design.variance(fit.precision.inverse, fit.scale)
    encoded, _ = model._encoder.rows(rows)

    def place(coefficients: Rows, number: int) -> tuple[int, ...]:
        parts = (coefficients.shared, coefficients.rep, coefficients.local)
        return tuple(np.hstack([np.atleast_1d(part[number]) for part in parts]).tolist())

    known = {place(cells.design.rows, number): number for number in range(len(variance))}
    chosen = [known[place(encoded, number)] for number in range(len(rows))]
    ends = logit(model.predict_interval(rows, level=0.6827))
    assert_allclose(ends.mean(axis=1), logit(fit.rate[chosen]))
    assert_allclose(np.ptp(ends, axis=1) / 2, np.sqrt(variance[chosen]), rtol=1e-4)


def test_a_month_not_seen_yet_adds_its_uncertainty(company, model):
    rows = company.cells().iloc[:1]

    [usual] = np.ptp(logit(model.predict_interval(rows, level=0.6827)), axis=1) / 2
    [future] = np.ptp(logit(model.predict_interval(rows.assign(period=99), 0.6827)), axis=1) / 2

    month = model.variance_components_["period"]
    assert future**2 - usual**2 == pytest.approx(month**2, rel=1e-3)


def test_a_missing_category_is_a_level_of_its_own():
    product = np.repeat(np.array(["crm", None], dtype=object), 100)
    deals = pd.DataFrame({"rep": ["ann", "bob"] * 100, "product": product})
    won = np.r_[np.tile([1, 1, 1, 0], 25), np.tile([0, 0, 0, 1], 25)]

    model = RepWinRate(**PLAIN).fit(deals, won)
    rows = pd.DataFrame({"rep": "ann", "product": ["crm", "", None, np.nan]})
    crm, empty, none, nan = win_rates(model, rows)

    assert none == empty == nan < 0.4
    assert crm > 0.6


def test_labels_are_kept_and_the_greater_is_the_win():
    deals = pd.DataFrame({"rep": ["ann"] * 20 + ["bob"] * 20, "product": "crm"})
    outcome = np.array(["lost", "won", "won", "won"] * 5 + ["lost"] * 20)

    model = RepWinRate(**PLAIN).fit(deals, outcome)

    assert model.classes_.tolist() == ["lost", "won"]
    assert model.predict(deals.iloc[[0, 39]]).tolist() == ["won", "lost"]
    assert_allclose(model.predict_proba(deals).sum(axis=1), 1)


def test_rates_do_not_depend_on_the_rows_asked_with_them(company, model):
    rows = company.cells()
    strangers = rows.assign(rep="new", product="new", sector="new")

    alone = model.predict_interval(rows)
    together = model.predict_interval(pd.concat([strangers, rows]))

    assert_allclose(together[len(rows) :], alone)
    assert model.predict_interval(rows.iloc[:0]).shape == (0, 2)
    assert model.posterior_samples(rows.iloc[:0], size=5).shape == (5, 0)


@pytest.mark.parametrize(
    ("deals", "won"),
    [
        pytest.param(tiny(10), np.tile([0, 1], 5), id="one rep, one level of everything"),
        pytest.param(tiny(10, rep=list("aabbccddee")), np.ones(10), id="all won"),
        pytest.param(tiny(10, rep=list("aabbccddee")), np.zeros(10), id="all lost"),
        pytest.param(tiny(1), np.ones(1), id="one deal"),
        pytest.param(tiny(400, rep=np.arange(400)), np.tile([0, 1], 200), id="a rep a deal"),
        pytest.param(tiny(400, rep=np.tile(["a", "b"], 200)), np.tile([0, 1], 200), id="separated"),
        pytest.param(
            tiny(400, rep=np.tile(["a", "b"], 200), product=np.tile(["x", "y"], 200)),
            np.tile([0, 0, 1, 1], 100),
            id="each rep has a product of its own",
        ),
    ],
)
def test_degenerate_histories_still_give_rates_between_0_and_1(deals, won):
    model = RepWinRate().fit(deals, won)

    low, high = model.predict_interval(deals).T
    rate = win_rates(model, deals)
    test = model.signal_test(n_boot=99)

    assert ((low > 0) & (low < rate) & (rate < high) & (high < 1)).all()
    assert test.verdict_reps in {"evidence", "none", "too_little_data"}


def test_reps_can_be_compared_without_any_segment():
    deals = pd.DataFrame({"rep": np.arange(400) % 4})
    won = np.arange(400) // 4 % 10 < 2 + 2 * deals["rep"]

    model = RepWinRate(segments=(), by=(), team=None, period=None).fit(deals, won)

    assert (np.diff(win_rates(model, deals.iloc[:4])) > 0.1).all()
    assert model.signal_test(n_boot=99).verdict_reps == "evidence"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"segments": ("colour",), "by": ()}, "no column colour"),
        ({"team": "squad"}, "no column squad"),
        ({"by": ("region",)}, "must be among segments"),
        ({"segments": ("product", "rep")}, "two roles"),
    ],
)
def test_columns_that_do_not_fit_are_named(company, options, complaint):
    with pytest.raises(ValueError, match=complaint):
        RepWinRate(**options).fit(company.deals, company.outcomes)


def test_rows_to_predict_need_the_rep_and_the_segments(company, model):
    with pytest.raises(ValueError, match="no column sector"):
        model.predict_proba(company.cells().drop(columns="sector"))
    with pytest.raises(NotFittedError):
        RepWinRate().predict_proba(company.cells())


@pytest.mark.parametrize(
    ("won", "complaint"),
    [
        (np.array([0, 1, 2, 1]), "2 classes"),
        (np.array(["won"] * 4), "2 classes"),
        (np.array([0, 1]), "shape"),
    ],
)
def test_outcomes_that_are_not_two_labels_are_refused(won, complaint):
    with pytest.raises(ValueError, match=complaint):
        RepWinRate().fit(tiny(4), won)


@pytest.mark.parametrize(
    ("wins", "trials"),
    [
        ([2, 0], [1, 1]),
        ([-1, 0], [1, 1]),
        ([0, 0], [0, 0]),
        ([1, np.nan], [1, 1]),
        ([1, 1], [1, np.inf]),
        ([1], [1]),
    ],
)
def test_counts_that_cannot_be_are_refused(wins, trials):
    with pytest.raises(ValueError, match=r"wins|trials|closed deals"):
        RepWinRate().fit_aggregated(tiny(2), wins, trials)


@pytest.mark.simulation
def test_intervals_hold_the_truth_as_often_as_they_say_and_raw_rates_do_not():
    """Averaged over worlds of 8 or 20 reps, with and without differences by product."""
    ours, raw = [], []
    for seed in range(60):
        rng = np.random.default_rng([17, seed])
        sd_rep_product = (0.0, 0.2, 0.4)[seed % 3]
        company = world(rng, reps=(8, 20)[seed % 2], sd_rep_product=sd_rep_product)
        rows = company.cells()
        truth = company.win_rate(rows)

        model = RepWinRate().fit(company.deals, company.outcomes)
        low, high = model.predict_interval(rows, level=0.9).T
        ours.append(((low <= truth) & (truth <= high)).mean())

        by_rep = company.deals.groupby("rep")["won"]
        rate = by_rep.mean().reindex(rows["rep"]).to_numpy()
        reach = 1.645 * np.sqrt(rate * (1 - rate) / by_rep.size().reindex(rows["rep"]).to_numpy())
        raw.append((abs(truth - rate) <= reach).mean())

    print(f"covered: ours {np.mean(ours):.3f}, counted {np.mean(raw):.3f}")
    assert 0.86 <= np.mean(ours) <= 0.96
    assert np.mean(raw) < 0.6
