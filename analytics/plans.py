"""Questions about which open opportunities would be better off with somebody else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import reallocation, workload
from analytics.abilities import evidence
from analytics.aiming import attainment
from analytics.allocation import LimitPrices, frontier, limit_prices
from analytics.desk import Desk, of_everybody
from analytics.placebo import RUNS, Claim, Placebo, placebo, plan_claim, plan_placebo_claim
from analytics.posing import Book
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from analytics.selection import Readings, readings
from analytics.winrate.placebo import alike
from analytics.work import capacities, work_norms
from analytics.workflow import marts, open_items, workings

BUDGETS, BANDS = (0.25, 0.5, 1.0, 2.0), (1.0, 0.5, 2.0)
"""What of the budget of moves and of the width of the band is tried for ``trade_offs``."""


@of_everybody
def _people(desk: Desk, rules: RuleSet) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series | None]:
    """What each person has for open work, what each holds, and the hours of each opportunity.

    The hours are None where the CRM logs none.
    """
    work, known = workings(desk)["open_work"], desk.ask(work_norms)
    hours = workload.effort(work, known, rules)
    deals = work["kind"] == "opportunity"
    of_deals = hours[deals].set_axis(work.loc[deals, "item"]) if known.logged else None
    return desk.ask(capacities, rules), workload.load(work, hours), of_deals


def book(desk: Desk, rules: RuleSet) -> Book:
    """The open opportunities that may move, with what is known of them and of the people."""
    people, held, hours = desk.ask(_people, rules)
    reps = desk.at(team="").ask(attainment).query("unit_kind == 'rep'").set_index("unit")
    return Book(
        items=desk.ask(open_items),
        reps=desk.ask(marts)["rep_results"],
        people=people,
        held=held,
        effort=hours,
        short=reps["gap"],
        skills=workings(desk)["skill_levels"],
        past_owners=workings(desk)["past_owners"],
    )


@of_everybody
def book_on(desk: Desk, rules: RuleSet, lasting: bool = False, day: date | None = None) -> Book:
    """The book of everybody, with who is there on another day.

    Parameters
    ----------
    lasting
        Look beyond every absence: whoever is on leave is there again after it.
    day
        The day whose absences count; today where not given.
    """
    of, absences = desk.ask(book, rules), workings(desk)["absences"]
    day = day or desk.scope.as_of
    still = (absences["ends_on"] >= pd.Timestamp(day)) & (not lasting)
    people = workload.capacity(of.reps, absences[still], rules, day)
    there = people["available"].astype(bool) | ~people["active"].astype(bool)
    return replace(of, people=people, reps=of.reps.assign(away=~there))


def recommendation(desk: Desk, rules: RuleSet) -> Recommendation:
    """The moves worth making among the open opportunities, or why to keep the owners."""
    return reallocation.reallocation(
        desk.ask(book, rules), desk.ask(evidence), rules, desk.settings
    )


def plan_readings(desk: Desk, rules: RuleSet) -> Readings | None:
    """What the plan gains if only specialisation counts, and in full; None without a plan."""
    found = desk.ask(recommendation, rules)
    if found.problem is None or found.plan.status != "plan":
        return None
    return readings(found.problem, found.plan)


def trade_offs(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """What plans gain with other budgets of moves and other bands; see ``allocation.frontier``.

    The band in force is among the bands, the budget in force among the budgets. Takes seconds.
    """
    found = desk.ask(recommendation, rules)
    assert found.problem
    budgets = sorted({max(1, round(share * rules.max_moves)) for share in BUDGETS})
    bands = [width * rules.band for width in BANDS]
    return frontier(found.problem, found.plan.rules, budgets, bands)


def room_prices(desk: Desk, rules: RuleSet) -> LimitPrices | None:
    """What an hour of each person and one more move would be worth; None without a choice."""
    found = desk.ask(recommendation, rules)
    assert found.problem
    return limit_prices(found.problem, found.plan.rules)


def own_claim(desk: Desk, rules: RuleSet) -> Claim:
    """What the method says on the outcomes as they are, with its gates and without."""
    return plan_claim(desk.ask(book, rules), desk.ask(evidence), rules, desk.settings)


@of_everybody
def alike_deals(desk: Desk) -> NDArray[np.intp]:
    """Which closed opportunities are alike enough for their outcomes to be shuffled."""
    found = desk.ask(evidence)
    return alike(found.cells, found.segments)


def placebo_claim(desk: Desk, rules: RuleSet, number: int) -> Claim:
    """What the same method claims on one shuffle of the outcomes; takes a second or two."""
    return desk.aside(
        plan_placebo_claim,
        desk.ask(book, rules),
        desk.ask(evidence),
        rules,
        desk.settings,
        desk.ask(alike_deals),
        number,
    )


def plan_placebo(desk: Desk, rules: RuleSet, runs: int = RUNS) -> Placebo | None:
    """What the same method claims where chance has dealt the outcomes; None without a model."""
    study = desk.ask(evidence)
    if study.model is None:
        return None
    claims = [desk.ask(placebo_claim, rules, number) for number in range(runs)]
    return placebo(study, desk.ask(alike_deals), claims)
