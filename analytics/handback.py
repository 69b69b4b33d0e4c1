"""What goes back to the CRM once people have decided: new owners, the way back, what is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pandas as pd

ENTITIES = {
    "opportunity": "opportunities",
    "lead": "leads",
    "account": "accounts",
    "task": "tasks",
}
"""Kinds of items, in the order of their files, and what the exports of them are called."""

NEVER = pd.Timestamp.min

HAND_OVER = timedelta(days=7)
"""Time to take over: a customer who hears nothing for longer has noticed."""


@dataclass(frozen=True)
class Form:
    """How a CRM takes changes of owners in.

    Attributes
    ----------
    columns
        Kind of item to header to what it is filled with: item, name, account or owner.
    owner
        What an owner is called by.
    rows
        Rows a file may have.
    without_id
        Kinds whose items have no id in the CRM.
    id_prefix
        What stands before every id in the CRM's own files.
    """

    columns: Mapping[str, Mapping[str, str]]
    owner: Literal["id", "email", "name"]
    rows: int
    without_id: Collection[str] = ()
    id_prefix: str = ""


@dataclass(frozen=True)
class Sheet:
    """The rows of one file, and the kind of the items in it."""

    kind: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HandBack:
    """The files of one direction, and what is in none of them.

    Attributes
    ----------
    refused
        The other rows of the decided changes, with ``reason``: ``no_form`` (not known how the
        CRM takes this kind in), ``no_id``, ``closed`` (no open work any more), ``no_owner``
        (nobody to give it to), ``already_owned``, ``owner_changed`` (somebody else has it since:
        the decision was about another state), ``unknown_owner``, ``inactive_owner``,
        ``namesakes`` (several have the name that the CRM wants), ``no_address`` (the id or mail
        address that it wants is not known).
    """

    sheets: tuple[Sheet, ...]
    refused: pd.DataFrame

    @property
    def changes(self) -> int:
        return sum(len(sheet.rows) for sheet in self.sheets)


def hand_back(
    decided: pd.DataFrame, people: pd.DataFrame, owners: pd.DataFrame, form: Form
) -> HandBack:
    """The files that give each item its new owner.

    Ids are as they came. Moving an opportunity does not move its account, so every kind has
    files of its own.

    Parameters
    ----------
    decided
        One row per decided change: item, kind, name, account, from_rep, to_rep.
    people
        The mart ``addresses``.
    owners
        Who has each piece of open work now: kind, item, rep.
    """
    holder = _holders(owners)

    def against(row: Any) -> str:
        if (row.kind, row.item) not in holder:
            return "closed"
        has_it = holder[row.kind, row.item]
        if has_it == row.to_rep:
            return "already_owned"
        return "" if has_it == row.from_rep else "owner_changed"

    reasons = [against(row) for row in decided.itertuples()]
    return _files(decided.assign(reason=reasons), people, form)


def way_back(
    decided: pd.DataFrame, people: pd.DataFrame, owners: pd.DataFrame, form: Form
) -> HandBack:
    """The files that give each item back to the owner it had; parameters as ``hand_back``.

    The newest export may be older than the change, so an item that still has its old owner there
    is given back all the same.
    """
    holder = _holders(owners)
    swapped = decided.rename(columns={"from_rep": "to_rep", "to_rep": "from_rep"})
    reasons = [
        ""
        if holder.get((row.kind, row.item), row.to_rep) in (row.from_rep, row.to_rep)
        else "owner_changed"
        for row in swapped.itertuples()
    ]
    return _files(swapped.assign(reason=reasons), people, form)


def _holders(owners: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Who has each piece of open work; empty where nobody does."""
    keys = zip(owners["kind"], owners["item"], strict=True)
    return dict(zip(keys, owners["rep"].fillna(""), strict=True))


def _files(decided: pd.DataFrame, people: pd.DataFrame, form: Form) -> HandBack:
    known = people.set_index("rep")
    known["called"] = known[{"id": "user_id", "email": "email", "name": "name"}[form.owner]]
    rows = decided.sort_values(["kind", "item"], ignore_index=True)
    rows["reason"] = [row.reason or _objection(row, known, form) for row in rows.itertuples()]
    taken = rows[rows["reason"] == ""]
    taken = taken.assign(
        owner=taken["to_rep"].map(known["called"]), item=form.id_prefix + taken["item"]
    )
    sheets = []
    for kind in (kind for kind in ENTITIES if kind in form.columns):
        columns = form.columns[kind]
        cells = taken.loc[taken["kind"] == kind, [*columns.values()]].fillna("").astype(str)
        lines = list(cells.itertuples(index=False, name=None))
        sheets += [
            Sheet(kind, tuple(columns), tuple(lines[start : start + form.rows]))
            for start in range(0, len(lines), form.rows)
        ]
    return HandBack(tuple(sheets), rows[rows["reason"] != ""])


