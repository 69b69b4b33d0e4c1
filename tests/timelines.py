"""Sales histories in time, with known truth: opportunities begin, and end sooner or later.

Who wins what is drawn first, then how long it takes: a lost one by its own clock. On the last day
some are still open, and with slower losses too many of those are losses to come.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from data import store
from data.contracts import CONTRACTS
from data.warehouse import Warehouse

AS_OF = date(2026, 3, 31)


@dataclass(frozen=True)
class Timeline:
    """Opportunities as an export of ``AS_OF`` has them, and the truth behind them.

    Attributes
    ----------
    deals
        One opportunity a row, with the columns of an upload; owner and product are texts.
    ends
        How each ends, "won" or "lost", those still open included.
    days
        Days from creation to that end.
    product_shares
        How often an opportunity is of each product.
    chances
        True probability of winning by rep and product, shape (reps, products).
    """

    deals: pd.DataFrame
    ends: NDArray
    days: NDArray
    product_shares: NDArray
    chances: NDArray

    @property
    def share_open(self) -> float:
        return float((self.deals["outcome"] == "open").mean())

    def rates(self) -> NDArray:
        """True win rate of each rep at the company's mix of products, shape (reps,)."""
        return self.chances @ self.product_shares

    def mix(self) -> pd.DataFrame:
        """Every rep with every product, reps first: rep, product, weight."""
        reps, products = self.chances.shape
        grid = pd.MultiIndex.from_product(
            [numbered("rep", reps), numbered("product", products)], names=["rep", "product"]
        )
        return grid.to_frame(index=False).assign(weight=np.tile(self.product_shares, reps))

    def by_rep(self, rates: NDArray) -> NDArray:
        """Rates of the rows of ``mix``, the last axis, at the company's mix of products."""
        return rates.reshape(*rates.shape[:-1], *self.chances.shape) @ self.product_shares

    def marts(self, *names: str) -> dict[str, pd.DataFrame]:
        """Marts of this history on ``AS_OF``."""
        warehouse = Warehouse()
        contract = CONTRACTS["opportunities"]
        with warehouse.transaction() as db:
            store.add_columns(db, contract, self.deals.columns)
            db.register("deals", self.deals)
            db.execute(
                "insert into rows_opportunities by name select *, true as current from deals"
            )
            db.unregister("deals")
        rows = warehouse.marts(
            names, as_of=AS_OF, period_start=AS_OF, period_end=AS_OF, period_kind="quarter"
        )
        warehouse.close()
        return rows


def numbered(noun: str, size: int) -> NDArray:
    return np.array([f"{noun} {number:02}" for number in range(size)], dtype=object)


def timeline(
    rng: np.random.Generator,
    *,
    weeks: int = 52,
    reps: int = 30,
    products: int = 4,
    deals_per_rep: int = 80,
    days_to_win: float = 70,
    days_to_lose: float = 140,
    sd_rep: float = 0.4,
    sd_product: float = 0.4,
    sd_speed: float = 0.0,
) -> Timeline:
    """A company drawn at random.

    Parameters
    ----------
    weeks
        Length of the history; opportunities begin evenly over it.
    days_to_win, days_to_lose
        Mean days to the end (gamma of shape 2).
    sd_rep, sd_product
        Standard deviations of the effects on winning (log odds).
    sd_speed
        That of the reps' speeds (log of days, won and lost alike).
    """
    shares = rng.dirichlet(np.full(products, 3.0))
    effects = rng.normal(0, sd_rep, (reps, 1)) + rng.normal(0, sd_product, products)
    chances = expit(-0.4 + effects)
    slowness = np.exp(rng.normal(0, sd_speed, reps))

    size = reps * deals_per_rep
    rep, product = rng.integers(0, reps, size), rng.choice(products, size, p=shares)
    begun = rng.integers(0, weeks * 7, size)
    won = rng.random(size) < chances[rep, product]
    mean = np.where(won, days_to_win, days_to_lose) * slowness[rep]
    days = np.floor(rng.gamma(2.0, mean / 2)).astype(int)
    closed = days <= begun

    ends = np.where(won, "won", "lost")
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"{n:06}" for n in range(size)],
            "owner": numbered("rep", reps)[rep],
            "product": numbered("product", products)[product],
            "stage": np.where(closed, ends, "open"),
            "outcome": np.where(closed, ends, "open"),
            "created_on": [AS_OF - timedelta(days=int(ago)) for ago in begun],
            "closed_on": [
                AS_OF - timedelta(days=int(ago - long)) if ended else None
                for ago, long, ended in zip(begun, days, closed, strict=True)
            ],
        }
    )
    return Timeline(deals, ends, days, shares, chances)
