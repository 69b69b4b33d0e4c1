"""Questions about what would be if: what is at stake, who stands in, and the plans kept for it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics import books
from analytics.abilities import evidence
from analytics.allocation import Problem
from analytics.auditing import space
from analytics.books import Concentration
from analytics.contingency import (
    Impact,
    Scenario,
    assess,
    besides,
    by_person,
    concerned,
)
from analytics.cover import UNCOVERED, Suits, backups
from analytics.desk import Desk, of_everybody
from analytics.eligibility import names_account
from analytics.plans import book_on
from analytics.posing import pose
from analytics.reallocation import objections
from analytics.rules import RuleSet
from analytics.workflow import account_history, marts, of_team, workings

KEY_ACCOUNTS = 20
"""Accounts for which a standing backup is asked."""


@dataclass(frozen=True, eq=False)
class Footing:
    """The open opportunities of active people, as rows of ``open_items`` and as a problem.

    ``differ`` says whether people are taken to win unlike each other.
    """

    items: pd.DataFrame
    problem: Problem
    effort: pd.Series
    differ: bool


@dataclass(frozen=True, eq=False)
class Contingency:
    """A scenario worked out: what is at stake, whom it concerns, who could stand in.

    ``backups``, and ``besides`` with the work of other kinds, have no rows where nobody has to
    stand in. ``differ`` as in ``Footing``.
    """

    impact: Impact
    people: pd.DataFrame
    backups: pd.DataFrame
    besides: pd.DataFrame
    differ: bool


@of_everybody
def footing(
    desk: Desk, rules: RuleSet, lasting: bool = False, day: date | None = None
) -> Footing | None:
    """What scenarios are worked out from; None where nothing is open that an active rep owns.

    Locks and protected accounts hold for owners who are there, and are left out. ``lasting`` and
    ``day`` as in ``plans.book_on``.
    """
    loose = replace(
        rules, lines=tuple(line for line in rules.lines if line.kind not in ("lock", "protect"))
    )
    study, of = desk.ask(evidence), desk.ask(book_on, rules, lasting, day)
    differ = not objections(study, desk.settings)
    posed = pose(of, study, loose, desk.settings, neutral=not differ)
    if posed is None:
        return None
    rows = of.items.set_index("opportunity_id", drop=False).loc[posed.problem.items["item"]]
    effort = pd.Series(0.0, rows.index) if of.effort is None else of.effort.reindex(rows.index)
    return Footing(rows.reset_index(drop=True), posed.problem, effort, differ)


def most_at_stake(desk: Desk, rules: RuleSet) -> tuple[str, ...]:
    """The people of the scope's team with open opportunities, those with most in them first."""
    found = desk.ask(footing, rules)
    if found is None:
        return ()
    of = of_team(desk, found.items).groupby("rep")["value"].sum()
    return tuple(of.sort_index().sort_values(ascending=False, kind="stable").index)


@of_everybody
def likeness(desk: Desk) -> pd.DataFrame:
    """How alike any two people sell: square, by name."""
    tables = desk.ask(marts)
    return books.overlap(books.books(tables["win_cells"], tables["open_items"]))


@of_everybody
def contingency(desk: Desk, rules: RuleSet, scenario: Scenario) -> Contingency | None:
    """What a scenario puts at stake and who stands in; None where nothing is open."""
    # Who leaves is missed for good; who is away, from the first day on.
    when = (scenario.kind == "leaves", scenario.starts_on)
    found = desk.ask(footing, rules, *when)
    if found is None:
        return None
    problem, rows = found.problem, concerned(scenario, found.items)
    suits = _suits(desk, rules, found, desk.ask(space, rules, *when), rows, scenario.rep)
    impact = assess(scenario, problem, found.items, suits, desk.scope.as_of)
    people = by_person(impact)
    could, others = pd.DataFrame(), pd.DataFrame()
    if impact.hands_over and len(rows):
        takes = people.set_index("rep")["items"].to_dict()
        could = backups(problem, rows, suits, scenario.rep, takes)
        first = could["rep"].iloc[0] if len(could) else ""
        others = besides(scenario, workings(desk)["open_work"], impact.items, first)
        never = {(line.rep, line.subject) for line in rules.of("no_go")}
        barred = [pair in never for pair in zip(others["to_rep"], others["account"], strict=True)]
        others["to_rep"] = others["to_rep"].mask(np.array(barred, bool), "")
    return Contingency(impact, people, could, others, found.differ)


