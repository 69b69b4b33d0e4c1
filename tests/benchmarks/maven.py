"""A public sample, told forward: ``python -m tests.benchmarks.maven``.

What is learnt from the deals closed before a day is asked of those begun, or closed, later. Log
loss minus that of a constant rate (millinats a deal, standard error in brackets): the sample
has no evidence that reps differ, so nothing can be better, and nothing should be worse. As in the
app the month of engagement is learnt from, and rates are asked for the month of the mean deal.
"""

import sys

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.truths import SEGMENTS, estimator, mean_and_error
from tests.test_winrate_signal import SAMPLES, maven

CUTS = (
    ("close_date", "2017-07-01"),
    ("close_date", "2017-10-01"),
    ("engage_date", "2017-07-01"),
    ("engage_date", "2017-09-01"),
)
WORSE_BY = 1.0
"""Millinats, beyond two standard errors."""


def loss(won: NDArray, rate: NDArray | float) -> NDArray:
    return -1000 * np.log(np.where(won, rate, 1 - np.asarray(rate)))


def counted(before: pd.DataFrame, won: NDArray, after: pd.DataFrame, columns: list[str]) -> NDArray:
    """Win rates as counted by group, with half a win and half a loss more."""
    by_group = before.assign(won=won).groupby(columns)["won"].agg(["sum", "count"])
    here = by_group.reindex(pd.MultiIndex.from_frame(after[columns])).fillna(0)
    return ((here["sum"] + 0.5) / (here["count"] + 1)).to_numpy()


def main() -> int:
    if not (SAMPLES / "maven").exists():
        print(f"the Maven sample is not in {SAMPLES}: nothing is measured")
        return 0
    deals, won = maven()
    deals[list(SEGMENTS)] = deals[list(SEGMENTS)].fillna("")
    for column in ("engage_date", "close_date"):
        deals[column] = pd.to_datetime(deals[column])
    missed = False
    ours = {
        "ours": estimator(),
        "ours, integrated": estimator(32),
        "ours, without month": estimator(period=None),
    }
    names = (*ours, "counted reps", "counted cells")
    print(f"{'later by':24}{'deals':>6}" + "".join(f"{name:>21}" for name in names))
    for column, day in CUTS:
        old, new = (deals["close_date"] < day).to_numpy(), (deals[column] >= day).to_numpy()
        before, after = deals[old], deals[new]
        base = loss(won[new], won[old].mean())
        rates = [
            *(
                one.fit(before, won[old]).predict_proba(after.drop(columns="period"))[:, 1]
                for one in ours.values()
            ),
            counted(before, won[old], after, ["rep"]),
            counted(before, won[old], after, ["rep", *SEGMENTS]),
        ]
        found = [mean_and_error(loss(won[new], rate) - base) for rate in rates]
        missed |= found[0][0] - 2 * found[0][1] > WORSE_BY
        told = "".join(f"{mean:>+13.2f} ({error:>5.2f})" for mean, error in found)
        print(f"{column + ' >= ' + day:24}{new.sum():>6}{told}", flush=True)

    test = estimator().fit(deals, won).signal_test()
    print(f"reps differ: {test.verdict_reps} (p {test.p_reps:.3f})")
    print(f"reps differ by segment: {test.verdict_segments} (p {test.p_segments:.3f})")
    return int(missed or {test.verdict_reps, test.verdict_segments} != {"none"})


if __name__ == "__main__":
    sys.exit(main())
