"""Who should own what has several owners, a wrong one or none: a proposal an item, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import BarReason, Reason
from analytics.ownership import Audit

Together = Literal["account", "product"]
"""One owner for all open opportunities of an account, or for those of each of its products."""

REMEDIED = ("no_owner", "owner_left", "account_owner_differs", "tasks_left")
"""Findings about single items; what several own is one of ``SEVERAL`` besides."""

SEVERAL: dict[Together, str] = {"account": "account_owners", "product": "pair_owners"}


@dataclass(frozen=True)
class Fix:
    """An item that should have another owner.

    Attributes
    ----------
    finding
        What is wrong, a key of ``ownership.SEVERITY``.
    from_rep
        Empty where nobody has it.
    to_rep
        Empty where nobody may or can take it; ``reason`` says why.
    value
        What it would bring if won (currency).
    """

    item: str
    kind: str
    finding: str
    name: str
    account: str
    from_rep: str
    to_rep: str
    value: float
    reason: Reason


@dataclass
class _Room:
    """What each person may and can still take; what has just been given out counts.

    ``barred`` is by row and person, ``column`` the place of each person in it.
    """

    barred: NDArray[np.int8]
    column: dict[str, int]
    hours: dict[str, float]
    places: dict[str, float]
    owners: dict[str, str]

    def may(self, rep: str, row: Any) -> bool:
        """Who is away for a while keeps his own accounts."""
        bar = self.barred[row.Index, self.column[rep]]
        several = row.finding in SEVERAL.values()
        return bool(bar == BarReason.ALLOWED or (several and bar == BarReason.AWAY))

    def fits(self, rep: str, rows: Iterable[Any]) -> bool:
        coming = [row.effort for row in rows if row.rep != rep and row.effort]
        return self.hours[rep] >= sum(coming) and self.places[rep] >= len(coming)

    def give(self, row: Any, taker: str) -> None:
        self.owners[row.item] = taker
        for rep, sign in ((taker, 1), (row.rep, -1)):
            if rep in self.hours and row.effort:
                self.hours[rep] -= sign * row.effort
                self.places[rep] -= sign


def waiting(
    work: pd.DataFrame, found: Audit, together: Together, *, across_teams: bool
) -> pd.DataFrame:
    """The open work that should get another owner, with ``finding`` and its ``group``.

    What is in one group goes to one person: an account, or one product of it. Where work stays
    in its team, each team has an owner of its own.
    """
    names = [*REMEDIED, SEVERAL[together]]
    rows = found.rows[found.rows["finding"].isin(names)]
    rows = rows.sort_values("finding", key=lambda of: of.map(names.index), kind="stable")
    rows = rows.drop_duplicates(["kind", "item"])[["kind", "item", "finding"]]
    rows = work.merge(rows, on=["kind", "item"])
    # The opportunities of an account with another owner are in order; its own record is not.
    rows = rows[(rows["finding"] != "account_owner_differs") | (rows["kind"] == "account")]
    keys = ["account_id"] + (["product"] if together == "product" else [])
    keys += [] if across_teams else ["team"]
    rows = rows.assign(group=rows.groupby(keys, dropna=False).ngroup())
    alone = rows["account_id"].isna()
    rows.loc[alone, "group"] = -1 - np.arange(int(alone.sum()))
    several = rows["finding"] == SEVERAL[together]
    owners = rows[several].groupby("group")["rep"].nunique()
    return rows[~several | rows["group"].isin(owners.index[owners > 1])].reset_index(drop=True)


def propose(
    rows: pd.DataFrame,
    work: pd.DataFrame,
    history: pd.DataFrame,
    room: pd.DataFrame,
    barred: NDArray[np.int8],
) -> tuple[Fix, ...]:
    """A new owner for each row, or the reason why there is none.

    What belongs to an account goes to who has most to do with it and room for all of it: most
    open value with it, then most won from it, then its owner in the CRM. Without such a person
    it goes to who has most room. Tasks go with their opportunity.

    Parameters
    ----------
    rows
        Those of ``waiting``, with ``effort``, the hours a week that each takes; indexed from 0.
    work
        All open work, by which people know an account.
    history
        The mart ``account_history``.
    room
        The ``hours`` a week and ``places`` (items) that each person can take, by name.
    barred
        Why each of them may not take each row, shape (len(rows), len(room)).
    """
    deals = work[(work["kind"] == "opportunity") & work["rep"].notna()]
    stand = _Room(
        barred,
        {rep: at for at, rep in enumerate(room.index)},
        room["hours"].to_dict(),
        room["places"].to_dict(),
        dict(zip(deals["item"], deals["rep"], strict=True)),
    )
    knowing = _knowing(work, history, set(room.index))
    chosen: dict[int, tuple[str, Reason]] = {}
    groups: dict[int, list[Any]] = {}
    following: list[Any] = []
    for row in rows.itertuples():
        follows = row.kind == "task" and not pd.isna(row.opportunity_id)
        (following if follows else groups.setdefault(row.group, [])).append(row)
    for of in sorted(groups.values(), key=_first):
        chosen |= _settle(of, knowing.get(of[0].account_id, []), stand)
    for row in following:
        chosen[row.Index] = _followed(row, stand)
    return tuple(
        Fix(
            item=row.item,
            kind=row.kind,
            finding=row.finding,
            name=row.name,
            account=_text(row.account),
            from_rep=_text(row.rep),
            to_rep=chosen[row.Index][0],
            value=float(row.value),
            reason=chosen[row.Index][1],
        )
        for row in rows.itertuples()
        if chosen[row.Index][0] != row.rep
    )


@dataclass(frozen=True)
class _Tie:
    """What somebody has to do with an account."""

    rep: str
    value: float = 0.0
    opportunities: int = 0
    won: float = 0.0
    owns: bool = False

    @property
    def strength(self) -> tuple[float, float, bool]:
        return (self.value, self.won, self.owns)

    @property
    def reason(self) -> Reason:
        facts = {"rep": self.rep, "value": self.value, "opportunities": self.opportunities}
        if self.opportunities:
            return Reason("most_open", facts)
        if self.won:
            return Reason("most_history", {"rep": self.rep, "value": self.won})
        return Reason("account_owner", {"rep": self.rep})


def _knowing(work: pd.DataFrame, history: pd.DataFrame, names: set[str]) -> dict[str, list[_Tie]]:
    """The people who have to do with each account, the closest first."""
    owned = work[work["rep"].isin(names) & work["account_id"].notna()]
    deals = owned[owned["kind"] == "opportunity"].groupby(["account_id", "rep"])
    ties = pd.DataFrame({"value": deals["value"].sum(), "opportunities": deals.size()})
    past = history[history["rep"].isin(names)].set_index(["account_id", "rep"])["won_amount"]
    owns = owned[owned["kind"] == "account"].set_index(["account_id", "rep"])
    ties = ties.join(past.astype(float).rename("won"), how="outer")
    ties = ties.join(pd.Series(True, owns.index, name="owns"), how="outer")
    known: dict[str, list[_Tie]] = {}
    for (account, rep), value, count, won, of_record in ties.itertuples(name=None):
        tie = _Tie(
            rep,
            value=0.0 if pd.isna(value) else float(value),
            opportunities=0 if pd.isna(count) else int(count),
            won=0.0 if pd.isna(won) else float(won),
            owns=of_record is True,
        )
        if tie.opportunities or tie.won or tie.owns:
            known.setdefault(account, []).append(tie)
    return {
        account: sorted(of, key=lambda tie: (*(-part for part in tie.strength), tie.rep))
        for account, of in known.items()
    }


def _settle(rows: list[Any], ties: list[_Tie], stand: _Room) -> dict[int, tuple[str, Reason]]:
    """Who takes the rows of one group, and why; by the index of the row."""
    target = None
    for tie in ties:
        free = [row for row in rows if stand.may(tie.rep, row)]
        if free and stand.fits(tie.rep, free):
            target = tie
            break
    chosen = {}
    for row in rows:
        if target and stand.may(target.rep, row):
            chosen[row.Index] = (target.rep, _after(target.reason, ties[0].rep))
        elif row.finding in SEVERAL.values():
            chosen[row.Index] = ("", _refused(row, ties, stand))
        else:
            chosen[row.Index] = _most_room(row, stand)
        if taker := chosen[row.Index][0]:
            stand.give(row, taker)
    return chosen


def _first(rows: list[Any]) -> tuple[bool, float]:
    """What nobody works on gets its room before what several do, the most valuable first."""
    return all(row.finding in SEVERAL.values() for row in rows), -sum(row.value for row in rows)


def _most_room(row: Any, stand: _Room) -> tuple[str, Reason]:
    free = [rep for rep in stand.column if stand.may(rep, row) and stand.fits(rep, [row])]
    if not free:
        return "", _refused(row, [], stand)
    rep = min(free, key=lambda name: (-stand.hours[name], -stand.places[name], name))
    return rep, Reason("most_room", {"rep": rep})


def _followed(row: Any, stand: _Room) -> tuple[str, Reason]:
    """A task goes with its opportunity, whoever has that."""
    owner = stand.owners.get(row.opportunity_id, "")
    if owner in stand.column:
        return owner, Reason("follows_opportunity", {"rep": owner})
    return "", Reason("opportunity_unowned", {})


def _refused(row: Any, ties: list[_Tie], stand: _Room) -> Reason:
    """Why nobody takes it: no room, or the bar of who is closest to it, or that of most people."""
    bars = stand.barred[row.Index]
    if not len(bars):
        return Reason(BarReason.INACTIVE.code, {})
    if (bars == BarReason.ALLOWED).any():
        return Reason("no_room", {})
    of = bars[stand.column[ties[0].rep]] if ties else np.bincount(bars).argmax()
    return Reason(BarReason(int(of)).code, {})


def _after(reason: Reason, first: str) -> Reason:
    """The same reason, with whom it would have been given to before, had he been able to."""
    facts: Mapping[str, object] = reason.facts
    return reason if facts["rep"] == first else Reason(reason.code, {**facts, "first": first})


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)
