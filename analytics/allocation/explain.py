"""Why a rep is not the new owner of an item, and what would have to change for that."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from analytics.allocation.balance import Codes, Floats
from analytics.allocation.move import Reason, paying_draws
from analytics.allocation.options import unit_draws
from analytics.allocation.parts import parts
from analytics.allocation.plan import Plan
from analytics.allocation.problem import BarReason, Problem


@dataclass(frozen=True, eq=False)
class Question:
    """An item, the rep who is asked about, and what the plan does with the item.

    ``change`` is what it adds, part by part, to give the item's unit to him instead, everything
    else as planned, on the draws that chose (money).
    """

    problem: Problem
    plan: Plan
    row: int
    rep: int
    assignment: Codes
    change: dict[str, float]

    @property
    def rows(self) -> Codes:
        """The items that would move."""
        return self.problem.members[self.problem.unit[self.row]]

    @property
    def holder(self) -> int:
        return int(self.assignment[self.row])

    @property
    def owns(self) -> bool:
        return self.problem.owner[self.row] == self.rep

    @property
    def money(self) -> float:
        return self.change["skill_fit"] + self.change["hand_over"]

    @property
    def total(self) -> float:
        return sum(self.change.values())

    @property
    def facts(self) -> dict[str, object]:
        return {"rep": self.problem.reps[self.rep]}

    def paying(self) -> Floats:
        """What the unit pays with the rep, in each draw that chooses, as the rules count it."""
        relieves = self.plan.rules.for_relief
        return paying_draws(self.problem, self.row, self.rep, relieves=relieves)

    def instead(self) -> Codes:
        """The plan's assignment with the item's unit given to the rep."""
        return _given(self.assignment, self.rows, self.rep)


def why_not(problem: Problem, plan: Plan, item: object, rep: str) -> Reason:
    """Why the plan does not give an item to a rep.

    Items of one unit are asked about together.

    Returns
    -------
    The first of these that holds: the ``BarReason`` that rules him out; ``gain_uncertain``;
    ``keep_owners`` (the plan as a whole is held back); and where the plan with the item given
    to him is worth no more: ``smaller_gain`` than what it does with the item, ``overloaded``
    (by so many hours), ``out_of_band`` (someone, by so much), ``holder_behind`` (who has it
    needs it for his target); ``at_capacity`` after the plan; ``move_budget`` spent on moves
    worth more; ``within_gap`` (it might be a little better: the solver stopped close enough).

    Raises
    ------
    ValueError
        After the plan the rep does hold the item.
    """
    return _why(_question(problem, plan, item, rep))


def what_would_change(problem: Problem, plan: Plan, item: object, rep: str) -> Reason:
    """What it would take for the item to go to a rep: the answer to ``why_not``, turned round.

    Returns
    -------
    ``rule_lifted`` (which rule); ``evidence`` (the owners are kept, why); ``value_needed`` (from
    which value of the item on, costs and loads as they are) or ``no_value`` (none would do);
    ``hours_needed`` or ``capacity_needed`` (how much the rep would have to have);
    ``budget_needed`` (how many moves); ``solve_longer`` (nothing but the solver's gap).
    """
    question = _question(problem, plan, item, rep)
    reason = _why(question)
    if reason.code in {bar.code for bar in BarReason}:
        return Reason("rule_lifted", {"rule": reason.code, **question.facts})
    if reason.code == "keep_owners":
        return Reason("evidence", reason.facts)
    if reason.code == "overloaded":
        return _hours_needed(question)
    if reason.code == "at_capacity":
        after = int((question.instead() == question.rep).sum())
        return Reason("capacity_needed", {**reason.facts, "capacity": after})
    if reason.code == "move_budget":
        moves = len(plan.moves) + len(question.rows)
        return Reason("budget_needed", {**reason.facts, "needed": moves})
    if reason.code == "within_gap":
        return Reason("solve_longer", reason.facts)
    return _value_needed(question)


def _question(problem: Problem, plan: Plan, item: object, rep: str) -> Question:
    problem = problem.without(plan.declined)
    row, code = problem.row[item], problem.reps.index(rep)
    assignment = plan.assignment(problem)
    if assignment[row] == code:
        raise ValueError(f"{rep} does hold {item}")
    win = problem.choosing.mean(axis=0)
    rows = problem.members[problem.unit[row]]
    planned, instead = (
        parts(problem, given, win).sum() for given in (assignment, _given(assignment, rows, code))
    )
    return Question(problem, plan, row, code, assignment, (instead - planned).to_dict())


def _given(assignment: Codes, rows: Codes, rep: int) -> Codes:
    given = assignment.copy()
    given[rows] = rep
    return given


def _why(question: Question) -> Reason:
    problem, plan, rep = question.problem, question.plan, question.rep
    if not question.owns:
        if bar := problem.barred[question.rows, rep].max():
            return Reason(BarReason(bar).code, question.facts)
        probability = float((question.paying() > 0).mean())
        if probability < plan.rules.p_gain_min:
            return Reason(
                "gain_uncertain", {"p_gain": probability, "needed": plan.rules.p_gain_min}
            )
    if plan.status == "keep_owners":
        return Reason("keep_owners", {"why": plan.why})
    if question.total <= 0:
        return _worth_less(question)
    load = int((question.assignment == rep).sum())
    if load + len(question.rows) > problem.limit[rep]:
        capacity = problem.capacity[rep].item()
        return Reason("at_capacity", {**question.facts, "load": load, "capacity": capacity})
    stays = question.holder == problem.owner[question.row]
    if stays and len(plan.moves) + len(question.rows) > plan.rules.max_moves:
        return Reason("move_budget", {"max_moves": plan.rules.max_moves})
    return Reason("within_gap", {"gap": plan.gap_uplift})


def _worth_less(question: Question) -> Reason:
    """Which part makes the plan worth less with the item given to the rep."""
    problem, balance, change = question.problem, question.problem.weighed, question.change
    holder = {"holder": problem.reps[question.holder]}
    if question.money <= 0:
        gain, planned = (_gain(question, who) for who in (question.rep, question.holder))
        return Reason("smaller_gain", {"gain": gain, **holder, "holder_gain": planned})
    worst = min(("workload", "opportunity", "goal"), key=lambda part: change[part])
    if worst == "workload":
        hours = balance.effort[question.instead() == question.rep].sum()
        limit = balance.hours[question.rep]
        facts = {"hours": float(hours), "limit": float(limit), "over": float(hours - limit)}
        return Reason("overloaded", {**question.facts, **facts})
    if worst == "opportunity":
        before, after = (
            balance.outside(np.bincount(who, balance.opportunity, len(problem.reps)).astype(float))
            for who in (question.assignment, question.instead())
        )
        who = int(np.argmax(after - before))
        return Reason("out_of_band", {"rep": problem.reps[who], "outside": float(after[who])})
    return Reason("holder_behind", holder)


def _gain(question: Question, rep: int) -> float:
    """Expected gain of the unit on the draws that chose; staying with its owner gains nothing."""
    problem = question.problem
    if rep == problem.owner[question.row]:
        return 0.0
    unit = problem.unit[question.row]
    return float(unit_draws(problem, unit, np.array([rep]), problem.choosing).mean())


def _hours_needed(question: Question) -> Reason:
    """From how many hours on the rep could take the item: as far over as it still pays."""
    balance, rep = question.problem.weighed, question.rep
    has = balance.hours[rep]
    before, after = (
        balance.effort[who == rep].sum() for who in (question.assignment, question.instead())
    )
    overload = balance.overload * (max(after - has, 0.0) - max(before - has, 0.0))
    without = question.total + overload
    if without <= 0:
        return _value_needed(question)
    needed = after - without / balance.overload
    return Reason("hours_needed", {**question.facts, "hours": float(needed), "limit": float(has)})


def _value_needed(question: Question) -> Reason:
    """From which value on the item would be worth giving to the rep, all else as it is."""
    problem = question.problem
    value = problem.value[question.rows].sum()
    needed = []
    if question.total <= 0:
        needed.append((question.change["skill_fit"], -question.total))
    if not question.owns:
        # The draw at which exactly as many pay as the rules ask for.
        pays = np.sort(question.paying())
        count = max(1, ceil(round(question.plan.rules.p_gain_min * len(pays), 6)))
        short = -float(pays[len(pays) - count])
        switching = problem.switching[question.rows].sum()
        fixed = _fixed_relief(question)
        if short >= 0:
            needed.append((switching - fixed - short, short))
    if any(lift <= 0 for lift, _ in needed):
        return Reason("no_value", question.facts)
    # Value times lift: what is short grows with the value as the lift does.
    least = max((value * (1 + short / lift) for lift, short in needed), default=value)
    return Reason("value_needed", {**question.facts, "value": float(least), "now": float(value)})


def _fixed_relief(question: Question) -> float:
    """The most the hand-over relieves by itself, whatever the item is worth (money)."""
    problem, unit = question.problem, question.problem.unit[question.row]
    one = np.array([question.rep])
    gains = unit_draws(problem, unit, one, problem.choosing)[:, 0]
    return float(question.paying()[0] - gains[0])
