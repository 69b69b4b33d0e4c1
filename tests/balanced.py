"""Random offices in which more than money counts, and the best plan by enumeration."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st

from analytics.allocation import Balance, Problem, Rules, plan_value
from analytics.allocation.options import candidates
from tests.offices import random_office


def balanced_office(seed: int, n_items: int = 12, n_reps: int = 4, units: bool = True) -> Problem:
    """An office with uneven hours, a narrow band, some behind their target and some units."""
    problem = random_office(seed, n_items, n_reps)
    rng = np.random.default_rng([seed, 1])
    opportunity = problem.value * rng.uniform(0.2, 0.6, n_items)
    fair = opportunity.sum() / n_reps
    balance = Balance(
        effort=rng.uniform(1, 8, n_items).round(1),
        hours=rng.uniform(2, 20, n_reps).round(1),
        opportunity=opportunity,
        least=np.full(n_reps, 0.8 * fair),
        most=np.full(n_reps, 1.2 * fair),
        behind=np.maximum(0, rng.normal(0, fair / 2, n_reps)),
        overload=float(rng.choice([0, 5, 50])),
        band=float(rng.choice([0, 0.1, 0.5])),
        goal=float(rng.choice([0, 0.15, 1.0])),
    )
    items = problem.items
    if units and rng.random() < 0.5:
        account = rng.integers(0, n_items, n_items).astype(str)
        items = items.assign(unit=items["owner"] + " " + account)
    return replace(problem, items=items, balance=balance)


balanced_offices = st.builds(balanced_office, seed=st.integers(0, 2**32 - 1))


def worth(problem: Problem, assignment: np.ndarray, win: np.ndarray) -> float:
    """The objective in the words of its definition, above keeping the owners."""
    balance, n_reps = problem.weighed, len(problem.reps)

    def of_reps(who: np.ndarray) -> float:
        total = 0.0
        for rep in range(n_reps):
            mine, was = who == rep, problem.owner == rep
            hours, held = balance.effort[mine].sum(), balance.opportunity[mine].sum()
            total -= balance.overload * max(0, hours - balance.hours[rep])
            total -= balance.band * (
                max(0, balance.least[rep] - held) + max(0, held - balance.most[rep])
            )
            if balance.behind[rep] > 0:
                brings, brought = (
                    (problem.value[one] * win[rep, problem.segment[one]]).sum()
                    for one in (mine, was)
                )
                total += balance.goal * min(balance.behind[rep], brings - brought)
        return total

    money = float(plan_value(problem, assignment, win))
    return money + of_reps(assignment) - of_reps(problem.owner)


def best_by_enumeration(problem: Problem, rules: Rules) -> float:
    """The greatest worth over every choice among the candidates that keeps the hard rules."""
    options, win = candidates(problem, rules, problem.draws), problem.draws.mean(axis=0)
    units = range(len(problem.first))
    places = [
        [problem.owner[problem.first[unit]], *options.rep[options.unit == unit]] for unit in units
    ]
    best = 0.0
    for taken in product(*places):
        assignment = np.array(taken)[problem.unit]
        held = np.bincount(assignment, minlength=len(problem.reps))
        moves = (assignment != problem.owner).sum()
        if moves <= rules.max_moves and (held <= problem.limit).all():
            best = max(best, worth(problem, assignment, win))
    return best
