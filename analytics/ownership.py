"""Ownership that needs no model to be questioned: leavers, nobody, several at once, twins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Severity = Literal["high", "middle", "low"]

SEVERITY: dict[str, Severity] = {
    "no_owner": "high",
    "owner_left": "high",
    "pair_owners": "middle",
    "duplicates": "middle",
    "account_owners": "middle",
    "account_owner_differs": "low",
    "tasks_left": "low",
}
"""What can be wrong, worst first: nobody works on it; two people work on the same; the records
say something else than who works on it."""

TWIN_DAYS = 30
"""Open opportunities of one account and product begun this close together may be one request
that was entered twice; further apart they are more often an order and the next."""

TWIN_VALUE = 0.1
"""Share of the larger by which their values may differ: one request has about one amount."""

USUAL = 10
"""Groups below which more than half of them is still no habit."""

ROWS = ("finding", "group", "kind", "item")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with who owns what.

    Attributes
    ----------
    kind
        A key of ``SEVERITY``.
    groups, of
        How many of how many: accounts, pairs of account and product, groups of twins among the
        open opportunities, or single items.
    items
        Items concerned.
    value
        What the open opportunities concerned, or that the tasks concerned belong to, would bring
        if won (currency); each counted once.
    """

    kind: str
    severity: Severity
    groups: int
    of: int
    items: int
    value: float

    @property
    def is_usual(self) -> bool:
        """Whether more than half are so: then it is how the company works, and no mistake."""
        return 2 * self.groups > self.of and self.groups >= USUAL


@dataclass(frozen=True, eq=False)
class Audit:
    """What is wrong, worst first, and a row for each finding and item it is about (``ROWS``)."""

    findings: tuple[Finding, ...]
    rows: pd.DataFrame

    def of(self, kind: str) -> Finding | None:
        """The finding of a kind, if there is any."""
        return next((finding for finding in self.findings if finding.kind == kind), None)

    @property
    def abandoned(self) -> tuple[int, float]:
        """Items that nobody who is still here has, and what they would bring if won."""
        found = [finding for finding in self.findings if finding.severity == "high"]
        return sum(one.items for one in found), sum(one.value for one in found)


def audit(
    work: pd.DataFrame,
    reps: pd.DataFrame,
    past_owners: pd.DataFrame,
    stages: Collection[str] = (),
    team: str = "",
) -> Audit:
    """Everything about the ownership of open work that should be asked about.

    Parameters
    ----------
    work
        The mart ``open_work``.
    reps, past_owners
        The marts ``rep_results`` and ``past_owners``.
    stages
        Only opportunities in these stages; none means every open one.
    team
        Only what somebody of this team, or nobody, has a part in.
    """
    work = work.assign(mine=(work["team"] == team) | work["rep"].isna() | (team == ""))
    of_kind = work["kind"]
    value = work[of_kind == "opportunity"].set_index("item")["value"]
    owner = work[of_kind == "opportunity"].set_index("item")["rep"]
    if stages:
        work = work[(of_kind != "opportunity") | work["stage"].isin(stages)]
    left = set(reps.loc[~reps["active"], "rep"])
    deals = work[(work["kind"] == "opportunity") & ~work["rep"].isin(left)]
    owned = deals[deals["rep"].notna() & deals["account_id"].notna()]
    accounts, tasks = work[work["kind"] == "account"], work[work["kind"] == "task"]
    every = int(work["mine"].sum())
    found = {
        "no_owner": (_single(_nobodys(work)), every),
        "owner_left": (_single(work[work["rep"].isin(left)]), every),
        "pair_owners": _shared(owned, ["account_id", "product"]),
        "duplicates": _twins(work[work["kind"] == "opportunity"]),
        "account_owners": _shared(owned, ["account_id"]),
        "account_owner_differs": _strangers(accounts[~accounts["rep"].isin(left)], owned),
        "tasks_left": (_single(_left_behind(tasks, owner, left, past_owners)), len(tasks)),
    }
    rows = pd.concat([of.assign(finding=name)[list(ROWS)] for name, (of, _) in found.items()])
    findings = [
        Finding(
            kind=name,
            severity=SEVERITY[name],
            groups=of["group"].nunique(),
            of=count,
            items=len(of),
            value=_value(of, value),
        )
        for name, (of, count) in found.items()
        if len(of)
    ]
    return Audit(tuple(findings), rows.reset_index(drop=True))


