"""What a won deal is worth: the model, its intervals, and the parts of a lead."""

from dataclasses import dataclass
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from scipy.stats import multivariate_normal
from sklearn.exceptions import NotFittedError

from analytics.value import ValueModel, value_gaps
from analytics.value.amounts import INTERCEPT_SD, Amounts, log_evidence, log_prior
from analytics.winrate.design import Encoder
from analytics.winrate.precision import Design

KEYS = ["rep", "team", "product"]
PARTS = ["mix", "own", "rest"]


@dataclass(frozen=True)
class World:
    """Won deals, one a row, and the expected amount of every rep (rows) and product."""

    deals: pd.DataFrame
    value: NDArray

    def true_own(self) -> NDArray:
        """What each rep gets for the own mix beyond the average rep, over the mean of all."""
        rep, product = self.deals["rep"].to_numpy(), self.deals["product"].to_numpy()
        average = np.exp(np.log(self.value).mean(axis=0))
        got, alike = self.value[rep, product], average[product]
        per_deal = pd.DataFrame({"got": got / got.mean(), "alike": alike / alike.mean()})
        means = per_deal.groupby(rep).mean()
        return (means["got"] - means["alike"]).to_numpy()


def world(
    seed: int,
    *,
    reps: int = 12,
    products: int = 4,
    deals: int = 15,
    sd_rep: float = 0.2,
    spreads: tuple[float, float] = (0.2, 0.9),
    skewed: bool = False,
) -> World:
    """A company whose reps sell different products, at prices that spread by product."""
    rng = np.random.default_rng(seed)
    levels = rng.normal(9, 0.8, products)
    effects = rng.normal(0, sd_rep, reps)
    spread = rng.uniform(*spreads, products)
    taste = rng.normal(0, 1, (reps, products))
    rep = np.repeat(np.arange(reps), 1 + rng.poisson(deals * np.exp(rng.normal(0, 0.6, reps))))
    product = (taste[rep] + rng.gumbel(size=(len(rep), products))).argmax(axis=1)
    value = np.exp(levels + effects[:, None])
    if skewed:
        shape = 1 / np.expm1(spread[product] ** 2)
        factor = rng.gamma(shape, 1 / shape)
    else:
        factor = np.exp(spread[product] * rng.standard_normal(len(rep)) - spread[product] ** 2 / 2)
    amount = value[rep, product] * factor
    return World(
        pd.DataFrame({"rep": rep, "team": rep % 3, "product": product, "amount": amount}), value
    )


def cells(deals: pd.DataFrame, keys: list[str] = KEYS) -> pd.DataFrame:
    """The rows that the mart makes of single deals."""
    logs = np.log(deals["amount"])
    groups = deals.assign(log=logs, square=deals["amount"] ** 2).groupby(keys)
    rows = groups.agg(
        deals=("log", "size"),
        amount=("amount", "sum"),
        amount_sq=("square", "sum"),
        log_mean=("log", "mean"),
        log_m2=("log", lambda some: ((some - some.mean()) ** 2).sum()),
    )
    return rows.reset_index()


def sold(*lines: tuple[str, str, float, int]) -> pd.DataFrame:
    """Cells of (rep, product, amount, how many)."""
    deals = [(rep, "North", product, amount) for rep, product, amount, n in lines for _ in range(n)]
    return cells(pd.DataFrame(deals, columns=[*KEYS, "amount"]))


def by_name(gaps: pd.DataFrame, rep: object) -> pd.Series:
    return gaps.set_index("rep").loc[rep]


# The model


def observed(deals: pd.DataFrame) -> tuple[Amounts, pd.DataFrame]:
    rows = cells(deals)
    encoder = Encoder(segments=["product"], by=["product"], rep="rep", team="team", period=None)
    counts = rows["deals"].to_numpy(float)
    design = Design(encoder.learn(rows, counts), encoder.layout)
    level = rows["product"].to_numpy()
    return Amounts(
        design, counts, rows["log_mean"].to_numpy(), rows["log_m2"].to_numpy(), level
    ), rows


