"""What a fit costs where there is much to learn from: ``python -m tests.benchmarks.scale``.

Deals in a DuckDB file are counted there by cell, the estimator learns from the counts and says
a rate and an interval for every rep in every segment (200 of them). Each run is a process of its
own; wall and CPU seconds without its imports, and its peak memory. Cost follows the number of
cells, not of deals; with a month column most rows to learn from are single deals.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from tests.benchmarks.ingest import run

LEVELS = {"product": 10, "sector": 5, "region": 4}
MONTHS = 12
MEGABYTES = 2048
WALL_GOALS = {1_000_000: 10.0, 10_000_000: 15.0}
CELLS = (3_000, 18_000, 60_000)

LEARN = """
import json, sys, time
import duckdb
from threadpoolctl import threadpool_limits
from analytics.winrate import RepWinRate

threadpool_limits(1, user_api="blas")  # as the app does
file, memory, months = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
segments = ("product", "sector", "region")
columns = ["rep", *segments, *(["month"] if months else [])]
took = {}

def lap(name):
    global start
    now = time.perf_counter(), time.process_time()
    took[name] = [now[0] - start[0], now[1] - start[1]]
    start = now

start = time.perf_counter(), time.process_time()
with duckdb.connect(file, read_only=True, config={"threads": 2, "memory_limit": memory}) as db:
    names = ", ".join(columns)
    cells = db.execute(
        f"select {names}, sum(won) as won, count(*) as deals from deals group by {names}"
    ).df()
    rows = db.execute("select * from reps, products, sectors, regions").df()
lap("count")
model = RepWinRate(
    segments, by=("product", "sector"), cell=segments, team=None,
    period="month" if months else None,
)
model.fit_aggregated(cells, cells["won"], cells["deals"])
lap("fit")
rate, interval = model.predict_proba(rows), model.predict_interval(rows)
lap("predict")
print(json.dumps({"cells": len(cells), "rows": len(rows), "took": took}))
"""


def write(file: Path, deals: int, reps: int, seed: int) -> None:
    """Deals of reps with skills of their own, in products above all."""
    rng = np.random.default_rng(seed)
    sizes = {"rep": reps, **LEVELS, "month": MONTHS}
    drawn = ", ".join(
        f"(random() * {size})::int % {size} as {name}" for name, size in sizes.items()
    )
    effects = pd.MultiIndex.from_product(
        [range(reps), range(LEVELS["product"])], names=["rep", "product"]
    ).to_frame(index=False)
    effects["log_odds"] = (
        rng.normal(-0.4, 0.3, reps)[effects["rep"]]
        + rng.normal(0, 0.4, LEVELS["product"])[effects["product"]]
        + rng.normal(0, 0.2, len(effects))
    )
    # With several threads the same seed gives other deals each time.
    with duckdb.connect(file, config={"threads": 1}) as db:
        db.execute(f"select setseed({1 / (1 + seed)})").fetchall()
        db.register("effects", effects)
        db.execute(f"""
            create table deals as
            select 'Rep ' || rep as rep, 'Product ' || product as product,
                'Sector ' || sector as sector, 'Region ' || region as region,
                date '2025-01-01' + to_months(month) as month,
                (random() < 1 / (1 + exp(-log_odds)))::int as won
            from (select {drawn} from range({deals}))
            join effects using (rep, product)
        """)
        for name in ("rep", *LEVELS):
            db.execute(f"create table {name}s as select distinct {name} from deals order by 1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, nargs="*", default=list(WALL_GOALS))
    parser.add_argument("--cells", type=int, nargs="*", default=list(CELLS))
    parser.add_argument("--months", type=int, choices=(0, 1), nargs="*", default=[0, 1])
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    missed = False
    print(f"seed {asked.seed}; DuckDB on 2 threads, numpy on 1; load {os.getloadavg()[0]}")
    print(
        f"{'deals':>9}{'reps':>5}{'cells':>7}{'month':>6}{'rows':>8}"
        f"{'count':>14}{'fit':>14}{'predict':>14}{'all':>16}{'peak MB':>9}"
    )
    for deals in asked.deals:
        # Of one number of deals the largest model is asked for; what cells cost shows at the first.
        for cells in asked.cells if deals == asked.deals[0] else asked.cells[-1:]:
            reps = cells // int(np.prod(list(LEVELS.values())))
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "deals.duckdb"
                write(file, deals, reps, asked.seed)
                for months in asked.months:
                    missed |= measured(file, deals, reps, months)
    return int(missed)


def measured(file: Path, deals: int, reps: int, months: int) -> bool:
    """Print what one run costs; whether it misses a goal."""
    begin = time.perf_counter()
    said, _, peak = run(LEARN, file, "1GB", months)
    try:
        found = json.loads(said)
    except json.JSONDecodeError:
        print(f"{deals:>9,} after {time.perf_counter() - begin:.0f} s: {said.splitlines()[-1:]}")
        return True
    laps = list(found["took"].values())
    wall, cpu = np.sum(laps, axis=0)
    text = "".join(f"{a:>6.1f} ({b:>5.1f})" for a, b in [*laps])
    late = wall > WALL_GOALS.get(deals, np.inf)
    print(
        f"{deals:>9,}{reps:>5}{found['rows']:>7,}{'yes' if months else 'no':>6}"
        f"{found['cells']:>8,} {text}{wall:>8.1f} ({cpu:>5.1f}){peak:>9.0f}"
        f"{'  late' if late else ''}{'  too large' if peak > MEGABYTES else ''}",
        flush=True,
    )
    return late or peak > MEGABYTES


if __name__ == "__main__":
    sys.exit(main())
