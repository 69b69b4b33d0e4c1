"""Sales histories in which it is known when each deal became known, with known truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit

from analytics.settings import SETTINGS, Settings
from analytics.study import ATTRIBUTES, Study, study

FIRST = np.datetime64("2024-01", "M")

QUICK = replace(SETTINGS, bootstrap=19)
"""For a study whose signal test is a formality."""


def history(
    rng: np.random.Generator,
    *,
    reps: int = 12,
    deals_per_rep: int = 200,
    months: int = 24,
    sd_rep: float = 0.0,
    sd_rep_product: float = 0.0,
    sd_segment: float = 0.0,
    sd_walk: float = 0.0,
) -> pd.DataFrame:
    """Rows like those of the mart ``win_history``, one deal each, begun from 2024-01 on.

    Parameters
    ----------
    sd_rep, sd_rep_product, sd_segment
        Standard deviations of the effects of 12 or so reps, 4 products, 5 sectors (log odds).
    sd_walk
        Standard deviation of the step that each rep's win rate takes every month (log odds).
    """
    n = reps * deals_per_rep
    rep, begun = rng.integers(0, reps, n), rng.integers(0, months, n)
    product, sector = rng.integers(0, 4, n), rng.integers(0, 5, n)
    walk = rng.normal(0, sd_walk, (reps, months)).cumsum(axis=1)
    log_odds = (
        rng.normal(0, sd_rep, reps)[rep]
        + rng.normal(0, sd_rep_product, (reps, 4))[rep, product]
        + rng.normal(0, sd_segment, 4)[product]
        + rng.normal(0, sd_segment, 5)[sector]
        + walk[rep, begun]
        - 0.3
    )
    ended = begun + rng.integers(0, 4, n)
    frame = pd.DataFrame(
        {
            "rep": [f"rep {code:02}" for code in rep],
            "team": [f"team {code % 3}" for code in rep],
            **dict.fromkeys(ATTRIBUTES),
            "product": [f"product {code}" for code in product],
            "sector": [f"sector {code}" for code in sector],
            "engaged_month": FIRST + begun.astype("timedelta64[M]"),
            "closed_month": FIRST + ended.astype("timedelta64[M]"),
            "wins": (rng.random(n) < expit(log_odds)).astype(int),
            "trials": 1,
        }
    )
    return frame[ended < months].reset_index(drop=True)


def studied(rows: pd.DataFrame, settings: Settings = QUICK) -> Study:
    """The reps crossed with the products alone, which takes a third of the time."""
    return study(rows, ("product",), settings)