def _suits(
    desk: Desk, rules: RuleSet, found: Footing, room: pd.DataFrame, rows: np.ndarray, of: str
) -> Suits:
    reps, items = pd.Index(found.problem.reps), found.items.iloc[rows]
    left = room.reindex(reps)
    alike = desk.ask(likeness).reindex(index=[of], columns=reps).fillna(0).to_numpy(float)[0]
    history = desk.ask(account_history)
    past = history.set_index(["account_id", "rep"])["closed"].astype(float)
    now = found.items.groupby(["account_id", "rep"]).size()
    dealt = past.add(now, fill_value=0).unstack("rep").reindex(columns=reps).fillna(0)
    backup = np.full(len(rows), UNCOVERED, np.intp)
    for line in rules.of("backup"):
        backup[names_account(items, [line.subject])] = reps.get_indexer([line.rep])[0]
    return Suits(
        alike=alike,
        dealt=dealt.reindex(items["account_id"]).fillna(0).to_numpy(int),
        backup=backup,
        effort=found.effort.to_numpy(float)[rows],
        hours=left["hours"].to_numpy(float),
        places=left["places"].to_numpy(float),
    )


@of_everybody
def single_experts(desk: Desk) -> pd.DataFrame:
    """Segments in which of all active people only one has ever won."""
    tables = desk.ask(marts)
    reps = tables["rep_results"]
    active = reps.loc[reps["active"], "rep"].tolist()
    return books.single_experts(tables["win_cells"], tables["open_items"], active, books.MIX)


@of_everybody
def concentrations(desk: Desk, rules: RuleSet) -> tuple[Concentration, ...]:
    """How much hangs on the largest person and customer, of open work and of the past year."""
    found, history = desk.ask(footing, rules), desk.ask(account_history)
    sums = [(of, "won", history, "won_year") for of in ("rep", "account")]
    if found is not None:
        problem = found.problem
        chance = problem.claiming.mean(axis=0)[problem.owner, problem.segment]
        expected = found.items.assign(expected=chance * problem.value)
        sums += [(of, "open", expected, "expected") for of in ("rep", "account")]
    measures = (
        books.concentration(rows.groupby(of)[amount].sum(), of, by) for of, by, rows, amount in sums
    )
    return tuple(measure for measure in measures if measure is not None)


def key_accounts(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """The accounts that most hangs on, with their owner, standing backup and a proposal.

    Returns
    -------
    account_id, account, value (open, plus won within a year), owner (who holds most of it open,
    else won most), backup (of the rules, empty without), proposed (who sells most like the owner,
    empty where nobody else does), alike; the most valuable first.
    """
    tables, history = desk.ask(marts), desk.ask(account_history)
    reps = tables["rep_results"]
    active = reps.loc[reps["active"], "rep"]
    now = tables["open_items"].dropna(subset=["account_id"])
    value = now.groupby(["account_id", "rep"])["value"].sum().rename("open").to_frame()
    value = value.join(
        history.set_index(["account_id", "rep"])["won_year"].astype(float), how="outer"
    ).fillna(0.0)
    value = value.assign(value=value["open"] + value["won_year"]).reset_index()
    value = value[value["rep"].isin(active)]
    owners = value.sort_values(["open", "won_year", "rep"], ascending=[False, False, True])
    owners = owners.drop_duplicates("account_id").set_index("account_id")["rep"]
    names = pd.concat([now, history])[["account_id", "account"]].drop_duplicates("account_id")
    sums = value.groupby("account_id")["value"].sum().nlargest(KEY_ACCOUNTS)
    rows = sums.reset_index().merge(names, on="account_id")
    rows["owner"] = rows["account_id"].map(owners)
    rows["backup"] = ""
    for line in rules.of("backup"):
        rows.loc[names_account(rows, [line.subject]), "backup"] = line.rep
    alike = desk.ask(likeness)
    proposed = [_most_alike(row, alike, reps, rules) for row in rows.to_dict("records")]
    rows["proposed"], rows["alike"] = zip(*proposed, strict=True) if proposed else ([], [])
    mine = set(of_team(desk, reps)["rep"])
    return rows[rows["owner"].isin(mine)].reset_index(drop=True)


def _most_alike(
    row: dict[str, Any], alike: pd.DataFrame, reps: pd.DataFrame, rules: RuleSet
) -> tuple[str, float]:
    """Who could be the backup of an account: alike, there, in the team, and not barred from it."""
    team = reps.set_index("rep")["team"]
    if row["owner"] not in alike.index:
        return "", 0.0
    others = alike.loc[row["owner"]].drop(row["owner"])
    others = others[others.index.isin(reps.loc[reps["active"] & reps["listed"], "rep"])]
    if not rules.across_teams:
        others = others[others.index.map(team) == team[row["owner"]]]
    never = {
        line.rep
        for line in rules.of("no_go")
        if line.subject in (row["account_id"], row["account"])
    }
    others = others.drop(list(never), errors="ignore").sort_index()
    return (others.idxmax(), float(others.max())) if len(others) else ("", 0.0)
