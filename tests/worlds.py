"""Sales histories with known truth, in which good reps get the good leads.

Who gets a deal depends on the attributes of the deal, all of them observed: raw win rates are
then biased, and a model of the attributes need not be.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from analytics.winrate.design import Layout, Rows
from analytics.winrate.laplace import Cells
from analytics.winrate.precision import Design


@dataclass(frozen=True)
class World:
    """Closed deals and the truth behind them.

    Attributes
    ----------
    deals
        One closed deal a row: rep, team, product, sector, period, and won (0 or 1).
    product_shares, sector_shares
        How often a lead is of each product, and of each sector; the two are independent.
    product_effects, sector_effects, rep_effects
        On the log odds, by level, numbered from 0 as in the frame.
    rep_product_effects, rep_sector_effects, cell_effects
        What is a rep's own: shapes (reps, products), (reps, sectors), (reps, products, sectors).
    """

    deals: pd.DataFrame
    intercept: float
    product_shares: NDArray
    sector_shares: NDArray
    product_effects: NDArray
    sector_effects: NDArray
    rep_effects: NDArray
    rep_product_effects: NDArray
    rep_sector_effects: NDArray
    cell_effects: NDArray

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
            + self.rep_sector_effects[rep, sector]
            + self.cell_effects[rep, product, sector]
        )

    def weight(self, rows: pd.DataFrame) -> NDArray:
        """How often leads are of the row's segment, adding up to 1: every rep counts the same."""
        share = self.product_shares[rows["product"]] * self.sector_shares[rows["sector"]]
        return share / share.sum()


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
    sd_rep_sector: float = 0.0,
    sd_cell: float = 0.0,
    sd_segment: float = 0.4,
    routing: float = 1.0,
) -> World:
    """A company drawn at random.

    Parameters
    ----------
    sd_rep, sd_rep_product, sd_rep_sector, sd_segment
        Standard deviations of the effects (log odds).
    sd_cell
        That of what a rep is in one product and sector beyond the sum of the other effects.
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

    # Of their own source, so that a seed gives the same leads and the same owners with them.
    [apart] = rng.spawn(1)
    rep_sector_effects = apart.normal(0, sd_rep_sector, (reps, sectors))
    cell_effects = apart.normal(0, sd_cell, (reps, products, sectors))

    product_shares = rng.dirichlet(np.full(products, 3.0))
    product = rng.choice(products, n_deals, p=product_shares)
    sector_shares = rng.dirichlet(np.full(sectors, 3.0))
    sector = rng.choice(sectors, n_deals, p=sector_shares)
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
    truth = World(
        deals=deals,
        intercept=-0.4,
        product_shares=product_shares,
        sector_shares=sector_shares,
        product_effects=product_effects,
        sector_effects=sector_effects,
        rep_effects=rep_effects,
        rep_product_effects=rep_product_effects,
        rep_sector_effects=rep_sector_effects,
        cell_effects=cell_effects,
    )
    odds = truth.win_rate(deals)
    log_odds = np.log(odds / (1 - odds)) + month_effects[period]
    deals["won"] = (rng.random(n_deals) < expit(log_odds)).astype(int)
    return truth


def one_rate(wins: ArrayLike, trials: ArrayLike) -> Cells:
    """Observations of one win rate: the model has an intercept and nothing else."""
    trials = np.asarray(trials, float)
    zeros = np.zeros((len(trials), 1), dtype=int)
    layout = Layout(shared=np.array([0]), local=np.array([], dtype=int), n_reps=1)
    rows = Rows(shared=zeros, rep=zeros[:, 0], local=zeros[:, :0], leaf=zeros[:, 0])
    return Cells(Design(rows, layout), np.asarray(wins, float), trials)
