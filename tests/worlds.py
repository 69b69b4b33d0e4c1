"""Sales histories with known truth, in which good reps get the good leads.

Who gets a deal depends on the attributes of the deal, all of them observed: raw win rates are
then biased, and a model of the attributes need not be.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from analytics.winrate.arrowhead import Design
from analytics.winrate.design import Layout, Rows
from analytics.winrate.laplace import Cells


@dataclass(frozen=True)
class World:
    """Closed deals and the truth behind them.

    Attributes
    ----------
    deals
        One closed deal a row: rep, team, product, sector, period, and won (0 or 1).
    reps, products, sectors
        Levels, numbered from 0 as in the frame.
    """

    deals: pd.DataFrame
    intercept: float
    product_effects: NDArray
    sector_effects: NDArray
    rep_effects: NDArray
    rep_product_effects: NDArray

    @property
    def outcomes(self) -> NDArray:
        return self.deals["won"].to_numpy()

    def cells(self) -> pd.DataFrame:
        """Every rep in every segment: rep, product, sector."""
        levels = (self.rep_effects, self.product_effects, self.sector_effects)
        grid = pd.MultiIndex.from_product(
            [range(len(effects)) for effects in levels], names=["rep", "product", "sector"]
        )
        return grid.to_frame(index=False)

    def win_rate(self, rows: pd.DataFrame) -> NDArray:
        """The true win rate of rep, product and sector in the average month."""
        rep, product, sector = (rows[name].to_numpy() for name in ("rep", "product", "sector"))
        return expit(
            self.intercept
            + self.product_effects[product]
            + self.sector_effects[sector]
            + self.rep_effects[rep]
            + self.rep_product_effects[rep, product]
        )


def world(
    rng: np.random.Generator,
    *,
    reps: int = 20,
    products: int = 5,
    sectors: int = 6,
    months: int = 12,
    teams: int = 4,
    deals_per_rep: int = 100,
    sd_rep: float = 0.3,
    sd_rep_product: float = 0.0,
    sd_segment: float = 0.4,
    routing: float = 1.0,
) -> World:
    """A company drawn at random.

    Parameters
    ----------
    sd_rep, sd_rep_product, sd_segment
        Standard deviations of the effects (log odds).
    routing
        How strongly easy deals go to good reps; to some reps at random if all are equal.
    """
    n_deals = reps * deals_per_rep
    product_effects = rng.normal(0, sd_segment, products)
    sector_effects = rng.normal(0, sd_segment, sectors)
    rep_effects = rng.normal(0, sd_rep, reps)
    rep_product_effects = rng.normal(0, sd_rep_product, (reps, products))
    month_effects = rng.normal(0, 0.2, months)
    month_effects -= month_effects.mean()

    product = rng.choice(products, n_deals, p=rng.dirichlet(np.full(products, 3.0)))
    sector = rng.choice(sectors, n_deals, p=rng.dirichlet(np.full(sectors, 3.0)))
    period = rng.integers(0, months, n_deals)
    ease = product_effects[product] + sector_effects[sector]
    ease = (ease - ease.mean()) / ease.std()
    favour = rep_effects / sd_rep if sd_rep > 0 else rng.normal(0, 1, reps)
    volume = rng.normal(0, 0.6, reps)
    attraction = volume + 0.35 * routing * np.outer(ease, favour)
    rep = (attraction + rng.gumbel(size=(n_deals, reps))).argmax(axis=1)

    deals = pd.DataFrame(
        {"rep": rep, "team": rep % teams, "product": product, "sector": sector, "period": period}
    )
    truth = World(deals, -0.4, product_effects, sector_effects, rep_effects, rep_product_effects)
    odds = truth.win_rate(deals)
    log_odds = np.log(odds / (1 - odds)) + month_effects[period]
    deals["won"] = (rng.random(n_deals) < expit(log_odds)).astype(int)
    return truth


def one_rate(wins: ArrayLike, trials: ArrayLike) -> Cells:
    """Observations of one win rate: the model has an intercept and nothing else."""
    trials = np.asarray(trials, float)
    zeros = np.zeros((len(trials), 1), dtype=int)
    layout = Layout(shared=np.array([0]), local=np.array([], dtype=int), n_reps=1)
    rows = Rows(shared=zeros, rep=zeros[:, 0], local=zeros[:, :0])
    return Cells(Design(rows, layout), np.asarray(wins, float), trials)