def test_the_evidence_is_the_density_of_the_single_deals():
    deals = world(3, reps=4, products=3, deals=4).deals
    deals["amount"] /= np.exp(9)
    amounts, rows = observed(deals)

    def density(sd: NDArray, spread: NDArray) -> float:
        matrix = amounts.design.matrix.toarray() * sd[amounts.design.families]
        row = deals[KEYS].merge(rows[KEYS].reset_index(), on=KEYS, how="left")["index"]
        covariance = (matrix @ matrix.T)[np.ix_(row, row)]
        covariance += np.diag(spread[deals["product"]] ** 2)
        return multivariate_normal.logpdf(np.log(deals["amount"]), cov=covariance)

    one = np.array([INTERCEPT_SD, 0.5, 0.2, 0.3, 0.1]), np.array([0.4, 0.6, 0.9])
    other = np.array([INTERCEPT_SD, 0.9, 0.1, 0.05, 0.4]), np.array([0.3, 0.7, 1.2])

    assert_allclose(
        log_evidence(amounts, *one)[0] - log_evidence(amounts, *other)[0],
        density(*one) - density(*other),
        rtol=1e-9,
    )


def slopes(function, at: NDArray) -> list[float]:
    step = 1e-5
    return [
        (function(at + step * one) - function(at - step * one)) / (2 * step)
        for one in np.eye(len(at))
    ]


def test_the_slopes_of_evidence_and_prior_are_those_of_finite_differences():
    amounts, _ = observed(world(4, reps=5, products=3, deals=6).deals)
    logs, means = np.log([0.5, 0.2, 0.3, 0.1, 0.4, 0.6, 0.9]), np.array([1, 0.25, 0.25, 0.25])

    def evidence(logs: NDArray) -> tuple:
        return log_evidence(amounts, np.append(INTERCEPT_SD, np.exp(logs[:4])), np.exp(logs[4:]))

    def prior(logs: NDArray) -> tuple:
        return log_prior(np.exp(logs[:4]), means, logs[4:])

    _, by_sd, by_spread = evidence(logs)
    found = slopes(lambda logs: evidence(logs)[0], logs)
    assert_allclose(np.append(by_sd[1:], by_spread), found, rtol=1e-5, atol=1e-6)
    _, by_sd, by_spread = prior(logs)
    assert_allclose(np.append(by_sd, by_spread), slopes(lambda logs: prior(logs)[0], logs), 1e-6)


def test_equal_amounts_are_expected_again_by_everybody():
    rows = sold(("ann", "a", 500, 4), ("ann", "b", 500, 2), ("bo", "a", 500, 9))

    model = ValueModel().fit(rows)

    asked = pd.DataFrame({"rep": ["ann", "bo"], "product": ["b", "b"]})
    assert_allclose(model.predict(asked), 500, rtol=1e-3)
    assert_allclose(model.predict_interval(asked), 500, rtol=0.1)
    assert (value_gaps(model, rows)[["gap", *PARTS]].abs() < 1e-3).all(axis=None)


def test_a_price_list_leaves_nothing_to_the_reps():
    rows = sold(("ann", "a", 100, 30), ("ann", "b", 1000, 10), ("bo", "a", 100, 10))
    rows = pd.concat([rows, sold(("bo", "b", 1000, 30))])

    model = ValueModel().fit(rows)
    gaps = value_gaps(model, rows)

    assert_allclose(model.predict(rows), [100, 1000, 100, 1000], rtol=0.01)
    assert_allclose(gaps["value"], [325, 775])
    assert_allclose(gaps["gap"], [325 / 550 - 1, 775 / 550 - 1])
    assert_allclose(gaps["mix"], gaps["gap"], atol=0.01)
    assert_allclose(gaps["own"], 0, atol=0.01)


def test_the_spread_differs_by_product():
    rng = np.random.default_rng(0)
    listed = pd.DataFrame({"product": "list", "amount": 100 * rng.choice([0.98, 1, 1.02], 200)})
    project = pd.DataFrame({"product": "project", "amount": 100 * np.exp(rng.normal(size=200))})
    deals = pd.concat([listed, project]).assign(team="North")
    deals["rep"] = rng.choice(["ann", "bo", "cy"], len(deals))

    model = ValueModel().fit(cells(deals))

    assert model.spread_["list"] == pytest.approx(0.016, rel=0.2)
    assert model.spread_["project"] == pytest.approx(1, rel=0.2)


def test_the_mean_is_expected_and_not_the_median():
    rng = np.random.default_rng(1)
    amounts = np.exp(rng.normal(log(1000), 1, 4000))
    rows = cells(pd.DataFrame({"rep": "ann", "team": "x", "product": "a", "amount": amounts}))

    model = ValueModel().fit(rows)

    assert model.predict(rows)[0] == pytest.approx(1000 * exp(0.5), rel=0.06)
    low, high = np.log(model.predict_interval(rows)[0])
    assert high - low == pytest.approx(2 * 1.645 * np.sqrt((exp(1) - 1) / 4000), rel=0.1)


