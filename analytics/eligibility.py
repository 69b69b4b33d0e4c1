"""Who may take which work: every exclusion with its reason."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import BarReason
from analytics.rules import Line, RuleSet

ORDER = (
    BarReason.LOCKED,
    BarReason.PROTECTED,
    BarReason.INACTIVE,
    BarReason.DECLINED,
    BarReason.NO_GO,
    BarReason.OTHER_TEAM,
    BarReason.TERRITORY,
    BarReason.SKILL,
    BarReason.RECENT_OWNER,
    BarReason.AWAY,
)
"""Which reason is named where several hold: what keeps the item from everybody, then what keeps
it from this person for good, last what passes with time."""


def barred(
    items: pd.DataFrame,
    reps: pd.DataFrame,
    rules: RuleSet,
    *,
    skills: pd.DataFrame | None = None,
    past_owners: pd.DataFrame | None = None,
    declined: Iterable[tuple[object, str]] = (),
) -> NDArray[np.int8]:
    """The first reason in ``ORDER`` why each rep may not take each item.

    Parameters
    ----------
    items
        One row per item: ``item`` (id), ``work`` (its kind; an opportunity where missing),
        ``owner`` (name, missing where nobody owns it), ``team`` (missing: any team may take it),
        ``account_id``, ``account``, ``region``, and the attributes that the lines ``requires``
        name. What a column that is absent would decide
        is as if it were missing in every row.
    reps
        One row per person: ``rep``, ``team``, ``active``, ``away``.
    skills
        One row per rated skill: ``rep``, ``skill``, ``level``.
    past_owners
        The mart of that name: ``item``, ``rep``, ``nth``.
    declined
        Id of an item and the rep whom a manager did not want to have it.

    Returns
    -------
    ``BarReason`` codes, shape (len(items), len(reps)). An owner may always keep his item. An item
    without owner is neither locked nor protected: there is nobody it could stay with.
    """
    reasons = np.full((len(items), len(reps)), BarReason.ALLOWED, np.int8)
    found = dict(_bars(items, reps, rules, skills, past_owners, declined))
    for reason in reversed(ORDER):
        if reason in found:
            reasons[found[reason]] = reason
    reasons[_owned(items, reps)] = BarReason.ALLOWED
    return reasons


def all_reasons(
    items: pd.DataFrame,
    reps: pd.DataFrame,
    rules: RuleSet,
    *,
    skills: pd.DataFrame | None = None,
    past_owners: pd.DataFrame | None = None,
) -> NDArray[np.int32]:
    """Every reason that holds, as bits ``1 << BarReason``; parameters and shape as above."""
    bits = np.zeros((len(items), len(reps)), np.int32)
    for reason, where in _bars(items, reps, rules, skills, past_owners, ()):
        bits[where] |= 1 << reason
    bits[_owned(items, reps)] = 0
    return bits


def names_account(items: pd.DataFrame, subjects: Iterable[str]) -> NDArray[np.bool_]:
    """Whether the account of each item is one of these, by its id or its name."""
    wanted = set(subjects)
    return (
        _column(items, "account_id").isin(wanted) | _column(items, "account").isin(wanted)
    ).to_numpy(bool)


def _bars(
    items: pd.DataFrame,
    reps: pd.DataFrame,
    rules: RuleSet,
    skills: pd.DataFrame | None,
    past_owners: pd.DataFrame | None,
    declined: Iterable[tuple[object, str]],
) -> Iterator[tuple[BarReason, Any]]:
    """Each reason with the cells it holds in, as an index into items x reps.

    Cells are indexed by whole rows, whole columns or pairs where that is what a rule is about:
    a company has 25 million of them.
    """
    owned = _column(items, "owner").notna().to_numpy(bool)
    locked = owned & items["item"].isin({line.subject for line in rules.of("lock")}).to_numpy(bool)
    protected = owned & names_account(items, (line.subject for line in rules.of("protect")))
    yield BarReason.LOCKED, locked
    yield BarReason.PROTECTED, protected
    yield BarReason.INACTIVE, (slice(None), ~reps["active"].to_numpy(bool))
    yield BarReason.AWAY, (slice(None), reps["away"].to_numpy(bool))
    pairs = pd.DataFrame(list(declined), columns=["item", "rep"])
    yield BarReason.DECLINED, _cells(pairs, items, reps)
    if no_go := rules.of("no_go"):
        yield BarReason.NO_GO, _no_go(no_go, items, reps)
    if not rules.across_teams:
        yield BarReason.OTHER_TEAM, _other_team(items, reps)
    if territory := rules.of("territory"):
        yield BarReason.TERRITORY, _outside(territory, items, reps)
    if requires := rules.of("requires"):
        yield BarReason.SKILL, _unskilled(requires, items, reps, skills)
    if past_owners is not None and rules.not_back:
        recent = past_owners[past_owners["nth"] <= rules.not_back]
        # They are those of opportunities; a lead may have the same id.
        deals = ~_column(items, "work").isin(["lead", "task", "account"])
        ids = items.assign(item=items["item"].where(deals))
        yield BarReason.RECENT_OWNER, _cells(recent, ids, reps)


def _no_go(lines: Iterable[Line], items: pd.DataFrame, reps: pd.DataFrame) -> Any:
    column = pd.Index(reps["rep"])
    pairs = [
        (row, column.get_loc(line.rep))
        for line in lines
        if line.rep in column
        for row in np.flatnonzero(names_account(items, [line.subject]))
    ]
    rows, columns = np.array(pairs, np.intp).reshape(-1, 2).T
    return rows, columns


def _other_team(items: pd.DataFrame, reps: pd.DataFrame) -> NDArray[np.bool_]:
    codes, teams = pd.factorize(_column(items, "team"))
    # The last row is that of a missing team, whose code is -1.
    other = np.ones((len(teams) + 1, len(reps)), bool)
    other[:-1] = np.asarray(teams, object)[:, None] != reps["team"].to_numpy(object)
    other[-1] = False
    return other[codes]


def _outside(lines: Iterable[Line], items: pd.DataFrame, reps: pd.DataFrame) -> NDArray[np.bool_]:
    """Outside the territory of who has one; a region that is not known is outside of each."""
    codes, regions = pd.factorize(_column(items, "region"))
    outside = np.zeros((len(regions) + 1, len(reps)), bool)
    row, column = pd.Index(regions), pd.Index(reps["rep"])
    known = [line for line in lines if line.rep in column]
    outside[:, [column.get_loc(line.rep) for line in known]] = True
    for line in known:
        if line.subject in row:
            outside[row.get_loc(line.subject), column.get_loc(line.rep)] = False
    return outside[codes]


def _unskilled(
    lines: Iterable[Line], items: pd.DataFrame, reps: pd.DataFrame, skills: pd.DataFrame | None
) -> NDArray[np.bool_]:
    unskilled = np.zeros((len(items), len(reps)), bool)
    for line in lines:
        rows = np.flatnonzero((_column(items, line.field) == line.subject).to_numpy(bool))
        unskilled[rows] |= ~reps["rep"].isin(skilled(line, skills)).to_numpy(bool)
    return unskilled


def skilled(line: Line, skills: pd.DataFrame | None) -> set[str]:
    """The people who have the skill of a line ``requires`` at its level."""
    if skills is None:
        return set()
    enough = (skills["skill"] == line.skill) & (skills["level"] >= (line.number or 0))
    return set(skills.loc[enough, "rep"])


def _cells(pairs: pd.DataFrame, items: pd.DataFrame, reps: pd.DataFrame) -> Any:
    """Rows and columns of pairs of ``item`` and ``rep``; those who are not here are dropped."""
    rows = pd.DataFrame({"item": items["item"].to_numpy(object), "row": np.arange(len(items))})
    columns = pd.DataFrame({"rep": reps["rep"].to_numpy(object), "column": np.arange(len(reps))})
    pairs = pairs[["item", "rep"]].astype(object)
    found = pairs.merge(rows, on="item").merge(columns, on="rep")
    return found["row"].to_numpy(np.intp), found["column"].to_numpy(np.intp)


def _owned(items: pd.DataFrame, reps: pd.DataFrame) -> Any:
    """The cells of the owners."""
    column = pd.Index(reps["rep"]).get_indexer(pd.Index(_column(items, "owner")))
    rows = np.flatnonzero(column >= 0)
    return rows, column[rows]


def _column(items: pd.DataFrame, name: str) -> pd.Series:
    return items[name] if name in items else pd.Series(None, index=items.index, dtype=object)
