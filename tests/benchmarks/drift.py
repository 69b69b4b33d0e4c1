"""Reps who get better or worse: ``python -m tests.benchmarks.drift``.

Fresh companies of 20 reps, 24 months and two attributes, in which the win rate of every rep
takes a random step each month. Asked for are the rates of *today*. Deals count in full, or by
half-lives of 12, 6 and 3 months, or the model has reps who wander from quarter to quarter or from
month to month.
"""

import argparse

import numpy as np
import pandas as pd
from scipy.special import expit

from analytics.recency import recency
from tests.benchmarks.truths import LEVEL, Score, estimator, mean_and_error, score, spread

STEPS = (0.0, 0.1, 0.25)
"""Standard deviations of a month's step (log odds); in two years .1 makes .5, and .25 makes 1.2."""

REPS, MONTHS, DEALS_PER_REP = 20, 24, 200
HALF_LIVES = (None, 12, 6, 3)
COLUMNS = (
    *(f"half-life {life}" if life else "all alike" for life in HALF_LIVES),
    "by quarter",
    "by month",
)


def drawn(rng: np.random.Generator, step: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Closed deals, and the rows asked for with their true rate of today as ``rate``."""
    n = REPS * DEALS_PER_REP
    rep, month = rng.integers(0, REPS, n), rng.integers(0, MONTHS, n)
    product, sector = rng.integers(0, 4, n), rng.integers(0, 5, n)
    start = rng.normal(0, 0.3, REPS)
    walk = start[:, None] + rng.normal(0, step, (REPS, MONTHS)).cumsum(axis=1)
    by_product, by_sector = rng.normal(0, 0.35, 4), rng.normal(0, 0.35, 5)
    own = rng.normal(0, 0.2, (REPS, 4))

    def log_odds(rep, product, sector, skill):
        return -0.4 + by_product[product] + by_sector[sector] + own[rep, product] + skill

    won = rng.random(n) < expit(log_odds(rep, product, sector, walk[rep, month]))
    deals = pd.DataFrame({"rep": rep, "product": product, "sector": sector})
    deals["period"] = [f"{2024 + each // 12}-{each % 12 + 1:02}" for each in month]
    deals["month"], deals["quarter"] = month, month // 3
    rows = pd.MultiIndex.from_product(
        [range(REPS), range(4), range(5)], names=["rep", "product", "sector"]
    ).to_frame(index=False)
    who = rows["rep"].to_numpy()
    rate = expit(
        log_odds(who, rows["product"].to_numpy(), rows["sector"].to_numpy(), walk[who, -1])
    )
    return deals.assign(won=won.astype(int)), rows.assign(rate=rate)


def measure(job: tuple[float, list[int]]) -> list[Score]:
    step, seed = job
    deals, rows = drawn(np.random.default_rng(seed), step)
    truth, weight = rows["rate"].to_numpy(), np.full(len(rows), 1 / len(rows))
    scores = []
    for life in HALF_LIVES:
        weights = recency(deals["period"], "2025-12", life)
        model = estimator().fit(deals, deals["won"], sample_weight=weights)
        scores.append(_score(model, rows, truth, weight))
    for time in ("quarter", "month"):
        model = estimator(drift=time).fit(deals, deals["won"])
        scores.append(_score(model, rows, truth, weight))
    return scores


def _score(model, rows: pd.DataFrame, truth: np.ndarray, weight: np.ndarray) -> Score:
    rate = model.predict_proba(rows)[:, 1]
    return score(truth, weight, rate, model.predict_interval(rows, LEVEL))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    print(f"seeds [{asked.seed}, step, world], {asked.worlds} worlds each; covered (se), excess")
    print(f"{'step':>5}" + "".join(f"{name:>24}" for name in COLUMNS))
    for number, step in enumerate(STEPS):
        jobs = [(step, [asked.seed, number, world]) for world in range(asked.worlds)]
        found = np.array(list(spread(measure, jobs, asked.processes)))
        line = f"{step:>5}"
        for column in range(len(COLUMNS)):
            covered, error = mean_and_error(found[:, column, 1])
            line += f"{covered:>10.3f} ({error:.3f}){found[:, column, 0].mean():>6.1f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