@pytest.mark.parametrize("skewed", [False, True])
def test_predictions_of_a_product_add_up_to_what_it_brought(skewed):
    rows = cells(world(7, deals=60, skewed=skewed).deals)
    rows["predicted"] = rows["deals"] * ValueModel().fit(rows).predict(rows)

    sums = rows.groupby("product")[["predicted", "amount"]].sum()

    assert_allclose(sums["predicted"], sums["amount"], rtol=0.02)


def test_a_single_rep_with_a_single_deal_gets_an_answer():
    rows = sold(("ann", "a", 800, 1))

    model = ValueModel().fit(rows)

    [[low, high]] = model.predict_interval(rows)
    assert model.predict(rows)[0] == pytest.approx(800, rel=0.01)
    assert low < 500
    assert high > 1200
    assert value_gaps(model, rows)[["gap", "mix", "own"]].to_numpy() == pytest.approx(0, abs=1e-9)


def test_a_model_without_attributes_or_teams_works():
    rows = cells(world(1).deals, ["rep"])

    model = ValueModel(segments=(), team=None).fit(rows)

    assert set(model.variance_components_) == {"rep"}
    assert_allclose(value_gaps(model, rows)["mix"], 0, atol=1e-12)


def test_without_wins_there_is_nothing_to_learn_from():
    rows = sold(("ann", "a", 800, 1))

    with pytest.raises(ValueError, match="no won deals"):
        ValueModel().fit(rows.iloc[:0])
    with pytest.raises(ValueError, match="no won deals"):
        value_gaps(ValueModel().fit(rows), rows.iloc[:0])
    with pytest.raises(NotFittedError):
        ValueModel().predict(rows)
    with pytest.raises(KeyError, match="product"):
        ValueModel().fit(rows.drop(columns="product"))


def test_rows_may_come_in_any_order_and_be_split():
    deals = world(5, deals=6).deals
    whole = cells(deals)
    single = cells(deals.assign(number=range(len(deals))), [*KEYS, "number"])

    model = ValueModel(by=("product",)).fit(whole)
    shuffled = ValueModel(by=("product",)).fit(single.sample(frac=1, random_state=2))

    assert_allclose(shuffled.predict(whole), model.predict(whole), rtol=1e-5)
    assert_allclose(
        shuffled.posterior_samples(whole, 10), model.posterior_samples(whole, 10), rtol=1e-4
    )
    ours, theirs = value_gaps(model, whole), value_gaps(shuffled, single[::-1])
    assert list(ours["rep"]) == list(theirs["rep"])
    assert_allclose(ours.astype(float), theirs.astype(float), rtol=1e-3, atol=1e-4)


def test_the_unit_of_money_does_not_matter():
    deals = world(6).deals
    yuan, fen = cells(deals), cells(deals.assign(amount=100 * deals["amount"]))

    ours, theirs = ValueModel().fit(yuan), ValueModel().fit(fen)

    assert_allclose(theirs.predict(fen), 100 * ours.predict(yuan), rtol=1e-6)


def test_whoever_is_new_gets_the_average_with_a_wide_interval():
    rows = cells(world(8, sd_rep=0.4).deals)
    model = ValueModel().fit(rows)
    reps = [*range(12), "new"]
    asked = pd.DataFrame({"rep": reps, "team": 1, "product": 2})

    values, width = model.predict(asked), np.diff(np.log(model.predict_interval(asked)))[:, 0]

    assert values[:12].min() < values[12] < values[:12].max()
    assert width[12] > 1.2 * width[:12].max()


def test_a_product_never_sold_gets_the_average_of_all_with_a_very_wide_interval():
    rows = cells(world(8, products=5).deals)
    model = ValueModel().fit(rows)

    [[low, high]] = model.predict_interval(pd.DataFrame({"rep": [0], "product": ["new"]}))

    assert low < rows["amount"].sum() / rows["deals"].sum() < high
    assert high / low > 5


def test_draws_have_the_mean_and_the_interval_of_the_predictions():
    rows = cells(world(9, deals=8).deals).iloc[::5]
    asked = pd.concat([rows, pd.DataFrame({"rep": ["new", "new"], "product": [0, "new"]})])
    model = ValueModel(by=("product",)).fit(rows)

    draws = model.posterior_samples(asked, size=20_000, random_state=1)

    assert draws.shape == (20_000, len(asked))
    assert_allclose(draws.mean(axis=0)[:-1], model.predict(asked)[:-1], rtol=0.05)
    low, high = np.log(np.quantile(draws, [0.05, 0.95], axis=0))
    assert_allclose(np.log(model.predict_interval(asked)), np.column_stack([low, high]), atol=0.06)


