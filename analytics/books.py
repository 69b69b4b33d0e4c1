"""What each person's business consists of: who is alike, what hangs on one person or customer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

MIX = ("product", "sector", "region")
"""What two books are compared by, as far as the data has it."""

EXPERT_WINS = 3
"""Wins from which somebody is called the only one who wins in a segment."""

REP_SHARE = 0.2
"""Share of one person from which a company hangs on him; in a team of less than ten it is twice
an even share."""

ACCOUNT_SHARE = 0.1
"""Share of one customer from which it counts as large: the one that US accounting rules (ASC
280-10-50-42) want disclosed."""

HHI = 0.18
"""Sum of squared shares above which a market counts as highly concentrated (US Merger Guidelines
2023)."""


@dataclass(frozen=True)
class Concentration:
    """How much hangs on the largest person or customer.

    Attributes
    ----------
    of, by
        ``rep`` or ``account``; ``open`` (expected value of open opportunities) or ``won`` (amount
        won within a year).
    name
        The largest.
    share, threshold
        Its share of the whole, and the one from which that is much.
    hhi
        Sum of the squared shares.
    n
        How many there are with any.
    """

    of: str
    by: str
    name: str
    share: float
    threshold: float
    hhi: float
    n: int

    @property
    def much(self) -> bool:
        return self.n > 1 and self.share >= self.threshold


def concentration(amounts: pd.Series, of: str, by: str) -> Concentration | None:
    """How concentrated amounts are; None without any.

    Parameters
    ----------
    amounts
        Money by name, at least zero.
    """
    amounts = amounts[amounts > 0].sort_index()
    if amounts.empty:
        return None
    shares = amounts.astype(float) / float(amounts.sum())
    threshold = max(REP_SHARE, min(2 / len(shares), 1.0)) if of == "rep" else ACCOUNT_SHARE
    return Concentration(
        of=of,
        by=by,
        name=str(shares.idxmax()),
        share=float(shares.max()),
        threshold=threshold,
        hhi=float((shares**2).sum()),
        n=len(shares),
    )


def books(win_cells: pd.DataFrame, open_items: pd.DataFrame) -> pd.DataFrame:
    """Closed and open opportunities of each person by product, sector and region.

    Parameters
    ----------
    win_cells, open_items
        The marts of these names.

    Returns
    -------
    Counts: a row per person, by name, and a column per combination that occurs.
    """
    closed = win_cells[["rep", *MIX]].assign(n=win_cells["trials"].astype(float))
    now = open_items.loc[open_items["rep"].notna(), ["rep", *MIX]].assign(n=1.0)
    both = pd.concat([closed, now], ignore_index=True)
    both[list(MIX)] = both[list(MIX)].astype(object).where(both[list(MIX)].notna(), "")
    return both.pivot_table(index="rep", columns=list(MIX), values="n", aggfunc="sum", fill_value=0)


def overlap(books: pd.DataFrame) -> pd.DataFrame:
    """The share of two people's books that lies in the same combinations, 0 to 1.

    Customers lose least by a change to a person who sells alike; a better seller does not spare
    the loss (Shi et al. 2017, Journal of Marketing 81(2)). That is why people are compared by
    what they sell and not by how much of it.

    Returns
    -------
    Square, by name; one on the diagonal.
    """
    counts = books.to_numpy(float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    same = np.array([np.minimum(one, shares).sum(axis=1) for one in shares])
    return pd.DataFrame(same.reshape(len(books), len(books)), books.index, list(books.index))


def single_experts(
    win_cells: pd.DataFrame,
    open_items: pd.DataFrame,
    active: Sequence[str],
    attributes: Sequence[str],
) -> pd.DataFrame:
    """Segments in which of all active people only one has ever won.

    Parameters
    ----------
    win_cells, open_items
        The marts of these names.
    active
        Names of those who are still there.
    attributes
        Looked at alone and in pairs.

    Returns
    -------
    rep, segment (attribute and level, in pairs), wins, tried (opportunities closed by other active
    people), open, value (open opportunities in it, whoever has them); the most value first.
    """
    known = win_cells[win_cells["rep"].isin(active)]
    names = [name for name in attributes if win_cells[name].notna().any()]
    found = []
    for keys in [*([name] for name in names), *_pairs(names)]:
        counted = known.dropna(subset=keys).groupby([*keys, "rep"], as_index=False)
        counted = counted[["wins", "trials"]].sum()
        winners = counted[counted["wins"] > 0]
        sole = winners[winners.groupby(keys)["rep"].transform("size") == 1]
        tried = counted.groupby(keys)["trials"].sum()
        waiting = open_items.dropna(subset=keys).groupby(keys)["value"].agg(["size", "sum"])
        for row in sole[sole["wins"] >= EXPERT_WINS].to_dict("records"):
            levels = tuple(row[key] for key in keys)
            at = levels if len(levels) > 1 else levels[0]
            count, value = waiting.loc[at] if at in waiting.index else (0, 0.0)
            segment = tuple(zip(keys, levels, strict=True))
            others = int(tried.loc[at] - row["trials"])
            found.append((row["rep"], segment, int(row["wins"]), others, int(count), float(value)))
    columns = ["rep", "segment", "wins", "tried", "open", "value"]
    rows = pd.DataFrame(found, columns=columns)
    return rows.sort_values(["value", "wins"], ascending=False, kind="stable", ignore_index=True)


def _pairs(names: Sequence[str]) -> list[list[str]]:
    return [[one, other] for at, one in enumerate(names) for other in names[at + 1 :]]