def _single(items: pd.DataFrame) -> pd.DataFrame:
    """Items that each are a finding of their own."""
    return _of_team(items.assign(group=items["kind"] + " " + items["item"]))


def _of_team(rows: pd.DataFrame) -> pd.DataFrame:
    """The groups of which the team has a part."""
    return rows[rows.groupby("group")["mine"].transform("any")] if len(rows) else rows


def _nobodys(work: pd.DataFrame) -> pd.DataFrame:
    """Items without owner, of the kinds of which the CRM says at all who owns them."""
    owned = work.loc[work["rep"].notna(), "kind"].unique()
    return work[work["rep"].isna() & work["kind"].isin(owned)]


def _shared(deals: pd.DataFrame, keys: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """The opportunities whose group has several owners, and how many groups there are."""
    known = deals.dropna(subset=list(keys))
    known = known.assign(group=known.groupby(list(keys)).ngroup().astype(str))
    known = _of_team(known)
    several = known.groupby("group")["rep"].transform("nunique") > 1
    return known[several], known["group"].nunique()


def _twins(deals: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Opportunities of one account and product, or name, alike in value and begun within days."""
    known = deals.dropna(subset=["account_id", "created_on"])
    known = known.assign(what=known["product"].fillna(known["name"]))
    known = known.sort_values(["account_id", "what", "created_on", "item"])
    before = known.groupby(["account_id", "what"])[["created_on", "value"]].shift()
    larger = np.maximum(known["value"], before["value"])
    near = (known["created_on"] - before["created_on"]).dt.days <= TWIN_DAYS
    near &= (known["value"] - before["value"]).abs() <= TWIN_VALUE * larger
    chain = (~near).cumsum().astype(str)
    known = _of_team(known.assign(group=chain))
    return known[known["group"].duplicated(keep=False)], known["group"].nunique()


def _strangers(accounts: pd.DataFrame, owned: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Accounts whose owner has none of their open opportunities, with those opportunities."""
    known = accounts[accounts["rep"].notna() & accounts["account_id"].isin(owned["account_id"])]
    both = pd.concat([known, owned[owned["account_id"].isin(known["account_id"])]])
    both = _of_team(both.assign(group=both["account_id"]))
    own = pd.MultiIndex.from_frame(owned[["account_id", "rep"]])
    strange = known[~pd.MultiIndex.from_frame(known[["account_id", "rep"]]).isin(own)]
    return both[both["group"].isin(strange["account_id"])], both["group"].nunique()


def _left_behind(
    tasks: pd.DataFrame, owner: pd.Series, left: set[str], past_owners: pd.DataFrame
) -> pd.DataFrame:
    """Tasks still with who handed the opportunity over, or left, while somebody else has it."""
    now = tasks["opportunity_id"].map(owner)
    other = tasks["rep"].notna() & now.notna() & (tasks["rep"] != now)
    handed = pd.MultiIndex.from_frame(past_owners[["item", "rep"]])
    before = pd.MultiIndex.from_frame(tasks[["opportunity_id", "rep"]]).isin(handed)
    return tasks[other & (before | tasks["rep"].isin(left))]


def _value(rows: pd.DataFrame, value: pd.Series) -> float:
    deals = np.where(rows["kind"] == "opportunity", rows["item"], rows["opportunity_id"])
    return float(value[value.index.isin(deals)].sum())
