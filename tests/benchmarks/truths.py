"""What the benchmarks of the estimator share: truths, scores, a second process, peers.

Every world is drawn from a seed that is a list: the one given, then which scenario, then which
world of it. So a table is the same on every machine, and a row of it can be drawn alone.
"""

import importlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import expit, ndtri, xlog1py, xlogy

from analytics.winrate import RepWinRate
from tests.worlds import World, world

LEVEL = 0.9
SEGMENTS = ("product", "sector")

Job = TypeVar("Job")
Result = TypeVar("Result")


class Scenario(NamedTuple):
    """A kind of company; standard deviations in log odds.

    ``sd_interaction`` is that of what a rep is in a product and in a sector together, half of
    the variance each; ``sd_cell`` that of what the two do not add up to.
    """

    sd_rep: float
    sd_interaction: float
    sd_cell: float
    reps: int
    deals_per_rep: int

    def drawn(self, seed: Sequence[int], **size: int) -> World:
        each = self.sd_interaction / np.sqrt(2)
        return world(
            np.random.default_rng(seed),
            reps=self.reps,
            deals_per_rep=self.deals_per_rep,
            sd_rep=self.sd_rep,
            sd_rep_product=each,
            sd_rep_sector=each,
            sd_cell=self.sd_cell,
            **size,
        )


TRUTHS = (
    (0.0, 0.0, 0.0),
    (0.2, 0.0, 0.0),
    (0.3, 0.2, 0.0),
    (0.3, 0.2, 0.3),
    (0.5, 0.5, 0.0),
    (0.0, 0.0, 0.4),
)
"""(sd_rep, sd_interaction, sd_cell): from no signal at all to one that no sum of effects tells."""


class Score(NamedTuple):
    """How near win rates come to the truth, segments weighted by how many leads are of them.

    ``excess`` is the expected log loss above that of the true rates (millinats), ``covered``
    and ``width`` are the share of true rates inside their intervals and how wide these are.
    """

    excess: float
    covered: float
    width: float


def score(truth: NDArray, weight: NDArray, rate: NDArray, interval: NDArray | None) -> Score:
    """Score of predicted rates; without intervals what is said of them is not a number."""
    excess = 1000 * weight @ (log_loss(truth, rate) - log_loss(truth, truth))
    if interval is None:
        return Score(excess, np.nan, np.nan)
    low, high = interval.T
    return Score(excess, weight @ ((low <= truth) & (truth <= high)), weight @ (high - low))


def log_loss(truth: NDArray, rate: NDArray) -> NDArray:
    """Expected log loss (nats) of each predicted rate, when the truth decides the outcomes."""
    return -xlogy(truth, rate) - xlog1py(1 - truth, -rate)


def estimator(n_scales: int = 0, **options: Any) -> RepWinRate:
    """The design that ships, for worlds whose teams mean nothing."""
    return RepWinRate(SEGMENTS, by=SEGMENTS, cell=SEGMENTS, team=None, n_scales=n_scales, **options)


def normal_rates(log_odds: NDArray, variance: NDArray) -> tuple[NDArray, NDArray]:
    """Expected rates and their intervals, where log odds are normal."""
    sd = np.sqrt(variance)
    points, weights = hermegauss(21)
    rate = expit(log_odds[:, None] + sd[:, None] * points) @ (weights / weights.sum())
    reach = ndtri((1 + LEVEL) / 2) * sd
    return rate, expit(np.column_stack([log_odds - reach, log_odds + reach]))


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What the work returns, and its CPU seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def spread(work: Callable[[Job], Result], jobs: Iterable[Job], processes: int) -> Iterator[Result]:
    """Results in the order of the jobs, from processes with one numeric thread each."""
    # Read when a library is loaded, so it must be there before the processes start.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, jobs)


def peer(name: str) -> Any:
    """A library to compare with.

    Raises
    ------
    SystemExit
        It is not installed; says how to.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise SystemExit(
            f"{name} is not installed: python -m pip install -r requirements-bench.txt"
        ) from None


def mean_and_error(values: Sequence[float] | NDArray) -> tuple[float, float]:
    """Mean and its standard error."""
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return float(np.mean(values)), float(error)
