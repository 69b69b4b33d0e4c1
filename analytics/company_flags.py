"""Flags on customers, segments and the company: what hangs on one of them, and where it changes."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.books import Concentration
from analytics.flags import THRESHOLDS, Thresholds, none, ranked, rows_of


def sole_experts(experts: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Segments with open opportunities in which only one active person has ever won.

    Of those of one person that share an open opportunity, only the widest: else the same fact
    would be told of a product, of a sector, and of both together. Since when is the day the oldest
    of these opportunities began.

    Parameters
    ----------
    experts
        ``books.single_experts``.
    """
    open_ones = experts[experts["open"] > 0].reset_index(drop=True)
    if open_ones.empty:
        return none()
    masks = [_inside(items, segment) for segment in open_ones["segment"]]
    kept = _widest(open_ones, masks)
    open_ones, inside = open_ones.loc[kept].reset_index(drop=True), [items[masks[n]] for n in kept]
    names = [" × ".join(level for _, level in segment) for segment in open_ones["segment"]]
    return rows_of(
        open_ones,
        kind="sole_expert",
        subject_kind="segment",
        subject=["|".join(map("=".join, segment)) for segment in open_ones["segment"]],
        name=names,
        rep=open_ones["rep"],
        team="",
        since=[part["created_on"].min() for part in inside],
        stake=[float(part["expected"].sum(min_count=1)) for part in inside],
        strong=open_ones["tried"] > 0,
        count=open_ones["wins"],
        n=open_ones["tried"],
        of=names,
    )  # fmt: skip


def _inside(items: pd.DataFrame, segment: Iterable[Sequence[str]]) -> NDArray[np.bool_]:
    """Which open opportunities are of a segment (field and level, in pairs)."""
    where = np.ones(len(items), bool)
    for field, level in segment:
        where &= (items[field] == level).fillna(False).to_numpy(bool)
    return where


def _widest(experts: pd.DataFrame, masks: Sequence[NDArray[np.bool_]]) -> list[int]:
    """Rows that share no open opportunity with a wider one of the same person, in their order."""
    fields = [len(segment) for segment in experts["segment"]]
    order = sorted(range(len(masks)), key=lambda n: (-int(masks[n].sum()), fields[n], n))
    taken: dict[str, NDArray[np.bool_]] = {}
    kept = []
    for row in order:
        rep = str(experts["rep"].iloc[row])
        before = taken.get(rep, np.zeros(len(masks[row]), bool))
        if not (before & masks[row]).any():
            kept.append(row)
            taken[rep] = before | masks[row]
    return sorted(kept)


COLUMN_OF = {"rep": "rep", "account": "account_id"}
"""By which column of open opportunities a concentration is measured."""


def concentrated(measures: Sequence[Concentration], items: pd.DataFrame) -> pd.DataFrame:
    """The person or customer on whom much of the expected money hangs.

    Parameters
    ----------
    measures
        Concentrations of ``COLUMN_OF``: customers are named by their id.
    """
    much = [one for one in measures if one.much]
    if not much:
        return none()
    parts = [items[items[COLUMN_OF[one.of]] == one.name] for one in much]
    names = [
        next(iter(part["account"].dropna()), one.name) if one.of == "account" else one.name
        for one, part in zip(much, parts, strict=True)
    ]
    return rows_of(
        pd.DataFrame(index=range(len(much))),
        kind="concentrated",
        subject_kind=[one.of for one in much],
        subject=[one.name for one in much],
        name=names,
        rep=[_holder(part) for part in parts],
        team="",
        since=[part["created_on"].min() for part in parts],
        stake=[float(part["expected"].sum(min_count=1)) for part in parts],
        strong=[one.share >= 1.5 * one.threshold for one in much],
        share=[one.share for one in much],
        limit=[one.threshold for one in much],
        n=[one.n for one in much],
        of=[one.of for one in much],
    )


def _holder(items: pd.DataFrame) -> str:
    """Who has most of the expected money of these; empty where nobody has any."""
    sums = items.groupby("rep")["expected"].sum()
    return str(sums.idxmax()) if len(sums) else ""


