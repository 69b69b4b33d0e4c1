"""Questions about who owns what: what is wrong with it, who should have it, what was decided."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from analytics import workload
from analytics.desk import Desk, of_everybody
from analytics.eligibility import barred
from analytics.fixes import Fix, Together, propose, waiting
from analytics.ownership import SEVERITY, Audit, audit
from analytics.plans import book_on
from analytics.posing import capacities
from analytics.rules import RuleSet
from analytics.work import assigned, work_norms
from analytics.work import capacities as capacities_of
from analytics.workflow import account_history, marts, workings
from data import journal
from data.log import standing_decisions
from data.warehouse import Warehouse

SAID = ("item", "kind", "name", "account", "from_rep", "to_rep", "finding", "value")
"""What is written down of a fix."""

DECIDED = (
    *("item", "kind", "name", "account", "from_rep", "to_rep"),
    *("verdict", "decided_by", "decided_at", "as_of", "note"),
)


def ownership(desk: Desk, stages: tuple[str, ...] = ()) -> Audit:
    """What is wrong with who owns what, of what the scope's team has a part in.

    Only opportunities in these stages are looked at; none means every open one.
    """
    tables = workings(desk)
    return audit(
        tables["open_work"],
        desk.ask(marts)["rep_results"],
        tables["past_owners"],
        stages,
        desk.scope.team,
    )


def stages(desk: Desk) -> tuple[str, ...]:
    """Stages of the open opportunities, in order of their names."""
    work = workings(desk)["open_work"]
    return tuple(sorted(work.loc[work["kind"] == "opportunity", "stage"].dropna().unique()))


@of_everybody
def space(
    desk: Desk, rules: RuleSet, lasting: bool = False, day: date | None = None
) -> pd.DataFrame:
    """What each active person can still take: hours a week and opportunities, by name.

    Hours are without limit where no activity is logged: nobody knows what work takes. ``lasting``
    and ``day`` as in ``plans.book_on``.
    """
    of = desk.ask(book_on, rules, lasting, day)
    active = of.reps[of.reps["active"]].sort_values("rep", ignore_index=True)
    names = list(active["rep"])
    assert of.people is not None
    assert of.held is not None
    owned = of.items[of.items["rep"].isin(names)]
    places = capacities(active, owned, of, rules, desk.settings)
    held = of.held.reindex(names, fill_value=0)
    hours = of.people.set_index("rep")["hours"].reindex(names) - held["hours"]
    return pd.DataFrame(
        {
            "hours": np.inf if of.effort is None else hours.clip(lower=0).to_numpy(float),
            "places": np.maximum(places - held["opportunity"].to_numpy(float), 0),
        },
        index=pd.Index(names, name="rep"),
    )


def fixes(
    desk: Desk,
    rules: RuleSet,
    together: Together = "account",
    stages: tuple[str, ...] = (),
    said: int = 0,
) -> tuple[Fix, ...]:
    """Who should have what is wrongly owned, or why nobody can; the worst first.

    What a leaver or nobody has is neither locked nor protected: there is nobody to stay with.
    What was given out as new work, or is to move, is left out; ``said`` as in ``work``.
    """
    tables, reps = workings(desk), desk.ask(marts)["rep_results"]
    work, found = tables["open_work"], desk.ask(ownership, stages)
    rows = waiting(work, found, together, across_teams=rules.across_teams)
    rows = rows[~_keys(rows).isin(_keys(assigned(desk)).append(_moved(desk)))]
    rows = rows.reset_index(drop=True)
    effort = workload.effort(work, desk.ask(work_norms), rules)
    rows = rows.merge(work[["kind", "item"]].assign(effort=effort), on=["kind", "item"])
    active = reps[reps["active"]].sort_values("rep", ignore_index=True)
    people = desk.at(team="").ask(capacities_of, rules).set_index("rep")
    active = active.assign(away=~people.loc[active["rep"], "available"].to_numpy(bool))
    held = rows["rep"].where(rows["rep"].isin(active["rep"]))
    bars = barred(
        rows.assign(owner=held, work=rows["kind"]),
        active,
        rules,
        skills=tables["skill_levels"],
        past_owners=tables["past_owners"],
    )
    left = desk.ask(space, rules, True)
    proposed = propose(rows, work, desk.ask(account_history), left, bars)
    worst = list(SEVERITY)
    return tuple(
        sorted(proposed, key=lambda fix: (worst.index(fix.finding), -fix.value, fix.kind, fix.item))
    )


def _moved(desk: Desk) -> pd.MultiIndex:
    """Opportunities whose move was accepted: one item has one standing decision."""
    moves = standing_decisions(desk.warehouse).assign(kind="opportunity")
    return _keys(moves[moves["verdict"] == "accept"])


def left_alone(desk: Desk) -> int:
    """Items of leavers and of nobody for which nothing is decided yet; read anew each time."""
    rows = desk.ask(ownership).rows
    rows = rows[rows["finding"].map(SEVERITY) == "high"]
    done = decided_fixes(desk.warehouse).index.append(_keys(assigned(desk)))
    return int((~_keys(rows).isin(done)).sum())


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["kind", "item"]])


def decide_fixes(
    desk: Desk, decided: Iterable[Fix], verdict: str, note: str, by: str, at: datetime
) -> None:
    """Write down what somebody decided on each of these: ``accept`` or ``decline``."""
    for fix in decided:
        content = {name: getattr(fix, name) for name in SAID}
        _say(desk, content | {"verdict": verdict, "note": note}, by, at)


def take_back_fixes(desk: Desk, decided: pd.DataFrame, by: str, at: datetime) -> None:
    """Undo these rows of ``decided_fixes``."""
    for row in decided.to_dict("records"):
        content = {name: row[name] for name in SAID if name in row}
        _say(desk, content | {"verdict": "undo", "note": ""}, by, at)


def _say(desk: Desk, content: dict[str, Any], by: str, at: datetime) -> None:
    # An opportunity and a task may have the same id.
    named = content["kind"] != "opportunity"
    subject = f"{content['kind']} {content['item']}" if named else content["item"]
    content |= {"as_of": desk.scope.as_of.isoformat()}
    journal.append(desk.warehouse, kind="fix", subject=subject, content=content, by=by, at=at)


def decided_fixes(warehouse: Warehouse) -> pd.DataFrame:
    """What stands decided, oldest first: the columns ``DECIDED``, indexed by kind and item."""
    newest = journal.newest(warehouse, "fix")
    rows = [
        content | {"decided_by": by, "decided_at": at}
        for content, by, at in zip(newest["content"], newest["by"], newest["at"], strict=True)
        if content["verdict"] != "undo"
    ]
    return pd.DataFrame(rows, columns=list(DECIDED)).set_index(["kind", "item"], drop=False)
