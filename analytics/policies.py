"""Ways to choose among the people who can take an item: Evenhand's own, and the usual ones.

The usual ones are there to be compared with. Sources: round robin and load balancing as in
Dynamics 365 (whoever waited longest; whoever has most room), the weighted pointer of LeanData
(lowest pointer next, its step one over the weight), sticky as in Distribution Engine.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from analytics.batch import Batch, Ledger

Policy = Literal["evenhand", "round_robin", "least_loaded", "weighted", "sticky"]
POLICY_NAMES: tuple[Policy, ...] = get_args(Policy)
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Choice(NamedTuple):
    """Who gets an item, why, who is about as good, and how probable the choice was."""

    rep: int
    code: str
    near: Codes
    propensity: float


def evenhand(batch: Batch, ledger: Ledger, row: int, able: Codes, luck: Floats) -> Choice:
    """Among those about as good as the best, whoever is owed most, less what the load costs.

    About as good is who the best is not better than with a probability of ``batch.sure``. An
    hour costs what an hour brings on average, times the share of the capacity then used. A part
    of the items goes by lot to one of those who are about as good, so that they can be compared.
    """
    worth = batch.worth(row, batch.odds.choosing)[:, able]
    best = int(worth.mean(axis=0).argmax())
    near = able[(worth[:, [best]] > worth).mean(axis=0) < batch.sure]
    hours = batch.rows[row].hours
    owed = ledger.owed[near]
    score = owed - batch.hour_price * hours * ledger.used(hours)[near]
    # Equal ones by lot, not by name: whoever is first in the alphabet has no claim.
    first = np.flatnonzero(score >= score.max() - 1e-9 * max(1.0, abs(score.max())))
    by_lot = luck[0] < batch.explore and len(near) > 1
    among = np.arange(len(near)) if by_lot else first
    chosen = int(among[int(luck[1] * len(among))])
    chance = batch.explore / len(near) + (1 - batch.explore) * (chosen in first) / len(first)
    if len(able) == 1:
        code = "only_one"
    elif len(near) == 1:
        code = "clearly_best"
    elif by_lot:
        code = "by_lot"
    else:
        code = "owed_most" if (owed < owed[chosen]).sum() == len(near) - 1 else "least_loaded"
    return Choice(int(near[chosen]), code, near, chance if len(near) > 1 else 1.0)


def round_robin(batch: Batch, ledger: Ledger, row: int, able: Codes, luck: Floats) -> Choice:
    """Whoever has waited longest."""
    return _certain(able[ledger.turn[able].argmin()], "round_robin", able)


def least_loaded(batch: Batch, ledger: Ledger, row: int, able: Codes, luck: Floats) -> Choice:
    """Whoever has the smallest share of the capacity in use."""
    return _certain(able[ledger.used()[able].argmin()], "least_loaded", able)


def weighted(batch: Batch, ledger: Ledger, row: int, able: Codes, luck: Floats) -> Choice:
    """In turn, with twice the capacity twice as often; what is already held does not count."""
    pointer = ledger.received[able] / np.maximum(ledger.capacity[able], 1e-9)
    return _certain(able[pointer.argmin()], "weighted", able)


def sticky(batch: Batch, ledger: Ledger, row: int, able: Codes, luck: Floats) -> Choice:
    """Whoever has the account's other work, else whoever has waited longest."""
    holder = ledger.holder.get(batch.rows[row].account_id)
    names = [batch.reps[rep] for rep in able]
    if holder in names:
        return _certain(able[names.index(holder)], "sticky", able)
    return round_robin(batch, ledger, row, able, luck)


def _certain(rep: np.intp, code: str, able: Codes) -> Choice:
    return Choice(int(rep), code, able, 1.0)


POLICIES: dict[Policy, Callable[[Batch, Ledger, int, Codes, Floats], Choice]] = {
    "evenhand": evenhand,
    "round_robin": round_robin,
    "least_loaded": least_loaded,
    "weighted": weighted,
    "sticky": sticky,
}
