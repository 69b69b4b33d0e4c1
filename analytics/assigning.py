"""Who should take this: new work to people, by what it is worth with whom and what each is owed.

Everybody earns a share of each piece of work that he could have taken, and pays with what he is
given: the difference is what he is owed. Whoever is away or may not take it earns nothing
meanwhile, so nobody is flooded on the way back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import BarReason
from analytics.batch import Batch, Ledger
from analytics.policies import POLICIES, POLICY_NAMES, Policy

AT_ONCE = 500
"""Items given out at once; people look at no more, and the next batch counts these."""

RECORDED = ("kind", "to_rep", "reason", "policy", "propensity", "worth", "neutral", "shares")
"""What the journal keeps of an item given out, enough to judge the policy by later."""

RANKS = ("", "owed_less", "less_likely", "no_hours", "no_items", "leave_soon", "away")
"""The order in which people are named for an item: by why not; what rules bar comes last."""


@dataclass(frozen=True, eq=False)
class Given:
    """One item, who gets it, and why.

    Attributes
    ----------
    rep
        Empty where nobody can take it.
    code
        Why this person: ``only_one``, ``clearly_best``, ``owed_most``, ``least_loaded``,
        ``by_lot``, the policy, or ``by_hand`` where a person chose. Why nobody: ``no_people``,
        ``none_available``, ``none_with_capacity``, the one ``BarReason`` that bars everybody, or
        ``none_eligible``.
    why_not
        Of each person, why not: a ``BarReason``, ``leave_soon``, ``no_hours``, ``no_items``,
        ``less_likely``, ``owed_less``; empty for who gets it.
    propensity
        Probability with which this person was to get it; None where a person chose.
    worth
        Expected value with this person (money); with an average one where nobody gets it.
    neutral
        Expected value with an average person (money), in which shares are counted.
    shares
        Part of ``neutral`` that each person earned, by name; it sums to one.
    owed_before, owed_after
        What this person was owed with the share in this item, and after it (money).
    near
        How many are about as good as the best.
    """

    item: str
    kind: str
    rep: str
    code: str
    why_not: Mapping[str, str]
    propensity: float | None
    worth: float
    neutral: float
    shares: Mapping[str, float]
    owed_before: float
    owed_after: float
    near: int


def assign(batch: Batch, policy: Policy, rng: np.random.Generator) -> tuple[Given, ...]:
    """Give out a batch, the largest expected value first; what is given counts for the next.

    The order of the tests: who may take it by the rules, who is there, who has room; then the
    policy chooses. The result is in the order of ``batch.items``.
    """
    ledger = Ledger(batch)
    order = sorted(
        range(len(batch.items)), key=lambda row: (-batch.neutral[row], batch.rows[row].item)
    )
    given = {row: _give(batch, ledger, row, policy, rng) for row in order}
    return tuple(given[row] for row in sorted(given))


def _give(
    batch: Batch, ledger: Ledger, row: int, policy: Policy, rng: np.random.Generator
) -> Given:
    item, kind, hours = batch.rows[row].item, batch.rows[row].kind, batch.rows[row].hours
    why_not = _unable(batch, ledger, row)
    able = np.flatnonzero(why_not == "")
    neutral = float(batch.neutral[row])
    # Drawn whether needed or not, so that one item's luck does not hang on another's.
    luck = rng.random(2)
    if not len(able):
        code, none = _why_nobody(batch, row, why_not), dict(zip(batch.reps, why_not, strict=True))
        return Given(item, kind, "", code, none, 1.0, neutral, neutral, {}, 0.0, 0.0, 0)
    weight = np.maximum(ledger.capacity[able], 1e-9)
    share = weight / weight.sum()
    ledger.owed[able] += share * neutral
    choice = POLICIES[policy](batch, ledger, row, able, luck)
    before = float(ledger.owed[choice.rep])
    ledger.give(choice.rep, kind, hours, neutral)
    account = batch.rows[row].account_id
    if isinstance(account, str):
        ledger.holder.setdefault(account, batch.reps[choice.rep])
    why_not[able] = "less_likely"
    why_not[choice.near] = "owed_less"
    why_not[choice.rep] = ""
    return Given(
        item=item,
        kind=kind,
        rep=batch.reps[choice.rep],
        code=choice.code,
        why_not=dict(zip(batch.reps, why_not, strict=True)),
        propensity=choice.propensity,
        worth=float(batch.worth(row, batch.odds.claiming)[:, choice.rep].mean()),
        neutral=neutral,
        shares={batch.reps[rep]: float(part) for rep, part in zip(able, share, strict=True)},
        owed_before=before,
        owed_after=float(ledger.owed[choice.rep]),
        near=len(choice.near),
    )


def _unable(batch: Batch, ledger: Ledger, row: int) -> NDArray[np.object_]:
    """Why each cannot take an item, empty for who can: by the rules, being there, room."""
    codes = np.array(["", *(reason.code for reason in list(BarReason)[1:])], object)
    by_rule = codes[batch.barred[row]]
    absent = batch.people["why_not"].to_numpy(object)
    full = ledger.full(batch.rows[row].kind, batch.rows[row].hours)
    lasting = (by_rule != "") & (by_rule != BarReason.AWAY.code)
    return np.where(lasting, by_rule, np.where(absent != "", absent, full))


def _why_nobody(batch: Batch, row: int, why_not: NDArray[np.object_]) -> str:
    if not len(why_not):
        return "no_people"
    codes = set(why_not)
    if codes & {"no_hours", "no_items"}:
        return "none_with_capacity"
    if codes & {"away", "leave_soon"}:
        return "none_available"
    return str(why_not[0]) if len(codes) == 1 else "none_eligible"


def owed(given: Iterable[Mapping[str, Any]], reps: Iterable[str]) -> NDArray[np.float64]:
    """What each of ``reps`` has earned by shares and not been given, from what was given before.

    Parameters
    ----------
    given
        Of each item given out: ``neutral``, ``shares`` and ``to_rep``, as in ``Given``.
    """
    sums = dict.fromkeys(reps, 0.0)
    for each in given:
        for rep, share in each["shares"].items():
            if rep in sums:
                sums[rep] += share * each["neutral"]
        if each["to_rep"] in sums:
            sums[each["to_rep"]] -= each["neutral"]
    return np.array(list(sums.values()))


def compare(batch: Batch, seed: int, interval: float) -> pd.DataFrame:
    """The same batch given out by every policy, under the same rules and capacities.

    Returns
    -------
    One row per policy: policy, given, nobody (items), worth, low, high (expected value of what is
    given out with its interval, from draws that did not choose), fullest (largest share of a
    capacity in use after it with anybody who got something), uneven (standard deviation of that
    share over all who are there) and behind (the most that anybody is still owed, money).
    """
    return pd.DataFrame(
        [
            {
                "policy": policy,
                **_outcome(batch, assign(batch, policy, np.random.default_rng(seed)), interval),
            }
            for policy in POLICY_NAMES
        ]
    )


def _outcome(batch: Batch, given: tuple[Given, ...], interval: float) -> dict[str, float]:
    ledger, column = Ledger(batch), {rep: at for at, rep in enumerate(batch.reps)}
    worth = np.zeros(len(batch.odds.claiming))
    for row, one in enumerate(given):
        for rep, share in one.shares.items():
            ledger.owed[column[rep]] += share * one.neutral
        if one.rep:
            worth += batch.worth(row, batch.odds.claiming)[:, column[one.rep]]
            ledger.give(column[one.rep], one.kind, batch.rows[row].hours, one.neutral)
    there = batch.people["available"].to_numpy(bool)
    got = np.isin(batch.reps, [one.rep for one in given])
    used = ledger.used()
    low, high = np.quantile(worth, [(1 - interval) / 2, (1 + interval) / 2])
    return {
        "given": sum(bool(one.rep) for one in given),
        "nobody": sum(not one.rep for one in given),
        "worth": float(worth.mean()),
        "low": float(low),
        "high": float(high),
        "fullest": float(used[got].max(initial=0.0)),
        "uneven": float(used[there].std()) if there.any() else 0.0,
        "behind": float(ledger.owed[there].max(initial=0.0)),
    }


def ranking(batch: Batch, given: Given, interval: float) -> pd.DataFrame:
    """How everybody compares for the one item of a batch: who gets it first, who may not last.

    Returns
    -------
    rep, why_not (as in ``Given``), until (of an absence), worth, low, high (expected value with
    its interval, money), chance (P(win)), trials (closed opportunities like it), hours (held now,
    a week), capacity and owed (money, with the share in this item).
    """
    worth = batch.worth(0, batch.odds.draws)
    low, high = np.quantile(worth, [(1 - interval) / 2, (1 + interval) / 2], axis=0)
    segment = batch.odds.segment[0]
    earned = np.array([given.shares.get(rep, 0.0) for rep in batch.reps]) * given.neutral
    rows = pd.DataFrame(
        {
            "rep": batch.reps,
            "why_not": [given.why_not[rep] for rep in batch.reps],
            "until": batch.people["until"],
            "worth": worth.mean(axis=0),
            "low": low,
            "high": high,
            "chance": batch.odds.draws[:, :, segment].mean(axis=0),
            "trials": batch.odds.trials[:, segment],
            "hours": batch.held["hours"].to_numpy(float),
            "capacity": batch.people["hours"],
            "owed": batch.owed + earned,
        }
    )
    place = rows["why_not"].map({code: at for at, code in enumerate(RANKS)}).fillna(len(RANKS))
    rows = rows.assign(place=place).sort_values(
        ["place", "worth", "rep"], ascending=[True, False, True]
    )
    return rows.drop(columns="place").reset_index(drop=True)


def holders(work: pd.DataFrame) -> dict[str, str]:
    """Who has most of the open items of each account, by the account's id."""
    owned = work[work["rep"].notna() & work["account_id"].notna() & (work["kind"] != "account")]
    counts = owned.groupby(["account_id", "rep"], as_index=False)["item"].count()
    most = counts.sort_values(["item", "rep"], ascending=[False, True])
    first = most.drop_duplicates("account_id")
    return dict(zip(first["account_id"], first["rep"], strict=True))


def by_hand(given: Given, rep: str, worth: float) -> Given:
    """The item given to whom a person chose, worth so much with that one."""
    if rep == given.rep:
        return given
    return replace(given, rep=rep, code="by_hand", propensity=None, worth=worth)


def record(given: Given, policy: Policy) -> dict[str, Any]:
    """An item given out, as the journal keeps it (``RECORDED``)."""
    said = (
        *(given.kind, given.rep, given.code, policy, given.propensity),
        *(given.worth, given.neutral, dict(given.shares)),
    )
    return dict(zip(RECORDED, said, strict=True))