@pytest.mark.parametrize("seed", range(3))
def test_two_lucky_wins_are_hardly_believed(seed):
    deals = world(seed, deals=25, spreads=(0.7, 0.9)).deals
    lucky = pd.DataFrame({"rep": 99, "team": 0, "product": 0, "amount": 0.0}, index=range(2))
    lucky["amount"] = 2 * deals.loc[deals["product"] == 0, "amount"].mean()
    rows = cells(pd.concat([deals, lucky]))

    gap = by_name(value_gaps(ValueModel().fit(rows), rows), 99)

    believed = gap["own"] / (gap["own"] + gap["rest"])
    assert 0 < believed < 0.3


def test_intervals_cover_what_they_promise():
    expected, own, rest = [], [], []
    for seed in range(60):
        truth = world(seed)
        rows = cells(truth.deals)
        model = ValueModel().fit(rows)
        low, high = model.predict_interval(rows).T
        value = truth.value[rows["rep"], rows["product"]]
        expected.append(((low <= value) & (value <= high)).mean())
        gaps = value_gaps(model, rows, size=200)
        true_own = truth.true_own()
        own.append(((gaps["own_low"] <= true_own) & (true_own <= gaps["own_high"])).mean())
        rest.append((gaps["rest"].abs() > gaps["chance"]).mean())

    figures = f"{np.mean(expected)=:.3f} {np.mean(own)=:.3f} {np.mean(rest)=:.3f}"
    print(figures)
    assert 0.84 <= np.mean(expected) <= 0.96, figures
    assert 0.84 <= np.mean(own) <= 0.96, figures
    assert 0.02 <= np.mean(rest) <= 0.12, figures


# The parts of a lead


def test_a_rep_who_sells_dearer_everywhere_owns_the_lead():
    rows = sold(
        *(
            (rep, "a", price * off, 20)
            for rep, price in (("ann", 150), ("bo", 100), ("cy", 100))
            for off in (0.95, 1.05)
        )
    )

    gaps = value_gaps(ValueModel().fit(rows), rows)

    ann = by_name(gaps, "ann")
    assert ann["gap"] == pytest.approx(150 / (350 / 3) - 1)
    assert ann["mix"] == pytest.approx(0, abs=1e-9)
    assert ann["own"] == pytest.approx(ann["gap"], rel=0.05)
    assert ann["own_low"] > 0
    assert by_name(gaps, "bo")["own_high"] < 0
    assert (ann["own_side"], by_name(gaps, "bo")["own_side"]) == (1, -1)


def test_a_team_is_compared_with_itself():
    deals = world(11, sd_rep=0.1).deals
    deals["amount"] *= np.where(deals["team"] == 0, 3, 1)
    rows = cells(deals)
    model, north = ValueModel().fit(rows), rows[rows["team"] == 0]

    gaps = value_gaps(model, north)

    assert_allclose(gaps["team_value"], north["amount"].sum() / north["deals"].sum())
    assert gaps["own"].abs().max() < 0.5
    assert_allclose((gaps["deals"] * gaps["own"]).sum(), 0, atol=1e-9)


def test_a_missing_attribute_shows_as_more_than_chance():
    rows = sold(
        *((rep, "small", 100, 30) for rep in ("bo", "cy", "di")),
        *((rep, "middle", 1000, 30) for rep in ("bo", "cy", "di")),
        *(("ann", "small", 100, 36), ("ann", "large", 9000, 4)),
    )

    known = value_gaps(ValueModel().fit(rows), rows)
    hidden = value_gaps(ValueModel(segments=()).fit(rows), rows)

    assert abs(by_name(known, "ann")["rest"]) < 0.02
    ann = by_name(hidden, "ann")
    assert abs(ann["rest"]) > ann["chance"]
    assert ann["rest_told"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ann", "bo", "cy"]),
            st.sampled_from(["a", "b", "c"]),
            st.floats(0.01, 1e9),
            st.integers(1, 4),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_the_parts_add_up_and_cancel_over_the_team(lines):
    rows = sold(*lines)

    gaps = value_gaps(ValueModel().fit(rows), rows, size=20)

    assert_allclose(gaps["gap"], gaps["value"] / gaps["team_value"] - 1, atol=1e-9)
    assert_allclose(gaps[PARTS].sum(axis=1), gaps["gap"], atol=1e-9)
    average = gaps[["gap", *PARTS]].mul(gaps["deals"], axis=0).sum() / gaps["deals"].sum()
    assert_allclose(average, 0, atol=1e-9)
    assert (gaps["own_low"] <= gaps["own_high"]).all()
    assert np.isfinite(gaps.drop(columns="rep").to_numpy(float)).all()
