"""Open opportunities and their reps: drawn by hand, or at random from a seed."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from analytics.allocation import BarReason, Problem, Rules
from tests.conftest import drawn

EXACT = Rules(gap=0, for_relief=True)


def office(items: str, capacity: dict[str, int], win, barred=()) -> Problem:
    """A problem with one segment from a drawn table: item, owner, value, switching.

    ``win`` holds one certain probability per rep, shape (n_reps,), or draws of it, shape
    (n_draws, n_reps). ``barred`` lists (item, rep, reason).
    """
    frame = drawn(items).astype({"value": float, "switching": float}).assign(segment=0)
    reps = tuple(capacity)
    bars = np.zeros((len(frame), len(reps)), dtype=np.int8)
    for item, rep, reason in barred:
        bars[list(frame["item"]).index(item), reps.index(rep)] = reason
    draws = np.atleast_2d(np.asarray(win, dtype=float))
    draws = np.repeat(draws, 10, axis=0) if len(draws) == 1 else draws
    return Problem(frame, reps, np.array(list(capacity.values()), float), draws[:, :, None], bars)


def random_office(seed: int, n_items: int = 15, n_reps: int = 4, n_draws: int = 20) -> Problem:
    """Two segments, reps who differ by up to 80 points, some of them full, some pairs barred."""
    rng = np.random.default_rng(seed)
    reps = tuple(f"rep {code}" for code in range(n_reps))
    value = np.round(rng.lognormal(5, 1, n_items))
    items = pd.DataFrame(
        {
            "item": [f"item {row}" for row in range(n_items)],
            "owner": rng.choice(reps, n_items),
            "segment": rng.integers(0, 2, n_items),
            "value": value,
            "switching": np.round(value * rng.uniform(0, 0.1, n_items)),
        }
    )
    centre = rng.uniform(0.1, 0.9, (n_reps, 2))
    draws = np.clip(centre + rng.normal(0, 0.15, (n_draws, n_reps, 2)), 0, 1)
    capacity = rng.integers(0, 2 * n_items // n_reps + 1, n_reps).astype(float)
    barred = np.where(rng.random((n_items, n_reps)) < 0.2, BarReason.OTHER_TEAM, BarReason.ALLOWED)
    return Problem(items, reps, capacity, draws, barred.astype(np.int8))


offices = st.builds(random_office, seed=st.integers(0, 2**32 - 1))
rules = st.builds(
    Rules,
    max_moves=st.integers(1, 8),
    p_gain_min=st.sampled_from([0.05, 0.5, 0.8, 1.0]),
    gap=st.sampled_from([0.0, 0.01, 0.2]),
)


def assert_within_rules(problem: Problem, rules: Rules, assignment) -> None:
    rows = np.flatnonzero(assignment != problem.owner)
    after, before = (
        np.bincount(who, minlength=len(problem.reps)) for who in (assignment, problem.owner)
    )
    assert len(rows) <= rules.max_moves
    assert (after <= np.maximum(before, problem.capacity)).all()
    assert (problem.barred[rows, assignment[rows]] == BarReason.ALLOWED).all()