def _objection(row: Any, known: pd.DataFrame, form: Form) -> str:
    """Why no file can give this item to its new owner; empty where one can."""
    if row.kind not in form.columns:
        return "no_form"
    if row.kind in form.without_id:
        return "no_id"
    if not row.to_rep:
        return "no_owner"
    if row.to_rep not in known.index:
        return "unknown_owner"
    owner = known.loc[row.to_rep]
    if not owner["active"]:
        return "inactive_owner"
    if form.owner == "name" and owner["namesakes"] > 1:
        return "namesakes"
    return "no_address" if pd.isna(owner["called"]) else ""


def accounts_along(decided: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """The accounts that can go with decided moves of opportunities, as rows like them.

    An account goes along where whoever has it hands over opportunities of it, and once all is
    carried out somebody else, and only he, has every open opportunity of it.

    Parameters
    ----------
    decided
        One row per decided change, as ``hand_back`` takes them.
    work
        The mart ``open_work``.
    """
    deals = work[(work["kind"] == "opportunity") & work["account_id"].notna()]
    moves = decided[decided["kind"] == "opportunity"].set_index("item")
    to = deals["item"].map(dict(zip(moves.index, moves["to_rep"], strict=True)))
    after = deals["rep"].astype(object).where(to.isna(), to.astype(object))
    holders = after.groupby(deals["account_id"]).agg(["nunique", "first"])
    taker = holders.loc[holders["nunique"] == 1, "first"]
    of_account = deals.set_index("item")["account_id"]
    owner = work[work["kind"] == "account"].set_index("item")["rep"]
    rows = decided.assign(account_id=decided["item"].map(of_account))
    rows = rows[
        (rows["kind"] == "opportunity") & (rows["account_id"].map(owner) == rows["from_rep"])
    ]
    rows = rows[rows["account_id"].map(taker) == rows["to_rep"]].drop_duplicates("account_id")
    return rows.assign(kind="account", item=rows["account_id"], name=rows["account"])[
        [*decided.columns]
    ]


def checked_off(
    decided: pd.DataFrame, owners: pd.DataFrame, changes: pd.DataFrame, newer: pd.Series
) -> pd.DataFrame:
    """What the CRM says since of each decided change of owner: item, decided, owner, state.

    ``state`` is ``done`` where the owner is the one decided on. Where it is still the old one it
    is ``reverted`` if an export in between showed the new one, ``ignored`` if there has been an
    export since the decision, else ``waiting``. It is ``differs`` where the owner is anybody
    else, and ``closed`` where the item is no longer open.

    Parameters
    ----------
    decided
        One row per decided change: item, kind, from_rep, to_rep, decided_at, and ``as_of``, the
        last day that was known then.
    owners
        Who has each piece of open work now: kind, item, rep.
    changes
        The changes of owners of opportunities that show between exports: opportunity_id,
        before, after, changed_by.
    newer
        By kind, when an export that shows the present was last taken in (UTC).
    """
    holder = _holders(owners)
    back = changes.groupby(["opportunity_id", "before", "after"])["changed_by"].max().to_dict()
    rows = []
    for row in decided.sort_values("item").itertuples():
        owner = holder.get((row.kind, row.item), "")
        if (row.kind, row.item) not in holder:
            state = "closed"
        elif owner == row.to_rep:
            state = "done"
        elif owner != row.from_rep:
            state = "differs"
        elif back.get((row.item, row.to_rep, row.from_rep), NEVER) >= pd.Timestamp(row.as_of):
            state = "reverted"
        else:
            seen = newer.get(row.kind, row.decided_at) > row.decided_at
            state = "ignored" if seen else "waiting"
        rows.append((row.item, row.to_rep, owner, state))
    return pd.DataFrame(rows, columns=["item", "decided", "owner", "state"])
