"""How good the forecast is, and what it costs: ``python -m tests.benchmarks.forecast``.

Sample companies of seeds that nothing was tuned on are forecast at 60 and 30 days before the end
of each past quarter, from what was known then. The same table holds what others go by. Then one
large simulation is timed.
"""

import argparse
import sys
import time

import numpy as np
import pandas as pd

from analytics.forecast.backtest import RIVALS, Past, backtest, day_number, scores
from analytics.forecast.course import NEVER, DealDays, learn
from analytics.forecast.habits import habits
from analytics.forecast.simulate import simulate
from analytics.scope import Period
from data.synthetic import sample_company

COVERED = (0.85, 0.95)
OPEN, PATHS, SECONDS = 50_000, 10_000, 5.0


def past_of(seed: int) -> tuple[Past, Period, int]:
    """A sample company's opportunities in numbers, its newest quarter, and its last day."""
    company = sample_company(seed=seed)
    deals = company.tables["opportunities"]
    base = np.datetime64("2000-01-01")
    closed = deals["closed_on"].to_numpy("datetime64[D]")
    products, reps = (
        pd.Categorical(deals[name].fillna("~")).codes.astype(int) for name in ("product", "owner")
    )
    arrays = DealDays(
        created=(deals["created_on"].to_numpy("datetime64[D]") - base).astype(int),
        closed=np.where(np.isnat(closed), NEVER, (closed - base).astype(int)),
        won=(deals["stage"] == "Won").to_numpy(),
        amount=deals["amount"].to_numpy(float),
        stratum=products,
        rep=reps,
    )
    due = (deals["expected_on"].to_numpy("datetime64[D]") - base).astype(int)
    past = Past(arrays, due, int(products.max()) + 1, int(reps.max()) + 1)
    return past, Period.containing(company.as_of), day_number(company.as_of)


def judged(seeds: range) -> pd.DataFrame:
    """Every past quarter of every seed, forecast; see ``backtest``."""
    tables = []
    for seed in seeds:
        past, newest, day = past_of(seed)
        tried = backtest(past, np.arange(past.owners), newest, day, seed)
        tables.append(tried.assign(seed=seed))
    return pd.concat(tables, ignore_index=True)


def timed() -> float:
    """Wall seconds of one simulation of many open opportunities."""
    rng, owners, strata = np.random.default_rng(1), 100, 8
    n, day = 6 * OPEN, 3_000
    created = rng.integers(0, day, n)
    lasts = rng.gamma(2, 250, n).astype(int)
    closed = np.where(created + lasts > day, NEVER, created + lasts)
    deals = DealDays(
        created,
        closed,
        (rng.random(n) < 0.4) & (closed != NEVER),
        rng.lognormal(10, 1, n),
        rng.integers(0, strata, n),
        rng.integers(0, owners, n),
    )
    learnt = habits(deals, learn(deals, day, strata), day, owners)
    open_deals = deals.take(deals.is_open)
    open_deals = open_deals.take(np.resize(np.arange(len(open_deals)), OPEN))
    begin = time.perf_counter()
    simulate(open_deals, learnt, day, 60, paths=PATHS, rng=rng)
    return time.perf_counter() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=50)
    asked = parser.parse_args()
    missed = False
    for name, seeds in (
        ("the sample", range(7, 8)),
        (f"{asked.seeds} further seeds", range(asked.first, asked.first + asked.seeds)),
    ):
        table = scores(judged(seeds)).set_index(["to_go", "way"])
        print(f"\n{name}\n{table.to_string(float_format=lambda value: f'{value:,.2f}')}")
        for to_go in table.index.unique("to_go"):
            ours = table.loc[(to_go, "ours")]
            missed |= len(seeds) > 1 and not COVERED[0] <= ours["inside90"] <= COVERED[1]
            missed |= any(ours["error"] > table.loc[(to_go, way), "error"] for way in RIVALS)
    seconds = timed()
    print(f"\n{OPEN:,} open opportunities, {PATHS:,} paths: {seconds:.1f} s")
    return int(missed or seconds > SECONDS)


if __name__ == "__main__":
    sys.exit(main())
