"""The same model by Hamiltonian Monte Carlo, the reference: ``python -m tests.benchmarks.nuts``.

numpyro's NUTS samples what the estimator approximates: the same families, non-centred, the same
exponential prior on every standard deviation. Log loss is the expected one, under the truth;
time is CPU seconds of sampling, without and with the compilation, over our fit and predictions.
"""

import argparse
import os
import sys
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from analytics.winrate.evidence import INTERCEPT_SD
from tests.benchmarks.truths import (
    LEVEL,
    TRUTHS,
    Scenario,
    estimator,
    log_loss,
    peer,
    score,
    spread,
    timed,
)
from tests.worlds import World

PRIOR_SD = 0.25
LOG_LOSS_GOAL, ENDS_GOAL, TIME_GOAL = 0.3, 0.015, 50
SCENARIOS = [
    Scenario(*truth, reps, deals)
    for reps, deals, truth in product((8, 20), (60, 200), TRUTHS)
    if any(truth)
]

COLUMNS = ("product", "sector", "rep", "period")
FAMILIES = (
    ("product",),
    ("sector",),
    ("period",),
    ("rep",),
    ("rep", "product"),
    ("rep", "sector"),
    ("rep", "product", "sector"),
)


class Job(NamedTuple):
    scenario: Scenario
    seed: list[int]
    chains: int
    draws: int


class Sampled(NamedTuple):
    """Draws of the win rates (n_draws, n_rows), what they cost and whether to believe them."""

    rates: NDArray
    seconds: float
    seconds_to_compile: float
    divergences: int
    r_hat: float


class Compared(NamedTuple):
    """One way of ours beside NUTS on one company."""

    log_loss: float
    low: float
    high: float
    covered: float
    seconds: float


class Measured(NamedTuple):
    job: Job
    sampled: Sampled
    covered: float
    probable: Compared
    integrated: Compared


def sampled(company: World, rows: pd.DataFrame, chains: int, draws: int, seed: int) -> Sampled:
    jax, numpyro = peer("jax"), peer("numpyro")
    infer, distributions = peer("numpyro.infer"), peer("numpyro.distributions")
    diagnostics = peer("numpyro.diagnostics")
    jax.config.update("jax_enable_x64", True)
    columns = list(COLUMNS)
    cells = company.deals.groupby(columns)["won"].agg(["sum", "count"]).reset_index()
    # All levels have a coefficient, those without deals too: their draws are of the prior.
    sizes = {name: int(company.deals[name].max()) + 1 for name in columns}
    sizes |= {name: max(sizes[name], int(rows[name].max()) + 1) for name in columns[:3]}

    def places(frame: pd.DataFrame, family: tuple[str, ...]) -> NDArray:
        levels = [frame[name].to_numpy() for name in family]
        return np.ravel_multi_index(levels, [sizes[name] for name in family])

    widths = [int(np.prod([sizes[name] for name in family])) for family in FAMILIES]
    where = [places(cells, family) for family in FAMILIES]

    def model() -> None:
        intercept = numpyro.sample("intercept", distributions.Normal(0, INTERCEPT_SD))
        sd = numpyro.sample("sd", distributions.Exponential(1 / PRIOR_SD).expand([len(widths)]))
        eta = intercept
        for number, (width, place) in enumerate(zip(widths, where, strict=True)):
            v = numpyro.sample(f"v{number}", distributions.Normal(0, 1).expand([width]))
            eta = eta + (sd[number] * v)[place]
        wins = distributions.Binomial(cells["count"].to_numpy(), logits=eta)
        numpyro.sample("wins", wins, obs=cells["sum"].to_numpy())

    kernel = infer.NUTS(model, target_accept_prob=0.9)

    def step(state: Any, _: Any) -> tuple[Any, Any]:
        state = kernel.sample(state, (), {})
        return state, (state.z, state.diverging)

    def chain(state: Any) -> Any:
        _, (z, diverging) = jax.lax.scan(step, state, None, length=2 * draws)
        return {name: values[draws:] for name, values in z.items()}, diverging[draws:]

    def prepared() -> tuple[list[Any], Any]:
        keys = jax.random.split(jax.random.PRNGKey(seed), chains)
        states = [kernel.init(key, draws, None, (), {}) for key in keys]
        return states, jax.jit(chain).lower(states[0]).compile()

    (states, compiled), to_compile = timed(prepared)
    done, seconds = timed(lambda: [jax.block_until_ready(compiled(state)) for state in states])

    constrained = jax.vmap(jax.vmap(kernel.postprocess_fn((), {})))
    found = constrained({name: np.stack([z[name] for z, _ in done]) for name in done[0][0]})
    eta = np.asarray(found["intercept"])[..., None]
    for number, family in enumerate(FAMILIES):
        if "period" not in family:
            effect = np.asarray(found[f"v{number}"])[..., places(rows, family)]
            eta = eta + np.asarray(found["sd"])[..., [number]] * effect
    known = np.concatenate([np.log(np.asarray(found["sd"])), eta], axis=-1)
    return Sampled(
        rates=expit(eta.reshape(-1, len(rows))),
        seconds=seconds,
        seconds_to_compile=to_compile,
        divergences=int(sum(np.asarray(diverging).sum() for _, diverging in done)),
        r_hat=float(diagnostics.split_gelman_rubin(known).max()),
    )


