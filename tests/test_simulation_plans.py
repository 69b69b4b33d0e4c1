"""Whole chain on companies with known truth: what a plan claims, what it is truly worth.

Each seed is a company of its own: other people, other differences, other chance.
"""

from dataclasses import replace

import numpy as np
import pytest

from analytics.abilities import evidence
from analytics.allocation import Problem, Rules, recommend
from analytics.desk import Desk
from analytics.plans import recommendation
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from analytics.study import Study
from analytics.workflow import open_items
from data.synthetic import Company, sample_company, true_win
from data.warehouse import Warehouse
from data.workspaces import load_sample

SEEDS = range(100, 106)

pytestmark = pytest.mark.simulation


def chain(seed: int, *, effects: bool) -> tuple[Company, Desk, Recommendation]:
    warehouse = Warehouse()
    load_sample(warehouse, seed=seed, effects=effects)
    company = sample_company(seed=seed, effects=effects)
    desk = Desk(warehouse, Scope(company.as_of, Period.containing(company.as_of)))
    return company, desk, desk.ask(recommendation, RuleSet())


def true_uplift(company: Company, problem: Problem, plan) -> float:
    """What the moves bring under the true win probabilities, hand-overs paid."""
    items = [move.item for move in plan.moves]
    truth = true_win(company, problem.reps, items) if items else np.zeros((0, len(problem.reps)))
    place = {rep: index for index, rep in enumerate(problem.reps)}
    return sum(
        move.value * (chances[place[move.to_rep]] - chances[place[move.from_rep]]) - move.switching
        for move, chances in zip(plan.moves, truth, strict=True)
    )


def raw_rate_plan(desk: Desk, problem: Problem, study: Study):
    """What a ranking by counted win rates would recommend, and claim."""
    counts = study.cells.groupby(["rep", study.by])[["wins", "trials"]].sum()
    overall = study.cells["wins"].sum() / study.cells["trials"].sum()
    raw = (counts["wins"] / counts["trials"]).unstack()
    levels = (
        desk.ask(open_items)
        .set_index("opportunity_id")
        .loc[problem.items["item"], study.by]
        .groupby(problem.items["segment"].to_numpy())
        .first()
    )
    rates = raw.reindex(index=problem.reps, columns=levels.to_list()).fillna(overall).to_numpy()
    certain = replace(problem, draws=np.stack([rates, rates]))
    return recommend(certain, Rules(), trials=np.zeros(rates.shape, int))


def test_claims_are_kept_and_those_of_raw_rates_are_not():
    claimed, upper, real, raw_claimed, raw_real, harmful, moves = 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0
    for seed in SEEDS:
        company, desk, found = chain(seed, effects=True)
        plan = found.plan
        assert found.problem is not None, f"seed {seed} shows no evidence: {plan.why}"
        if plan.cross_fitted and plan.uplift and plan.moves:
            claimed += plan.cross_fitted
            upper += plan.uplift.mean
            real += true_uplift(company, found.problem, plan)
            moves += len(plan.moves)
            harmful += sum(
                true_uplift(company, found.problem, replace(plan, moves=(move,))) < 0
                for move in plan.moves
            )
        raw = raw_rate_plan(desk, found.problem, desk.ask(evidence))
        raw_claimed += raw.uplift.mean
        raw_real += true_uplift(company, found.problem, raw)

    def honest(real: float, claimed: float) -> bool:
        """At least what was claimed, and the claim not so modest that it says nothing."""
        return 0.8 <= real / claimed <= 5

    figures = f"{claimed=:.0f} {upper=:.0f} {real=:.0f} {raw_claimed=:.0f} {raw_real=:.0f}"
    print(figures, f"{harmful=} {moves=}")
    assert moves >= 30, figures
    assert honest(real, claimed), figures
    assert 0.6 <= real / upper <= 1.3, figures
    assert harmful / moves <= 0.2, figures
    assert not honest(raw_real, raw_claimed), figures


def test_without_differences_hardly_any_company_gets_a_plan():
    with_plan = [seed for seed in SEEDS if chain(seed, effects=False)[2].plan.status == "plan"]

    assert len(with_plan) <= 1, with_plan
