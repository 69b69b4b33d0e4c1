"""The estimator beside others on the same companies: ``python -m tests.benchmarks.peers``.

Excess log loss (expected log loss above that of the true rates, millinats; paired differences
with their standard errors), coverage of 90 % intervals where a peer has them, and the CPU time
of fit and prediction. All peers get the same deals (rep, product, sector; no month has an
effect here) and predict every rep in every segment; they are lightly set up and not tuned.
"""

import argparse
import sys
from collections import defaultdict
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import beta
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, TargetEncoder

from tests.benchmarks.truths import (
    LEVEL,
    TRUTHS,
    Scenario,
    Score,
    estimator,
    mean_and_error,
    normal_rates,
    peer,
    score,
    spread,
    timed,
)
from tests.worlds import World

Rates = tuple[NDArray, NDArray | None]
"""Predicted rates, and their intervals where there are any."""

COLUMNS = ["rep", "product", "sector"]
FAMILIES = (
    ("product",),
    ("sector",),
    ("rep",),
    ("rep", "product"),
    ("rep", "sector"),
    ("rep", "product", "sector"),
)
"""The columns whose combinations have effects, as in the estimator."""


def ours(company: World, n_scales: int = 0) -> Rates:
    model = estimator(n_scales, period=None).fit(company.deals, company.outcomes)
    rows = company.cells()
    return model.predict_proba(rows)[:, 1], model.predict_interval(rows, LEVEL)


def integrated(company: World) -> Rates:
    return ours(company, 32)


def counted_cells(company: World) -> Rates:
    """Each rep's wins in each segment, with Jeffreys' prior so that none is impossible."""
    won = company.deals.groupby(COLUMNS)["won"].agg(["sum", "count"])
    wins, deals = won.reindex(pd.MultiIndex.from_frame(company.cells())).fillna(0).to_numpy().T
    posterior = beta(wins + 0.5, deals - wins + 0.5)
    return posterior.mean(), np.column_stack(posterior.interval(LEVEL))


def additive(company: World) -> Rates:
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression(C=1))
    model.fit(company.deals[COLUMNS], company.outcomes)
    return model.predict_proba(company.cells())[:, 1], None


