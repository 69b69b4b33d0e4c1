"""What the stage of an open opportunity says of its winning, beyond age and product.

Exports hold only the stage of their day. So this is learnt from earlier exports: opportunities
shown open in a stage, and what happened to them until the next export.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecast.course import LONGEST, Course, cumulated

LEAST_WINS = 30
"""Wins out of a known stage below which stages say nothing."""


def stage_factors(stays: pd.DataFrame, stratum: NDArray, course: Course) -> pd.Series:
    """Factor on the odds of winning by stage; empty where too little is known.

    Wins seen over wins that age and product expect, leaning on the average of all stages as far
    as these differ no more than chance (gamma frailty by the method of moments).

    Parameters
    ----------
    stays
        The mart ``stage_stays``.
    stratum
        Of each of its rows.
    """
    won = stays["won"].fillna(0).to_numpy(int) == 1
    if won.sum() < LEAST_WINS:
        return pd.Series(dtype=float)
    hazard = cumulated(course.hazards[0])
    begin = np.clip((stays["seen"] - stays["created"]).to_numpy(int) + 1, 0, LONGEST - 1)
    end = np.clip((stays["until"] - stays["created"]).to_numpy(int) + 1, 0, LONGEST)
    rows = pd.DataFrame(
        {
            "stage": stays["stage"],
            "expected": hazard[stratum, end] - hazard[stratum, begin],
            "won": won,
        }
    )
    sums = rows.groupby("stage")[["expected", "won"]].sum()
    sums["expected"] *= sums["won"].sum() / max(sums["expected"].sum(), 1e-9)
    beyond = ((sums["won"] - sums["expected"]) ** 2 - sums["expected"]).sum()
    between = beyond / max((sums["expected"] ** 2).sum(), 1e-9)
    if not between > 0:
        return pd.Series(1.0, index=sums.index)
    return (sums["won"] + 1 / between) / (sums["expected"] + 1 / between)
