"""Whether targets ratchet: raised after a beat by more than they are cut after a miss.

Leone, Misra & Zimmerman (2008), "Investigating dynamic sales quotas": the change of a quota is
regressed on how far the one before was beaten or missed, with a slope of its own for each. Where
beats raise more than misses cut, whoever expects it holds back.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

LEAST = 30
"""Changes of targets from which anything is said, ``LEAST_EACH`` after beats and misses."""

LEAST_EACH = 8

FARTHEST = 1.0
"""A target beaten or changed by more than this share counts as by it: a deal may be ten quotas."""


@dataclass(frozen=True)
class Ratchet:
    """What a change of targets has to do with how the ones before were met.

    Attributes
    ----------
    up, down
        By how much of a beat the next target is raised, and of a miss cut: 0.4 is 4 % after
        10 %.
    difference, low, high
        up - down, with its 90 % interval.
    n, beats, misses, units
        Changes behind it.
    verdict
        ``ratchet``, ``none`` (the interval lies within 0.15 of zero or below it), ``open``
        (cannot be told), ``few``.
    """

    verdict: Literal["ratchet", "none", "open", "few"]
    n: int = 0
    beats: int = 0
    misses: int = 0
    units: int = 0
    up: float = np.nan
    down: float = np.nan
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan

    @property
    def after_beat(self) -> float:
        """Change of the next target after a beat of 10 %, as a share of it."""
        return self.up / 10

    @property
    def after_miss(self) -> float:
        """Change of the next target after a miss of 10 %: below zero where it is cut."""
        return -self.down / 10

    @property
    def asymmetry(self) -> tuple[float, float, float]:
        """By how much beats of 10 % raise more than misses of 10 % cut, and its range."""
        return self.difference / 10, self.low / 10, self.high / 10


SMALL = 0.15
"""A difference of slopes that changes nothing: 1.5 % of a target after 10 %."""


def ratchet(rows: pd.DataFrame, z: float = 1.645) -> Ratchet:
    """Compare how targets change after beats and after misses.

    Least squares with what all targets of a period have in common taken off, and errors clustered
    by unit.

    Parameters
    ----------
    rows
        One a unit and past period, in their order: unit, period (number), target, won.
    """
    rows = rows[rows["target"] > 0].sort_values(["unit", "period"])
    following = rows.groupby("unit")["period"].shift(-1) == rows["period"] + 1
    # As shares of the target, both: the slope of a logarithm bends, and bends beats the most.
    change = rows.groupby("unit")["target"].shift(-1) / rows["target"] - 1
    change = change.clip(-FARTHEST, FARTHEST)
    missed = (rows["won"] / rows["target"] - 1).clip(-FARTHEST, FARTHEST)
    use = following & change.notna()
    y, deviation = change[use].to_numpy(float), missed[use].to_numpy(float)
    unit, period = rows["unit"][use], rows["period"][use]
    beats, misses = int((deviation > 0).sum()), int((deviation < 0).sum())
    counts = {"n": len(y), "beats": beats, "misses": misses, "units": unit.nunique()}
    if len(y) < LEAST or min(beats, misses) < LEAST_EACH or unit.nunique() < 5:
        return Ratchet("few", **counts)
    x = np.column_stack([deviation.clip(min=0), deviation.clip(max=0)])
    # What moved all targets of a period was not how one unit did.
    y = y - pd.Series(y).groupby(period.to_numpy()).transform("mean").to_numpy()
    x = x - pd.DataFrame(x).groupby(period.to_numpy()).transform("mean").to_numpy()
    bread = np.linalg.pinv(x.T @ x)
    slopes = bread @ x.T @ y
    scores = pd.DataFrame(x * (y - x @ slopes)[:, None]).groupby(unit.to_numpy()).sum().to_numpy()
    groups = len(scores)
    meat = scores.T @ scores * groups / (groups - 1)
    contrast = np.array([1.0, -1.0])
    error = float(np.sqrt(contrast @ bread @ meat @ bread @ contrast))
    difference = float(contrast @ slopes)
    low, high = difference - z * error, difference + z * error
    verdict: Literal["ratchet", "none", "open"] = (
        "ratchet" if low > 0 else "none" if high < SMALL else "open"
    )
    return Ratchet(
        verdict, **counts, up=float(slopes[0]), down=float(slopes[1]),
        difference=difference, low=low, high=high,
    )  # fmt: skip