def measure(job: Job) -> Measured:
    company = job.scenario.drawn(job.seed, products=4, sectors=5, months=4)
    rows = company.cells()
    truth, weight = company.win_rate(rows), company.weight(rows)
    nuts = sampled(company, rows, job.chains, job.draws, job.seed[-1])
    rate = nuts.rates.mean(axis=0)
    ends = np.quantile(nuts.rates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0).T
    reference = weight @ log_loss(truth, rate)

    def compared(n_scales: int) -> Compared:
        def fitted() -> tuple[NDArray, NDArray]:
            model = estimator(n_scales, prior_sd=PRIOR_SD)
            model.fit(company.deals, company.outcomes)
            return model.predict_proba(rows)[:, 1], model.predict_interval(rows, LEVEL)

        fitted()  # What only the first fit of a process costs is no cost of the method.
        (ours, interval), seconds = timed(fitted)
        low, high = weight @ abs(interval - ends)
        loss = 100 * (weight @ log_loss(truth, ours) / reference - 1)
        covered = score(truth, weight, ours, interval).covered
        return Compared(loss, low, high, covered, seconds)

    covered = score(truth, weight, rate, ends).covered
    return Measured(job, nuts._replace(rates=rate), covered, compared(0), compared(32))


def line(one: Measured) -> str:
    scenario, nuts = one.job.scenario, one.sampled
    text = f"{one.job.seed!s:>12}{scenario.reps:>5}{scenario.reps * scenario.deals_per_rep:>6}"
    text += f"{scenario.sd_rep:>5}{scenario.sd_interaction:>5}{scenario.sd_cell:>5}"
    text += f"{nuts.divergences:>5}{nuts.r_hat:>7.3f}{one.covered:>7.3f}"
    for ours in (one.probable, one.integrated):
        text += f"{ours.log_loss:>+9.3f}{ours.low:>7.4f}{ours.high:>7.4f}{ours.covered:>7.3f}"
        text += f"{nuts.seconds / ours.seconds:>7.0f}"
    return f"{text}{nuts.seconds:>8.1f}{nuts.seconds_to_compile:>6.1f}{one.probable.seconds:>6.2f}"


def report(name: str, found: list[Measured], ours: list[Compared]) -> bool:
    loss = np.array([one.log_loss for one in ours])
    ends = np.array([[one.low, one.high] for one in ours]).mean(axis=0)
    seconds = np.array([one.seconds for one in ours])
    sampling = np.array([one.sampled.seconds for one in found])
    compiling = np.array([one.sampled.seconds_to_compile for one in found])
    ratio = np.median(sampling / seconds)
    print(
        f"{name}: log loss {loss.mean():+.3f} % (worst {loss.max():+.3f}, "
        f"{(abs(loss) <= LOG_LOSS_GOAL).sum()} of {len(loss)} within {LOG_LOSS_GOAL}), "
        f"ends apart {ends[0]:.4f} and {ends[1]:.4f} (goal {ENDS_GOAL}), "
        f"covered {np.mean([one.covered for one in ours]):.3f}, "
        f"NUTS takes {ratio:.0f} times as long (least {(sampling / seconds).min():.0f}), "
        f"with compilation {np.median((sampling + compiling) / seconds):.0f} (goal {TIME_GOAL})"
    )
    return bool(loss.max() <= LOG_LOSS_GOAL and ends.max() <= ENDS_GOAL and ratio >= TIME_GOAL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1, help="companies in each of 20 scenarios")
    parser.add_argument("--scenarios", type=int, default=len(SCENARIOS), help="only the first ones")
    parser.add_argument("--chains", type=int, default=2)
    parser.add_argument("--draws", type=int, default=1000, help="of each chain, after as many lost")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    print(f"jax {peer('jax').__version__}, numpyro {peer('numpyro').__version__}")
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    jobs = [
        Job(scenario, [asked.seed, number, n], asked.chains, asked.draws)
        for number, scenario in enumerate(SCENARIOS[: asked.scenarios])
        for n in range(asked.worlds)
    ]
    half = f"{'log loss':>9}{'low':>7}{'high':>7}{'cover':>7}{'time':>7}"
    print(f"{'':38}{'NUTS':^19}{'most probable':^37}{'integrated':^37}{'CPU s':^20}")
    print(
        f"{'seed':>12}{'reps':>5}{'deals':>6}{'rep':>5}{'int':>5}{'cell':>5}"
        f"{'div':>5}{'r-hat':>7}{'cover':>7}{half}{half}{'NUTS':>8}{'comp':>6}{'ours':>6}"
    )
    found = []
    for one in spread(measure, jobs, asked.processes):
        print(line(one), flush=True)
        found.append(one)
    print(f"NUTS: covered {np.mean([one.covered for one in found]):.3f}")
    met = report("most probable", found, [one.probable for one in found])
    report("integrated", found, [one.integrated for one in found])
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
