"""What became of the open pipeline between two days: every step from what it was to what it is.

An opportunity enters the pipeline that is looked at, grows or shrinks, and leaves it or ends; each
of these steps happens to it once at most. So the steps add up exactly from one value to the other.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import Period

ENTERS = ("new", "reopened", "moved_in", "taken_over")
SIZES = ("grown", "shrunk")
LEAVES = ("handed_over", "moved_out", "removed", "lost", "won")
EFFECTS = (*ENTERS, *SIZES, *LEAVES)
"""Steps in the order in which they are shown: what came, what changed, what went."""

BESIDE = ("slipped", "earlier", "re_owned", "stage")
"""Changes that leave the sum as it is."""

CENTS = 100
"""Money is counted in whole cents, so that the steps add up to the last one."""

SHOWN = (
    "opportunity_id", "name", "account", "rep", "rep_then", "stage", "stage_then", "outcome",
    "value", "value_then", "due", "due_then",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Changes:
    """The open pipeline at the end of ``since``, at the end of ``as_of``, and what lies between.

    Attributes
    ----------
    opening, closing
        Value open on either day (currency), of ``opened`` and ``closed`` opportunities.
    bars
        Steps that happened, in the order of ``EFFECTS``: effect, amount (signed), deals.
    steps
        One row per opportunity and step: effect, amount, and what is known of the opportunity.
    beside
        One row per opportunity that is open on both days and change that moves no sum: kind (of
        ``BESIDE``), days (by which the close date moved), and the same.
    compared
        Of the opportunities open on both days, those that an export of then tells of: of the
        others no change but their end can be known.
    stayed
        Opportunities open on both days.
    told
        Whether any export tells of then.
    """

    since: date
    as_of: date
    opening: float
    closing: float
    opened: int
    closed: int
    bars: pd.DataFrame
    steps: pd.DataFrame
    beside: pd.DataFrame
    compared: int
    stayed: int
    told: bool


def changes(
    moves: pd.DataFrame,
    since: date,
    as_of: date,
    *,
    team: str = "",
    due: Period | None = None,
    told: bool = True,
) -> Changes:
    """Every step between two days.

    Parameters
    ----------
    moves
        The mart ``pipeline_moves`` of the days after ``since`` up to ``as_of``.
    team
        Look only at what this team had or has; unowned opportunities are every team's.
    due
        Look only at what was or is due in this period: an end counts where it falls into it, or
        where the opportunity had been due in it.
    """
    rows = moves.reset_index(drop=True)
    value, before = _cents(rows["value"]), _cents(rows["value_then"])
    open_then, open_now = _flags(rows["open_then"]), _flags(rows["outcome"] == "open")
    mine_then, mine = _of_team(rows, team, "_then"), _of_team(rows, team, "")
    due_then, due_now = _due(rows["due_then"], due), _due(rows["due"], due)
    due_last = due_now | (~open_now & open_then & due_then)

    had = open_then & mine_then & due_then
    has = mine & due_last
    came, stays, went = ~had & has, had & has, had & ~has
    steps = pd.concat(
        [
            _step(rows, came & ~_flags(rows["begun_before"]), "new", value),
            _step(rows, came & _flags(rows["begun_before"]) & ~open_then, "reopened", value),
            _step(rows, came & open_then & ~mine_then, "taken_over", value),
            _step(rows, came & open_then & mine_then, "moved_in", value),
            _step(rows, stays & (value > before), "grown", value - before),
            _step(rows, stays & (value < before), "shrunk", value - before),
            _step(rows, went & ~mine, "handed_over", -before),
            _step(rows, went & mine, "moved_out", -before),
            *(
                _step(rows, has & _flags(rows["outcome"] == ended), effect, -value)
                for ended, effect in (("void", "removed"), ("lost", "lost"), ("won", "won"))
            ),
        ],
        ignore_index=True,
    )
    totals = steps.groupby("effect")["amount"].agg(["sum", "size"]).reindex(EFFECTS).dropna()
    steps["amount"] /= CENTS
    both = stays & open_now
    known = both & _flags(rows["known_on"] <= pd.Timestamp(since))
    return Changes(
        since,
        as_of,
        opening=float(before[had].sum() / CENTS),
        closing=float(value[has & open_now].sum() / CENTS),
        opened=int(had.sum()),
        closed=int((has & open_now).sum()),
        bars=pd.DataFrame(
            {
                "effect": totals.index,
                "amount": totals["sum"] / CENTS,
                "deals": totals["size"].astype(int),
            }
        ).reset_index(drop=True),
        steps=steps,
        beside=_beside(rows, both),
        compared=int(known.sum()),
        stayed=int(both.sum()),
        told=told,
    )


def _beside(rows: pd.DataFrame, both: NDArray) -> pd.DataFrame:
    days = (rows["due"] - rows["due_then"]).dt.days
    found = {
        "slipped": both & _flags(days > 0),
        "earlier": both & _flags(days < 0),
        # What nobody owns on either day has not changed hands.
        "re_owned": both & _flags(rows["rep"].fillna("") != rows["rep_then"].fillna("")),
        "stage": both & _flags(rows["stage"].fillna("") != rows["stage_then"].fillna("")),
    }
    parts = [
        rows.loc[where, list(SHOWN)].assign(kind=kind, days=days[where])
        for kind, where in found.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _cents(amounts: pd.Series) -> NDArray[np.int64]:
    return np.rint(amounts.to_numpy(float) * CENTS).astype(np.int64)


def _step(rows: pd.DataFrame, where: NDArray, effect: str, amount: NDArray) -> pd.DataFrame:
    return rows.loc[where, list(SHOWN)].assign(effect=effect, amount=amount[where])


def _of_team(rows: pd.DataFrame, team: str, suffix: str) -> NDArray:
    if not team:
        return np.ones(len(rows), bool)
    return _flags(rows[f"team{suffix}"] == team) | _flags(rows[f"rep{suffix}"].isna())


def _due(days: pd.Series, due: Period | None) -> NDArray:
    if due is None:
        return np.ones(len(days), bool)
    return _flags((days >= pd.Timestamp(due.start)) & (days < pd.Timestamp(due.end)))


def _flags(known: pd.Series) -> NDArray:
    """Yes or no of each row; what is not known is no."""
    return known.fillna(False).to_numpy(bool)
