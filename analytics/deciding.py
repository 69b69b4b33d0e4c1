"""Questions about decisions: who stands behind them, on which plan, and what became of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.allocation import (
    BarReason,
    Estimate,
    Interval,
    Move,
    Plan,
    Reason,
    decline,
    what_would_change,
    why_not,
)
from analytics.allocation.move import gain_draws, p_gain, summary
from analytics.desk import Desk
from analytics.handback import ENTITIES, checked_off
from analytics.holdout import withheld
from analytics.plans import recommendation
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from analytics.scope import Period
from analytics.work import capacities
from analytics.workflow import dealings, open_items, workings
from data import journal
from data.log import standing_decisions
from data.uploads import uploads


def standing(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """What is decided about opportunities now, as ``data.log.standing_decisions``, and ``holds``.

    An acceptance that a second person has to back does not hold before he has.
    """
    found = standing_decisions(desk.warehouse)
    needed = 2 if rules.two_person else 1
    backed = found["backed_by"].map(len) >= needed
    return found.assign(kind="opportunity", holds=(found["verdict"] == "accept") & backed)


def quarter(desk: Desk) -> date:
    """First day of the quarter for which lots are drawn."""
    return Period.containing(desk.scope.as_of).start


def kept_back(desk: Desk, rules: RuleSet, declined: tuple[str, ...] = ()) -> frozenset[str]:
    """The recommended items that stay where they are this quarter, for comparison.

    What comes up in place of declined moves draws lots of its own.
    """
    first = desk.ask(recommendation, rules).plan.moves
    known = {move.item for move in first}
    later = [move for move in desk.ask(left_of, rules, declined).moves if move.item not in known]
    drawn = (
        withheld(
            {str(move.item): move.bundle for move in moves},
            rules.hold_out,
            desk.settings.seed,
            quarter(desk).isoformat(),
        )
        for moves in (first, later)
    )
    return frozenset().union(*drawn)


def left_of(desk: Desk, rules: RuleSet, declined: tuple[str, ...]) -> Plan:
    """The plan without the moves of these items; only what hung on them is solved again."""
    found = desk.ask(recommendation, rules)
    if not declined or found.problem is None:
        return found.plan
    *others, last = declined
    plan = desk.ask(left_of, rules, tuple(others))
    if all(move.item != last for move in plan.moves):
        return plan
    return decline(found.problem, plan, last)


def record_plan(
    desk: Desk, rules: RuleSet, declined: tuple[str, ...], *, by: str, at: datetime
) -> str:
    """Write the plan down that is decided on, once; returns its subject in the journal.

    What it moves, what that gains, what was withheld with which probability, and all it hangs
    on: data, rules, day, scope, seed, and what had been declined before.
    """
    plan, aside = desk.ask(left_of, rules, declined), desk.ask(kept_back, rules, declined)
    content = {
        "version": desk.warehouse.data_version,
        "rules": _newest_entry(desk, "rules"),
        "as_of": desk.scope.as_of.isoformat(),
        "team": desk.scope.team,
        "attributes": list(desk.scope.attributes),
        "seed": desk.settings.seed,
        "hold_out": rules.hold_out,
        "declined": list(declined),
        "cross_fitted": plan.cross_fitted,
        "moves": [
            {
                "item": str(move.item),
                "from": move.from_rep,
                "to": move.to_rep,
                "gain": [move.gain, move.gain_low, move.gain_high],
                "p_gain": move.p_gain,
                "bundle": move.bundle,
                "withheld": move.item in aside,
            }
            for move in plan.moves
        ],
    }
    known = journal.entries(desk.warehouse, "plan")
    for entry in known.itertuples():
        if entry.content == content:
            return str(entry.subject)
    subject = f"P-{len(known) + 1}"
    journal.append(desk.warehouse, kind="plan", subject=subject, content=content, by=by, at=at)
    return subject


def _newest_entry(desk: Desk, kind: str) -> int | None:
    found = journal.entries(desk.warehouse, kind)["entry"]
    return None if found.empty else int(found.iloc[-1])


@dataclass(frozen=True)
class Alternative:
    """What giving a recommended item to somebody else would do.

    Attributes
    ----------
    against, change
        Why the plan does not do it, and what would turn that round.
    may
        Whether no rule forbids it, for any of the items that move together with this one.
    gain, p_gain, p_to
        As of a move: after the cost of the hand-over (money), the probability that this is
        positive, and that of winning.
    """

    rep: str
    against: Reason
    change: Reason
    may: bool
    gain: Interval
    p_gain: float
    p_to: Estimate


def free_again(desk: Desk, rules: RuleSet, why: Reason, rep: str) -> date | None:
    """From when what keeps somebody from an item may be over; None where that is not a matter
    of time, or nobody knows.

    An absence ends the day after its last. Whoever is at capacity has room once enough of the
    open opportunities are closed, taken to be on the days they are expected to.
    """
    if why.code == BarReason.AWAY.code:
        people = desk.at(team="").ask(capacities, rules).set_index("rep")
        last = people.at[rep, "until"]
        return None if pd.isna(last) else (last + timedelta(days=1)).date()
    if why.code != "at_capacity":
        return None
    items = desk.at(team="").ask(open_items)
    days = pd.to_datetime(items.loc[items["rep"] == rep, "expected_on"])
    days = days[days > pd.Timestamp(desk.scope.as_of)].sort_values()
    facts: dict[str, Any] = dict(why.facts)
    needed = max(1, facts["load"] + 1 - int(facts["capacity"]))
    return days.iloc[needed - 1].date() if needed <= len(days) else None


def alternative(found: Recommendation, item: str, rep: str) -> Alternative:
    """What giving an item of the plan to another rep would gain, and what stands against it."""
    problem, plan = found.problem, found.plan
    assert problem
    assert plan.trials is not None
    row, code = problem.row[item], problem.reps.index(rep)
    segment = problem.segment[row]
    return Alternative(
        rep=rep,
        against=why_not(problem, plan, item, rep),
        change=what_would_change(problem, plan, item, rep),
        may=not problem.barred[problem.members[problem.unit[row]], code].any(),
        gain=Interval(*summary(gain_draws(problem, row, code, problem.claiming))),
        p_gain=p_gain(problem, row, code),
        p_to=Estimate(
            *summary(problem.claiming[:, code, segment]), n=int(plan.trials[code, segment])
        ),
    )


def of_unit(found: Recommendation, move: Move, moves: Iterable[Move]) -> list[Move]:
    """The other moves of items that have to stay together with this one, to the same person."""
    if not (problem := found.problem):
        return []
    unit = problem.unit[problem.row[move.item]]
    return [
        replace(other, to_rep=move.to_rep)
        for other in moves
        if other.item != move.item and problem.unit[problem.row[other.item]] == unit
    ]


def too_many(found: Recommendation, decided: pd.DataFrame) -> pd.DataFrame:
    """Who would hold more than the rules allow if just these moves of the plan were carried out.

    A move that needs room can be accepted without the one that makes it.

    Parameters
    ----------
    decided
        Accepted changes: item, to_rep.

    Returns
    -------
    rep, items (open opportunities then), limit.
    """
    problem = found.problem
    if problem is None:
        return pd.DataFrame(columns=["rep", "items", "limit"])
    holder = problem.owner.copy()
    known = decided[decided["item"].isin(problem.row) & decided["to_rep"].isin(problem.reps)]
    for item, rep in zip(known["item"], known["to_rep"], strict=True):
        holder[problem.row[item]] = problem.reps.index(rep)
    items = np.bincount(holder, minlength=len(problem.reps))
    rows = pd.DataFrame({"rep": problem.reps, "items": items, "limit": problem.limit})
    return rows[rows["items"] > rows["limit"]].reset_index(drop=True)


def against_rules(found: Recommendation, decided: pd.DataFrame) -> pd.DataFrame:
    """Accepted moves that the rules of today forbid: item, to_rep, reason (a ``BarReason`` code).

    Parameters
    ----------
    decided
        Accepted changes: item, from_rep, to_rep.
    """
    problem, rows = found.problem, []
    if problem is not None:
        place = {rep: code for code, rep in enumerate(problem.reps)}
        for row in decided[["item", "from_rep", "to_rep"]].itertuples(index=False):
            at, rep = problem.row.get(row.item), place.get(row.to_rep)
            if at is None or rep is None or problem.reps[problem.owner[at]] != row.from_rep:
                continue
            if bar := problem.barred[at, rep]:
                rows.append((row.item, row.to_rep, BarReason(bar).code))
    return pd.DataFrame(rows, columns=["item", "to_rep", "reason"])


def carried_out(desk: Desk, decided: pd.DataFrame) -> pd.DataFrame:
    """What the CRM says since of each decided change of owner; see ``handback.checked_off``.

    Parameters
    ----------
    decided
        One row per change: item, kind, from_rep, to_rep, decided_at, as_of.
    """
    past = uploads(desk.warehouse).query("undone_at.isna()")
    newest = past["as_of"] == past.groupby("entity")["as_of"].transform("max")
    shown = past[newest].groupby("entity")["uploaded_at"].max()
    owners = dealings(desk)["changes"].query("field == 'owner'")
    return checked_off(
        decided,
        workings(desk)["open_work"],
        owners,
        pd.Series({kind: shown.get(entity, pd.NaT) for kind, entity in ENTITIES.items()}),
    )


def overtaken(desk: Desk, decided: pd.DataFrame, recommended: Collection[str]) -> frozenset[str]:
    """Items accepted from a plan on older data that the present plan leaves where they are.

    Parameters
    ----------
    decided
        Rows of ``standing``; nothing is said of those that the present scope does not hold.
    recommended
        Items that the present plan moves.
    """
    decided = decided[decided["item"].isin(desk.ask(open_items)["opportunity_id"])]
    version = decided["version"]
    older = version.notna() & (version != desk.warehouse.data_version)
    from_plan = (decided["verdict"] == "accept") & (decided["plan"] != "")
    return frozenset(decided.loc[older & from_plan, "item"]) - frozenset(recommended)