def without_backup(
    items: pd.DataFrame, covered: Sequence[str], of: Thresholds = THRESHOLDS
) -> pd.DataFrame:
    """Accounts with most expected money for which nobody stands in.

    Where most have no backup, those at the top. Since when is the day the oldest of their open
    opportunities began; whom it concerns is who holds most of them.

    Parameters
    ----------
    covered
        Accounts that have a standing backup, by id or name.
    """
    known = items.dropna(subset=["account_id", "expected"])
    by = known.groupby("account_id")
    rows = by.agg(
        name=("account", "first"),
        stake=("expected", "sum"),
        since=("created_on", "min"),
        count=("expected", "size"),
    )
    rows = rows.nlargest(of.key_accounts, "stake").reset_index()
    held = known[known["account_id"].isin(rows["account_id"]) & known["rep"].notna()]
    most = held.groupby(["account_id", "rep"])["expected"].sum().sort_values(ascending=False)
    owner = most.reset_index().drop_duplicates("account_id").set_index("account_id")["rep"]
    bare = ~(rows["account_id"].isin(covered) | rows["name"].isin(covered)).to_numpy(bool)
    chosen, share = ranked(bare, rows["stake"].to_numpy(float), of)
    n, rows = len(rows), rows[chosen].reset_index(drop=True)
    return rows_of(
        rows[["since", "stake", "count"]],
        kind="no_backup",
        subject_kind="account",
        subject=rows["account_id"],
        name=rows["name"].fillna(rows["account_id"]),
        rep=rows["account_id"].map(owner).fillna(""),
        team="",
        since=pd.to_datetime(rows["since"]),
        stake=rows["stake"],
        strong=False,
        count=rows["count"].astype(float),
        share=share if share > of.usual_share else np.nan,
        n=n,
    )


def drifts(found: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """People and segments whose win rate has fallen in another way than everybody's.

    Parameters
    ----------
    found
        ``drift.drift``. It compares thirds of a history, and names no day.
    """
    rows = found[found["flagged"].astype(bool) & (found["late"] < found["early"])]
    rows = rows.reset_index(drop=True)
    if rows.empty:
        return none()
    held = [
        float(items.loc[items[kind] == level, "expected"].sum(min_count=1))
        for kind, level in zip(rows["kind"], rows["level"], strict=True)
    ]
    own = rows["kind"] == "rep"
    return rows_of(
        rows,
        kind="drift",
        subject_kind=np.where(own, "rep", "segment"),
        subject=[
            level if kind == "rep" else f"{kind}={level}"
            for kind, level in zip(rows["kind"], rows["level"], strict=True)
        ],
        name=rows["level"],
        rep=rows["level"].where(own, ""),
        team="",
        since=pd.NaT,
        stake=np.array(held) * (1 - (rows["late"] / rows["early"]).to_numpy(float)),
        strong=True,
        share=rows["late"] - rows["early"],
        n=rows["deals"],
        before=rows["early"],
        after=rows["late"],
        of=rows["level"],
    )


def in_question(flags: pd.DataFrame, items: pd.DataFrame) -> pd.Series:
    """Expected money in question of each kind, of every opportunity once (currency).

    What a goal misses is no expected money, and what somebody has too little of is not there: they
    are left out, and what no money is known of. Of people and segments whose win rate falls, the
    largest: they share opportunities, and only a part of each is in question.
    """
    known = flags[~flags["kind"].isin(("goal_gap", "starved")) & flags["stake"].notna()]
    by = known.groupby("kind")["stake"]
    sums = by.sum()
    sums.update(by.max()[lambda most: most.index.isin(["drift"])])
    for kind, rows in known[known["kind"].isin(("sole_expert", "concentrated"))].groupby("kind"):
        held = np.zeros(len(items), bool)
        for subject_kind, subject in zip(rows["subject_kind"], rows["subject"], strict=True):
            if subject_kind == "segment":
                segment = [pair.split("=", 1) for pair in subject.split("|")]
            else:
                segment = [[COLUMN_OF[subject_kind], subject]]
            held |= _inside(items, segment)
        sums[kind] = items.loc[held, "expected"].sum()
    return sums