def target_encoder(company: World) -> Rates:
    """Logistic regression on the smoothed win rates of the levels of every family."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    encoder = TargetEncoder(target_type="binary", cv=folds)
    model = make_pipeline(encoder, LogisticRegression(C=1))
    model.fit(levels(company.deals), company.outcomes)
    return model.predict_proba(levels(company.cells()))[:, 1], None


def boosting(company: World) -> Rates:
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, early_stopping=True, categorical_features=COLUMNS, random_state=0
    )
    model.fit(company.deals[COLUMNS], company.outcomes)
    return model.predict_proba(company.cells())[:, 1], None


def gpboost(company: World) -> Rates:
    """The same families with variances at their maximum likelihood."""
    model = peer("gpboost").GPModel(
        group_data=levels(company.deals).to_numpy(), likelihood="bernoulli_logit"
    )
    rows = levels(company.cells()).to_numpy()
    model.fit(y=company.outcomes.astype(float), X=np.ones((len(company.deals), 1)))
    found = model.predict(
        group_data_pred=rows, X_pred=np.ones((len(rows), 1)), predict_var=True,
        predict_response=False,
    )  # fmt: skip
    return normal_rates(found["mu"], found["var"])


def statsmodels(company: World) -> Rates:
    """The same families by mean-field variational Bayes; log sds are N(0, 1) a priori."""
    glm = peer("statsmodels.genmod.bayes_mixed_glm")
    deals, cells = levels(company.deals), levels(company.cells())
    # Fitted on the levels of all cells: those without deals keep their prior.
    places, ends = [pd.factorize(cells[name])[1] for name in cells], 0
    learnt, asked, family = [], [], []
    for number, (name, known) in enumerate(zip(cells, places, strict=True)):
        learnt.append(ends + known.get_indexer(deals[name]))
        asked.append(ends + known.get_indexer(cells[name]))
        family += [number] * len(known)
        ends += len(known)
    matrix, rows = one_hot(learnt, ends), one_hot(asked, ends)
    model = glm.BinomialBayesMixedGLM(
        company.outcomes, np.ones((len(deals), 1)), matrix, np.array(family), vcp_p=1, fe_p=3
    )
    found = model.fit_vb(fit_method="L-BFGS-B")
    return normal_rates(
        found.fe_mean + rows @ found.vc_mean, found.fe_sd**2 + rows @ found.vc_sd**2
    )


def levels(rows: pd.DataFrame) -> pd.DataFrame:
    """One column for each family, its levels numbered."""
    sizes = pd.Series({"rep": 1, "product": 1_000, "sector": 1_000_000})
    return pd.DataFrame({str(names): rows[list(names)] @ sizes[list(names)] for names in FAMILIES})


def one_hot(places: list[NDArray], width: int) -> csr_matrix:
    columns = np.column_stack(places)
    ends = np.arange(0, columns.size + 1, len(places))
    return csr_matrix((np.ones(columns.size), columns.ravel(), ends), (len(columns), width))


OURS = "ours"
METHODS = {
    OURS: ours,
    "ours, integrated": integrated,
    "gpboost": gpboost,
    "statsmodels VB": statsmodels,
    "target encoder + logistic": target_encoder,
    "additive logistic": additive,
    "boosted trees": boosting,
    "counted cells": counted_cells,
}
NEEDS = {"gpboost": "gpboost", "statsmodels VB": "statsmodels"}


class Job(NamedTuple):
    scenario: Scenario
    seed: list[int]
    methods: list[str]


def measure(job: Job) -> dict[str, tuple[Score, float]]:
    """Score and CPU seconds by method."""
    company = job.scenario.drawn(job.seed, months=1)
    rows = company.cells()
    truth, weight = company.win_rate(rows), company.weight(rows)
    done = {}
    for name in job.methods:
        (rate, interval), seconds = timed(partial(METHODS[name], company))
        done[name] = score(truth, weight, rate, interval), seconds
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4, help="companies in each of 24 scenarios")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    methods = list(METHODS)
    for name, library in NEEDS.items():
        try:
            peer(library)
        except SystemExit as missing:
            print(missing)
            methods.remove(name)
    scenarios = [
        Scenario(*truth, reps, deals) for reps, truth, deals in product((5, 20), TRUTHS, (50, 200))
    ]
    jobs = [
        Job(scenario, [asked.seed, number, n], methods)
        for number, scenario in enumerate(scenarios)
        for n in range(asked.worlds)
    ]
    scores: dict[str, list[Score]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    for done in spread(measure, jobs, asked.processes):
        for name, (found, took) in done.items():
            scores[name].append(found)
            seconds[name].append(took)

    print(
        f"{len(jobs)} companies of 5 or 20 reps, 50 or 200 deals each, "
        f"seeds [{asked.seed}, scenario, n]"
    )
    print(
        f"{'':26}{'excess':>8}{'ratio':>7}{'difference (se)':>17}"
        f"{'covered (se)':>16}{'5 reps':>8}{'20 reps':>8}{'off':>7}{'width':>7}{'time':>8}"
    )
    base = np.array([one.excess for one in scores[OURS]])
    for name in methods:
        excess, covered, width = np.array(scores[name]).T
        apart, error = mean_and_error(excess - base)
        line = f"{name:26}{excess.mean():>8.2f}{excess.mean() / base.mean():>7.2f}"
        line += f"{apart:>+9.2f} ({error:>5.2f})"
        if np.isfinite(covered).all():
            held, spread_of_it = mean_and_error(covered)
            # Jobs are in the order of the scenarios, all of 5 reps first.
            by_scenario = covered.reshape(len(scenarios), -1).mean(axis=1)
            few, many = by_scenario.reshape(2, -1).mean(axis=1)
            off = abs(by_scenario - LEVEL).mean()
            line += f"{held:>8.3f} ({spread_of_it:.3f}){few:>8.3f}{many:>8.3f}{off:>7.3f}"
            line += f"{width.mean():>7.2f}"
        else:
            line += " " * 46
        ratio = np.median(np.array(seconds[name]) / np.array(seconds[OURS]))
        print(f"{line}{ratio:>8.2f}")
    print(f"off: mean distance of a scenario's coverage from {LEVEL}")
    print("time: median ratio of CPU seconds to ours")
    return 0


if __name__ == "__main__":
    sys.exit(main())
