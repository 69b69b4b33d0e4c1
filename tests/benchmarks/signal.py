"""How often the signal test is wrong, and what it finds: ``python -m tests.benchmarks.signal``.

False positives in companies whose reps are alike, or differ everywhere alike, and power where
they do differ, at p <= 5 %. Good reps get the good leads, so that the chi-square test of counted
win rates, printed beside it, finds reps different that are not.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta, chi2_contingency

from tests.benchmarks.truths import Scenario, estimator, spread, timed

ALPHA = 0.05
NULLS = [Scenario(sd, 0.0, 0.0, 20, deals) for sd in (0.0, 0.3) for deals in (50, 200)]
EFFECTS = [
    Scenario(sd, inter, cell, 20, deals)
    for sd, inter, cell in ((0.15, 0.0, 0.0), (0.3, 0.2, 0.0), (0.3, 0.3, 0.0), (0.3, 0.0, 0.4))
    for deals in (50, 200)
]
FALSE_POSITIVES_GOAL = (0.03, 0.07)
POWER_GOAL = 0.8
OF_POWER = Scenario(0.3, 0.3, 0.0, 20, 200)


class Job(NamedTuple):
    scenario: Scenario
    seed: list[int]


class Measured(NamedTuple):
    """p values, what would have been detected (log odds; not a number: nothing), CPU seconds."""

    scenario: Scenario
    reps: float
    segments: float
    counted: float
    detectable_reps: float
    detectable_segments: float
    seconds: float


def measure(job: Job) -> Measured:
    company = job.scenario.drawn(job.seed)
    model = estimator().fit(company.deals, company.outcomes)
    test, seconds = timed(lambda: model.signal_test(random_state=job.seed[-1]))
    assert test.p_reps is not None
    assert test.p_segments is not None
    return Measured(
        job.scenario,
        test.p_reps,
        test.p_segments,
        chi2_contingency(pd.crosstab(company.deals["rep"], company.outcomes)).pvalue,
        np.nan if test.detectable_sd_reps is None else test.detectable_sd_reps,
        np.nan if test.detectable_sd_segments is None else test.detectable_sd_segments,
        seconds,
    )


def claimed(p: Sequence[float]) -> str:
    """How many p values claim evidence, their share, and its 95 % interval (Jeffreys)."""
    n = sum(value <= ALPHA for value in p)
    low, high = beta.interval(0.95, n + 0.5, len(p) - n + 0.5)
    return f"{n:>4}/{len(p):<4} {n / len(p):.3f} [{low:.3f}, {high:.3f}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nulls", type=int, default=200, help="companies in each of 4 scenarios")
    parser.add_argument("--effects", type=int, default=50, help="companies in each of 8 scenarios")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    jobs = [
        Job(scenario, [asked.seed, number, n])
        for number, scenario in enumerate(NULLS + EFFECTS)
        for n in range(asked.nulls if scenario in NULLS else asked.effects)
    ]
    print(f"seeds [{asked.seed}, scenario, n], scenarios and n from 0")
    print(
        f"{'deals':>5}{'sd_rep':>7}{'inter':>6}{'cell':>6}{'reps differ':^32}"
        f"{'reps differ by segment':^32}{'counted':>8}{'detectable':>12}{'CPU s':>7}"
    )
    done = []
    for scenario, group in groupby(spread(measure, jobs, asked.processes), lambda one: one[0]):
        found = list(group)
        _, reps, segments, counted, *detectable, seconds = zip(*found, strict=True)
        could = " ".join(f"{np.median(sd):.2f}" for sd in detectable)
        print(
            f"{scenario.deals_per_rep:>5}{scenario.sd_rep:>7}{scenario.sd_interaction:>6}"
            f"{scenario.sd_cell:>6}{claimed(reps):>32}{claimed(segments):>32}"
            f"{np.mean(np.array(counted) <= ALPHA):>8.2f}{could:>12}{np.median(seconds):>7.2f}",
            flush=True,
        )
        done += found

    nulls = [one for one in done if one.scenario in NULLS]
    alike = [one.reps for one in nulls if one.scenario.sd_rep == 0]
    by_segment = [one.segments for one in nulls]
    power = [one.segments for one in done if one.scenario == OF_POWER]
    print(f"false positives: reps {claimed(alike)}, by segment {claimed(by_segment)}")
    print(f"  goal {FALSE_POSITIVES_GOAL[0]} to {FALSE_POSITIVES_GOAL[1]}")
    print(f"power by segment at sd_interaction .3, 20 x 200: {claimed(power)}  goal {POWER_GOAL}")
    shares = [np.mean(np.array(p) <= ALPHA) for p in (alike, by_segment)]
    low, high = FALSE_POSITIVES_GOAL
    met = (
        all(low <= share <= high for share in shares)
        and np.mean(np.array(power) <= ALPHA) >= POWER_GOAL
    )
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
