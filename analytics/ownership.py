"""Ownership that needs no model to be questioned: leavers, nobody, several at once."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Handover:
    """An open opportunity that somebody else must take, and who has the most room for it."""

    item: str
    fact: str
    from_rep: str
    to_rep: str
    load: int


def handovers(facts: pd.DataFrame, items: pd.DataFrame, reps: pd.DataFrame) -> tuple[Handover, ...]:
    """A new owner for every open opportunity of people who left and for every unowned one.

    No claim about winning is made: each goes to the active, present person with the fewest open
    opportunities, in the leaver's own team where it has anybody. What was just given out counts.

    Parameters
    ----------
    facts, items, reps
        The marts ``ownership_facts``, ``open_items`` and ``rep_results``.
    """
    present = reps[reps["active"] & reps["listed"] & ~reps["away"]]
    if present.empty:
        present = reps[reps["active"]]
    load = present.set_index("rep")["open_count"].astype(int).to_dict()
    team_of = present.set_index("rep")["team"].to_dict()
    waiting = facts[facts["fact"].isin(["owner_left", "no_owner"])]
    waiting = waiting.merge(items, on="opportunity_id").sort_values(
        ["value", "opportunity_id"], ascending=[False, True]
    )
    given = []
    for row in waiting.itertuples():
        mates = [rep for rep, team in team_of.items() if team == row.team]
        pool = mates or list(load)
        if not pool:
            break
        chosen = min(pool, key=lambda rep: (load[rep], rep))
        load[chosen] += 1
        given.append(
            Handover(
                item=row.opportunity_id,
                fact=row.fact,
                from_rep="" if pd.isna(row.rep) else row.rep,
                to_rep=chosen,
                load=load[chosen],
            )
        )
    return tuple(given)


def split_accounts(facts: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Accounts whose open opportunities sit with several active people.

    Returns
    -------
    One row per account: account, reps (names), open opportunities and value; largest first.
    """
    rows = facts[facts["fact"] == "split_account"].merge(items, on="opportunity_id")
    if rows.empty:
        return pd.DataFrame(columns=["account", "reps", "opportunities", "value"])
    return (
        rows.groupby("account_id")
        .agg(
            account=("account", "first"),
            reps=("rep", lambda names: sorted(set(names))),
            opportunities=("opportunity_id", "size"),
            value=("value", "sum"),
        )
        .sort_values(["value", "account"], ascending=[False, True])
        .reset_index(drop=True)
    )
