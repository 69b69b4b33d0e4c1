"""What win rates of closed opportunities get wrong: ``python -m tests.benchmarks.timing``.

Histories with known truth (``tests/timelines.py``), several seeds a scenario; for each way to
estimate a rep's win rate the bias, the root mean square error (percentage points) and the rank
correlation with the truth, and how often the 90 % interval holds it.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.base import clone

from analytics.competing_risks import CompetingRisks, incidence, with_period
from analytics.timing import censoring, ends, last_band
from analytics.winrate import RepWinRate
from tests.timelines import AS_OF, Timeline, timeline

SLOW = {"days_to_win": 140.0, "days_to_lose": 70.0}
SCENARIOS: dict[str, dict[str, Any]] = {
    "equal speeds, 52 weeks": {"days_to_lose": 70.0},
    "losses 2x slower, 26 weeks": {"weeks": 26},
    "losses 2x slower, 52 weeks": {},
    "losses 2x slower, reps differ in speed, 52 weeks": {"sd_speed": 0.5},
    "losses 2x slower, 104 weeks": {"weeks": 104},
    "wins 2x slower, 52 weeks": SLOW,
}
HEADINGS = ("bias", "rmse", "rank corr.", "covered", "extrapolated")
METHODS = (
    "closed only",
    "closed only, older half",
    "competing risks",
    "competing risks, seen ages",
    "one fit per cause",
)
MODEL = RepWinRate(segments=("product",), by=("product",))


def estimates(past: Timeline, methods: Sequence[str] = METHODS) -> dict[str, pd.DataFrame]:
    """Win rate of each rep by method, with the columns won, low, high and extrapolated."""
    marts = past.marts("win_cells", "deal_ages")
    cells, ages = with_period(marts["win_cells"]), marts["deal_ages"]
    began = pd.to_datetime(past.deals["created_on"])
    half = began.min() + (pd.Timestamp(AS_OF) - began.min()) / 2
    risks = CompetingRisks(MODEL).fit(ages)
    ways = (
        lambda: closed_only(past, cells),
        lambda: closed_only(past, cells[cells["engaged_month"] <= half]),
        lambda: incidence(risks, past.mix(), "rep"),
        lambda: incidence(risks, past.mix(), "rep", within=risks.horizon_days_),
        lambda: fit_per_cause(past, with_period(ages)),
    )
    return {name: way() for name, way in zip(METHODS, ways, strict=True) if name in methods}


def closed_only(past: Timeline, cells: pd.DataFrame) -> pd.DataFrame:
    model = clone(MODEL).fit_aggregated(cells, cells["wins"], cells["trials"])
    draws = past.by_rep(model.posterior_samples(past.mix(), 400))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return pd.DataFrame({"won": draws.mean(axis=0), "low": low, "high": high, "extrapolated": 0.0})


def fit_per_cause(past: Timeline, ages: pd.DataFrame) -> pd.DataFrame:
    """The alternative to what the product does: won, and lost, each against still open."""
    oldest = last_band((ages["won"] + ages["lost"]).groupby(ages["band"]).sum(), 50)
    cells = ages.assign(band=ages["band"].clip(upper=oldest))
    mix = past.mix()
    bands = np.arange(oldest + 1)
    rows = mix.loc[mix.index.repeat(len(bands))].assign(band=np.tile(bands, len(mix)))

    def hazard(wins: pd.Series, trials: pd.Series, seed: int) -> NDArray:
        model = RepWinRate(segments=("product", "band"), by=("product",))
        draws = model.fit_aggregated(cells, wins, trials).posterior_samples(rows, 400, seed)
        return draws.reshape(400, len(mix), len(bands))

    won = hazard(cells["won"], cells["at_risk"], 0)
    lost = (1 - won) * hazard(cells["lost"], cells["at_risk"] - cells["won"], 1)
    draws = past.by_rep(ends(won + lost, won / (won + lost)).won)
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return pd.DataFrame(
        {"won": draws.mean(axis=0), "low": low, "high": high, "extrapolated": np.nan}
    )


def scores(estimate: pd.DataFrame, truth: NDArray) -> tuple[float, ...]:
    """Of the reps' rates, in the order of ``HEADINGS``."""
    error = 100 * (estimate["won"].to_numpy() - truth)
    covered = (estimate["low"] <= truth) & (truth <= estimate["high"])
    return (
        error.mean(),
        np.sqrt((error**2).mean()),
        spearmanr(estimate["won"], truth).statistic,
        covered.mean(),
        estimate["extrapolated"].mean(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(parser.parse_args().seeds)
    print(f"seeds {seeds.start} to {seeds.stop - 1}, 30 reps, 80 opportunities each")
    for scenario, settings in SCENARIOS.items():
        rows, still_open, warned, points = [], [], [], []
        for seed in seeds:
            past = timeline(np.random.default_rng(seed), **settings)
            found = censoring(*past.marts("cohorts", "deal_ages").values())
            still_open.append(past.share_open)
            warned.append(found.warned)
            points.append(found.points)
            rows += [
                (method, *scores(estimate, past.rates()))
                for method, estimate in estimates(past).items()
            ]
        means = pd.DataFrame(rows, columns=["method", *HEADINGS]).groupby("method", sort=False)
        print(
            f"\n{scenario}: {np.mean(still_open):.0%} open, warned {sum(warned)}/{len(warned)}, "
            f"closed ones said to be {np.mean(points):+.1f} points off"
        )
        print(means.mean().round(2).to_string())


if __name__ == "__main__":
    main()
