"""From prices to a plan: a start that keeps the hard rules, and exact steps that improve it."""

from collections.abc import Callable

import numpy as np

from analytics.allocation.balance import Codes, Floats
from analytics.allocation.dual import Prices, argmax
from analytics.allocation.program import Program

ROUNDS = 400
"""Steps of all reps at once; they mostly end by themselves long before."""


def rounded(program: Program, prices: Prices, chosen: Codes) -> Codes:
    """A choice without what breaks a hard rule: those go back who lose least, at the prices."""
    chosen = chosen.copy()
    left = prices.left(program)
    loss = left[chosen] - left[program.start]
    units = np.flatnonzero(~program.stays[chosen])
    units = units[np.argsort(-loss[units], kind="stable")]

    # Kept are those who lose most, as long as there is budget.
    items = np.cumsum(program.size[units])
    chosen[units[items > program.budget]] = program.start[units[items > program.budget]]

    # Then, as long as a rep is above a hard limit, whoever came to him for least goes back.
    hard = np.isinf(program.over)
    used = program.used(chosen)
    for unit in units[::-1]:
        place, home = chosen[unit], program.start[unit]
        rep = program.rep[place]
        if place != home and (hard[:, rep] & (used[:, rep] > program.most[:, rep] + 1e-9)).any():
            used[:, rep] -= program.use[:, place]
            used[:, program.rep[home]] += program.use[:, home]
            chosen[unit] = home
    # To go back may fill up somebody who had been passed over: then nothing moves.
    return chosen if program.allows(chosen) else program.start.copy()


def improved(program: Program, chosen: Codes, expired: Callable[[], bool]) -> Codes:
    """The choice after all steps of one unit that gain, the greatest first.

    Each round looks at every place of every unit, and takes the steps that touch no rep twice:
    then what each gains is exact. Hard rules are kept throughout.
    """
    chosen = chosen.copy()
    used = program.used(chosen)
    budget = program.budget - program.moved(chosen)
    worth_of = np.abs(program.gain).max(initial=0.0)
    for _ in range(ROUNDS):
        if expired():
            break
        gained = _gained(program, chosen, used, budget)
        best = argmax(program, gained)
        steps = np.flatnonzero(gained[best] > 1e-9 * worth_of)
        steps = steps[np.argsort(-gained[best[steps]], kind="stable")]
        taken = _apart(program, chosen, best, steps, budget)
        if not len(taken):
            break
        for places, sign in ((chosen[taken], -1), (best[taken], 1)):
            used[:, program.rep[places]] += sign * program.use[:, places]
        chosen[taken] = best[taken]
        budget = program.budget - program.moved(chosen)
    return chosen


def _gained(program: Program, chosen: Codes, used: Floats, budget: int) -> Floats:
    """What each place would gain over the one its unit is at now (money)."""
    reps, places, n_places = program.rep[chosen], chosen, program.n_places
    worth = program.worth(used).sum(axis=0)
    without = used[:, reps] - program.use[:, places]
    leaving = _worth_at(program, without, reps) - worth[reps] - program.gain[places]
    joining = used[:, program.rep] + program.use
    gained = _worth_at(program, joining, program.rep) - worth[program.rep] + program.gain
    gained += np.repeat(leaving, n_places)
    gained[places] = 0.0

    full = np.isinf(program.over)[:, program.rep] & (joining > program.most[:, program.rep] + 1e-9)
    at_home = np.repeat(program.stays[chosen], n_places)
    too_many = at_home & ~program.stays & (program.size[program.unit] > budget)
    same = program.rep == np.repeat(reps, n_places)
    gained[(full.any(axis=0) | too_many) & ~same] = -np.inf
    return gained


def _worth_at(program: Program, used: Floats, rep: Codes) -> Floats:
    """What some sums of some reps are worth; see ``Program.worth``."""
    worth = np.zeros(len(rep))
    for kind, amounts in enumerate(used):
        if program.under[kind].any():
            worth -= program.under[kind][rep] * np.maximum(program.least[kind][rep] - amounts, 0.0)
        if np.isfinite(program.over[kind]).all() and program.over[kind].any():
            worth -= program.over[kind][rep] * np.maximum(amounts - program.most[kind][rep], 0.0)
    return worth


def _apart(program: Program, chosen: Codes, best: Codes, steps: Codes, budget: int) -> Codes:
    """Of steps in their order, those that share no rep with an earlier one and fit the budget."""
    touched = np.zeros(program.fixed.shape[1], dtype=bool)
    taken = []
    givers, takers = program.rep[chosen[steps]].tolist(), program.rep[best[steps]].tolist()
    stays, home = program.stays[chosen[steps]], program.stays[best[steps]]
    spends = (program.size[steps] * (stays.astype(int) - home.astype(int))).tolist()
    for step, giver, taker, spent in zip(steps.tolist(), givers, takers, spends, strict=True):
        if not (touched[giver] or touched[taker]) and spent <= budget:
            touched[giver] = touched[taker] = True
            budget -= max(spent, 0)
            taken.append(step)
    return np.array(taken, dtype=np.intp)
