"""How close to proven, how fast and in how much memory reallocations of whole companies are.

Run by ``python -m tests.benchmarks.allocation``; takes two minutes. Greedy takes the steps that
gain one at a time, the greatest first; "LP rounded" is HiGHS's linear relaxation, rounded and
stripped of what breaks a rule; "PDLP" is the same with OR-tools' first-order solver, to a
relative 1e-4. Each size has a process of its own, for its peak memory.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import highspy
import numpy as np
import pandas as pd

from analytics.allocation import Balance, Problem, Rules, mip
from analytics.allocation.balance import Codes
from analytics.allocation.dual import Prices
from analytics.allocation.options import candidates
from analytics.allocation.problem import BarReason
from analytics.allocation.program import Program, program_of
from analytics.allocation.search import improved, rounded
from analytics.allocation.solve import solve

N_SEGMENTS, PLACES, N_DRAWS = 24, 8, 20
INSTANCES = {
    "500 x 30, 20 moves": (500, 30, 20, 30),
    "5k x 100, free": (5_000, 100, 5_000, 10),
    "5k x 100, 200 moves": (5_000, 100, 200, 10),
    "50k x 500, free": (50_000, 500, 50_000, 10),
}
"""Items, reps, moves, reps in a team."""

LP_SECONDS = 40.0
PDLP_SECONDS = 300


def company(n_items: int, n_reps: int, team_size: int, seed: int = 3) -> Problem:
    """Uneven loads, heavy-tailed values, reps who differ, eight of the team for each item."""
    rng = np.random.default_rng(seed)
    team = np.arange(n_reps) % max(1, n_reps // team_size)
    segment = rng.choice(N_SEGMENTS, n_items, p=rng.dirichlet(np.full(N_SEGMENTS, 4.0)))
    stage = rng.integers(0, 5, n_items)
    log_odds = (
        -1.2
        + 0.35 * rng.standard_normal(N_SEGMENTS)
        + 0.35 * rng.standard_normal((n_reps, 1))
        + 0.35 * rng.standard_normal((n_reps, N_SEGMENTS))
    )
    win = 1 / (1 + np.exp(-log_odds))
    value = np.exp(rng.normal(9.3, 1.0, n_items))
    effort = np.round(np.clip(np.exp(rng.normal(1.6, 0.6, n_items)), 1, 40), 1)
    owner = rng.choice(n_reps, n_items, p=rng.dirichlet(np.full(n_reps, 25.0)))
    skilled = rng.random((n_reps, N_SEGMENTS)) < 0.6
    crosses = rng.random(n_items) < 0.2

    barred = np.full((n_items, n_reps), BarReason.OTHER_TEAM, np.int8)
    for item in range(n_items):
        home = team[owner[item]]
        near = team == home
        if crosses[item]:
            near |= team == (home + 1) % (team.max() + 1)
        near &= skilled[:, segment[item]]
        near[owner[item]] = False
        reps = np.flatnonzero(near)
        best = reps[np.argsort(-win[reps, segment[item]])][: PLACES - 1]
        barred[item, best] = BarReason.ALLOWED

    opportunity = value * win.mean(axis=0)[segment]
    load = np.bincount(owner, effort, n_reps)
    hours = load.mean() * 1.15 * np.clip(rng.normal(1, 0.1, n_reps), 0.8, 1.2)
    fair = hours / hours.sum() * opportunity.sum()
    kept = (value * win[owner, segment]).sum() / n_reps
    balance = Balance(
        effort=effort,
        hours=hours,
        opportunity=opportunity,
        least=0.85 * fair,
        most=1.15 * fair,
        behind=np.maximum(0, rng.normal(0, 0.4, n_reps)) * kept,
        overload=2000.0,
        band=0.5,
        goal=0.15,
    )
    items = pd.DataFrame(
        {
            "item": np.arange(n_items),
            "owner": owner.astype(str),
            "segment": segment,
            "value": value,
            "switching": (0.01 + 0.03 * stage) * 0.3 * value,
        }
    )
    names = tuple(str(rep) for rep in range(n_reps))
    draws = np.repeat(win[None], N_DRAWS, axis=0)
    return Problem(items, names, np.full(n_reps, float(n_items)), draws, barred, balance)


def greedy(program: Program) -> Codes:
    return improved(program, program.start, lambda: False)


def lp_rounded(program: Program) -> Codes:
    answer = mip.relaxed(program, LP_SECONDS)
    if answer.timed_out:
        return program.start
    free = np.zeros_like(program.fixed)
    return rounded(program, Prices(free, free, 0.0, np.inf), answer.chosen(program))


def pdlp_rounded(program: Program) -> tuple[Codes, float] | None:
    """A choice and the CPU seconds of the solver alone; None where it found nothing."""
    model = mip.model_of(program, whole=False)
    with tempfile.TemporaryDirectory() as folder:
        written, shares = Path(folder) / "model.mps", Path(folder) / "shares.npy"
        # A warning only says that rows and columns have no names.
        if mip.prepared(model.lp).writeModel(str(written)) == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS could not write the model")
        command = [sys.executable, "-m", "tests.benchmarks.pdlp", str(written), str(shares)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PDLP_SECONDS)
        if done.returncode:
            print(done.stderr.strip())
            return None
        found, seconds = np.load(shares), float(done.stdout)
    share = np.zeros(len(program.rep))
    share[model.options] = found[: len(model.options)]
    share[program.start] = 1 - np.add.reduceat(share, program.start)
    free = np.zeros_like(program.fixed)
    answer = mip.Answer(share, np.inf, timed_out=False)
    return rounded(program, Prices(free, free, 0.0, np.inf), answer.chosen(program)), seconds


def measure(name: str) -> None:
    n_items, n_reps, moves, team_size = INSTANCES[name]
    problem = company(n_items, n_reps, team_size)
    rules = Rules(max_moves=moves, gap=0.002, time_limit=60.0, for_relief=True)
    began = process_time()
    solution = solve(problem, rules, problem.choosing)
    seconds = process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}\n  ours        {seconds:6.1f} CPU s  gap_up {solution.gap_uplift:7.2%}")
    print(f"    {solution.status}, peak memory of the process {memory:.0f} MiB", flush=True)

    options = candidates(problem, rules, problem.choosing)
    program = program_of(problem, options, problem.choosing.mean(axis=0), moves)
    others: dict[str, Callable[[Program], Codes]] = {"greedy": greedy}
    if n_items <= 5_000:
        others["LP rounded"] = lp_rounded
    for other, method in others.items():
        began = process_time()
        value = program.value(method(program))
        seconds = process_time() - began
        short = (solution.bound - value) / solution.bound
        print(f"  {other:10}  {seconds:6.1f} CPU s  gap_up {short:7.2%}", flush=True)
    if by_prices := pdlp_rounded(program):
        chosen, seconds = by_prices
        short = (solution.bound - program.value(chosen)) / solution.bound
        print(f"  {'PDLP':10}  {seconds:6.1f} CPU s  gap_up {short:7.2%}", flush=True)


def main() -> None:
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    for name in INSTANCES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.allocation", name], check=True)


if __name__ == "__main__":
    main()
