"""The law by which the sample company wins: planted, so that an estimate can be held against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from data.synthetic.names import PRODUCTS, SECTORS

Names: TypeAlias = str | Sequence[str] | np.ndarray | pd.Series
"""One name, or names of any shape that broadcast against the other arguments."""

BASE = -0.36
PRODUCT_SD, SECTOR_SD = 0.35, 0.30
SOURCE_EFFECTS = {
    "Referral": 0.5,
    "Website": -0.1,
    "Trade fair": 0.0,
    "Partner": 0.2,
    "Outbound": -0.4,
}
KIND_EFFECTS = {"New": -0.3, "Existing": 0.1}
MONTH_EFFECTS = (-0.12, -0.18, 0.05, 0, 0.03, 0.1, -0.05, -0.08, 0.06, -0.02, 0.12, 0.09)  # sum: 0
REP_SD, REP_PRODUCT_SD, REP_SECTOR_SD = 0.30, 0.45, 0.25


@dataclass(frozen=True)
class Truth:
    """P(win) by rep and segment, in parts that add up on the logit scale.

    The shared parts (product, sector, source, kind) have mean zero over the opportunities of
    the company and ``month`` has mean zero over the year, so a part left out of a question
    means the population's average on the logit scale.
    """

    base: float
    product: pd.Series
    sector: pd.Series
    source: pd.Series
    kind: pd.Series
    month: pd.Series
    """Effect of the calendar month (1 to 12) in which the engagement began."""
    rep: pd.Series
    rep_product: pd.DataFrame
    rep_sector: pd.DataFrame
    rep_sd: float
    rep_product_sd: float
    rep_sector_sd: float

    def lead_logit(
        self,
        product: Names,
        sector: Names,
        source: Names | None = None,
        kind: Names | None = None,
        month: np.ndarray | pd.Series | None = None,
    ) -> np.ndarray:
        """How easy an opportunity is, whoever works on it (logit)."""
        logit = self.base + _effect(self.product, product) + _effect(self.sector, sector)
        if source is not None:
            logit = logit + _effect(self.source, source)
        if kind is not None:
            logit = logit + _effect(self.kind, kind)
        if month is not None:
            logit = logit + _effect(self.month, month)
        return logit

    def rep_logit(self, rep: Names, product: Names, sector: Names) -> np.ndarray:
        """What this rep adds on this product and sector (logit)."""
        return (
            _effect(self.rep, rep)
            + _effect(self.rep_product, rep, product)
            + _effect(self.rep_sector, rep, sector)
        )

    def win_probability(
        self,
        rep: Names,
        product: Names,
        sector: Names,
        source: Names | None = None,
        kind: Names | None = None,
        month: np.ndarray | pd.Series | None = None,
    ) -> np.ndarray:
        """P(win) of these reps on opportunities with these attributes.

        Arguments broadcast against each other: reps of shape (n_reps,) against products of
        shape (n_items, 1) give (n_items, n_reps). Without ``month``, ``source`` or ``kind``
        it is the probability at the average month, source or kind on the logit scale.

        Raises
        ------
        KeyError
            A name is not one of the company's.
        """
        lead = self.lead_logit(product, sector, source, kind, month)
        return 1 / (1 + np.exp(-(lead + self.rep_logit(rep, product, sector))))

    def without_reps(self) -> "Truth":
        """The same company where it makes no difference who works on an opportunity."""
        return replace(
            self,
            rep=self.rep * 0.0,
            rep_product=self.rep_product * 0.0,
            rep_sector=self.rep_sector * 0.0,
            rep_sd=0.0,
            rep_product_sd=0.0,
            rep_sector_sd=0.0,
        )


def plant(leads: pd.DataFrame, reps: Sequence[str], rng: np.random.Generator) -> Truth:
    """Draw a truth for these reps, centred on the product, sector, source and kind of ``leads``."""

    def centred(effects: pd.Series, seen: pd.Series) -> pd.Series:
        return effects - effects[seen].mean()

    def drawn(sd: float, index: Sequence[str]) -> pd.Series:
        return pd.Series(rng.normal(0, sd, len(index)), list(index))

    def by_rep(sd: float, columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(rng.normal(0, sd, (len(reps), len(columns))), list(reps), list(columns))

    products, sectors = list(PRODUCTS), list(SECTORS)
    return Truth(
        base=BASE,
        product=centred(drawn(PRODUCT_SD, products), leads["product"]),
        sector=centred(drawn(SECTOR_SD, sectors), leads["sector"]),
        source=centred(pd.Series(SOURCE_EFFECTS), leads["source"]),
        kind=centred(pd.Series(KIND_EFFECTS), leads["kind"]),
        month=pd.Series(MONTH_EFFECTS, range(1, 13)),
        rep=drawn(REP_SD, reps),
        rep_product=by_rep(REP_PRODUCT_SD, products),
        rep_sector=by_rep(REP_SECTOR_SD, sectors),
        rep_sd=REP_SD,
        rep_product_sd=REP_PRODUCT_SD,
        rep_sector_sd=REP_SECTOR_SD,
    )


def _effect(effects: pd.Series | pd.DataFrame, *names: object) -> np.ndarray:
    """The effects under these names, one array of names an axis; the arrays broadcast."""
    return effects.to_numpy()[
        tuple(positions(axis, name) for axis, name in zip(effects.axes, names, strict=True))
    ]


def positions(index: pd.Index, names: object) -> np.ndarray:
    """Where these names, of any shape, stand in the index; a KeyError if one does not."""
    wanted = np.asarray(names)
    found = index.get_indexer(pd.Index(wanted.ravel()))
    if (found < 0).any():
        raise KeyError(wanted.ravel()[found < 0][0])
    return found.reshape(wanted.shape)
