"""How much of a rep's lead in revenue per deal is what was sold, and how much is the rep.

Kitagawa's decomposition of a difference of means, with the values of a model that pools everybody
as the standard: the mix is weighed at the values of the average rep, and what is the rep's own is
weighed at the rep's mix.

References
----------
Kitagawa (1955), "Components of a difference between two rates", Journal of the American
Statistical Association 50(272). Oaxaca and Ransom (1994), "On discrimination and the
decomposition of wage differentials", Journal of Econometrics 61(1), on the pooled standard.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtri

from analytics.value.model import ValueModel

DRAWS_AT_ONCE = 50
"""Draws of all rows held in memory at a time."""


def value_gaps(
    model: ValueModel,
    cells: pd.DataFrame,
    level: float = 0.9,
    size: int = 800,
    random_state: int = 0,
) -> pd.DataFrame:
    """Each rep's revenue per won deal against that of all reps in ``cells``, and why it differs.

    Parameters
    ----------
    model
        Fitted, on these cells or on more.
    cells
        Rows of the mart ``won_values`` of the reps to compare, such as one team's.
    level
        Coverage of the intervals.
    size, random_state
        Draws behind the interval of ``own``, and their seed.

    Returns
    -------
    One row per rep with wins, in order of names: rep, deals, value (revenue per won deal,
    currency), team_value (that of all reps together), and as shares of team_value:

    * gap: ``value / team_value - 1``, the sum of the next three
    * mix: the gap of a rep who sells what this one sells, and is average in every segment
    * own: what the rep gets for that mix beyond the average rep, as far as the model believes it;
      with its interval own_low, own_high
      and own_side, 1 or -1 where all of that lies on one side of zero, else 0
    * rest: what is left: chance, and what was shrunk away
    * chance: how far from zero chance alone moves ``rest``, with probability ``level``. A rest
      beyond it (rest_told) says that an attribute which the model lacks sets this rep apart

    Over all deals of ``cells`` gap, mix, own and rest are zero on average.

    Raises
    ------
    ValueError
        There is no won deal in ``cells``.
    """
    cells = model.pooled(cells)
    reps, rep = np.unique(cells[model.rep].to_numpy(), return_inverse=True)
    posterior = model.posterior(cells)
    deals, amount = cells["deals"].to_numpy(), cells["amount"].to_numpy()
    by_rep = csr_array((np.ones(len(rep)), (rep, np.arange(len(rep)))))
    n_deals, team_value = by_rep @ deals, amount.sum() / deals.sum()

    def relative(sums: NDArray) -> NDArray:
        """Means per deal of each rep over the mean of all, shape (n_reps, k), of row sums."""
        of_reps = by_rep @ sums
        return of_reps / n_deals[:, None] / (of_reps.sum(axis=0) / deals.sum())

    def mix_and_own(effects: NDArray) -> tuple[NDArray, NDArray]:
        factors = (deals * np.exp(posterior.offset))[:, None]
        alike = relative(factors * np.exp(posterior.matrix @ (effects * ~posterior.own[:, None])))
        return alike - 1, relative(factors * np.exp(posterior.matrix @ effects)) - alike

    rng = np.random.default_rng(random_state)
    sizes = [min(DRAWS_AT_ONCE, size - done) for done in range(0, size, DRAWS_AT_ONCE)]
    draws = np.hstack([mix_and_own(posterior.effects(some, rng))[1] for some in sizes])
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=1)

    (mix,), (own,) = (part.T for part in mix_and_own((posterior.scale * posterior.mode)[:, None]))
    gap = relative(amount[:, None])[:, 0] - 1
    rest = gap - mix - own
    by_chance = by_rep @ (deals * posterior.deal_variance * model.predict(cells) ** 2)
    chance = ndtri((1 + level) / 2) * np.sqrt(by_chance) / n_deals / team_value
    return pd.DataFrame(
        {
            "rep": reps,
            "deals": n_deals.astype(int),
            "value": by_rep @ amount / n_deals,
            "team_value": team_value,
            "gap": gap,
            "mix": mix,
            "own": own,
            "own_low": low,
            "own_high": high,
            "own_side": (low > 0).astype(int) - (high < 0).astype(int),
            "rest": rest,
            "chance": chance,
            "rest_told": np.abs(rest) > chance,
        }
    )
