"""The solver of the reallocation: its laws, and the optimum by enumeration."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.allocation import Problem, Rules, plan_value
from analytics.allocation.solve import solve
from tests.offices import EXACT, assert_within_rules, offices, random_office, rules

law = settings(max_examples=25, deadline=None)


def best_by_enumeration(problem: Problem, rules: Rules) -> float:
    """The greatest uplift over every assignment there is, by the words of the rules alone."""
    mean, reps = problem.draws.mean(axis=0), range(len(problem.reps))
    choices = []
    for row, owner in enumerate(problem.owner):
        segment, value = problem.segment[row], problem.value[row]
        gains = [(0.0, owner)]
        for rep in reps:
            lift = problem.draws[:, rep, segment] - problem.draws[:, owner, segment]
            sure = (value * lift - problem.switching[row] > 0).mean() >= rules.p_gain_min
            if rep != owner and sure and problem.barred[row, rep] == 0:
                gain = value * (mean[rep, segment] - mean[owner, segment])
                gains.append((gain - problem.switching[row], rep))
        choices.append(gains)
    best = 0.0
    for plan in product(*choices):
        holders = [rep for _, rep in plan]
        moves = sum(rep != owner for rep, owner in zip(holders, problem.owner, strict=True))
        fits = all(
            holders.count(rep) <= max(problem.capacity[rep], list(problem.owner).count(rep))
            for rep in reps
        )
        if moves <= rules.max_moves and fits:
            best = max(best, sum(gain for gain, _ in plan))
    return best


@pytest.mark.parametrize("block", range(10))
def test_no_assignment_beats_the_solution(block):
    for seed in range(20 * block, 20 * block + 20):
        rng = np.random.default_rng(seed)
        problem = random_office(seed, n_items=int(rng.integers(1, 7)), n_reps=3)
        rules = replace(EXACT, max_moves=int(rng.integers(1, 5)), p_gain_min=rng.choice([0.1, 0.8]))

        solution = solve(problem, rules, problem.draws)

        assert solution.value == pytest.approx(best_by_enumeration(problem, rules), abs=1e-3)
        assert solution.status == "optimal"


@law
@given(offices, rules)
def test_a_solution_keeps_every_rule_and_never_claims_more_than_its_bound(problem, rules):
    solution = solve(problem, rules, problem.draws)

    assert_within_rules(problem, rules, solution.assignment)
    worth = plan_value(problem, solution.assignment, problem.draws.mean(axis=0))
    assert solution.value == pytest.approx(worth)
    assert 0 <= solution.value <= solution.bound
    assert solution.gap_uplift <= rules.gap + 1e-6


@law
@given(offices, rules)
def test_the_bound_of_a_rough_solution_holds_for_the_optimum(problem, rules):
    rough = solve(problem, rules, problem.draws)
    optimum = solve(problem, replace(rules, gap=0), problem.draws)

    assert rough.bound >= optimum.value * (1 - 1e-6)


@law
@given(offices, st.integers(1, 6))
def test_more_moves_or_more_room_are_never_worth_less(problem, max_moves):
    rules = replace(EXACT, max_moves=max_moves)
    roomier = replace(problem, capacity=problem.capacity + 1)

    value = solve(problem, rules, problem.draws).value

    more_moves = replace(rules, max_moves=max_moves + 1)
    assert solve(problem, more_moves, problem.draws).value >= value - 1e-3
    assert solve(roomier, rules, problem.draws).value >= value - 1e-3


@law
@given(offices, st.sampled_from([1e-8, 7.3, 1e6]))
def test_the_unit_of_money_changes_nothing_but_the_figures(problem, rate):
    items = problem.items.assign(value=problem.value * rate, switching=problem.switching * rate)

    value = solve(problem, EXACT, problem.draws).value
    converted = solve(replace(problem, items=items), EXACT, problem.draws).value

    assert converted == pytest.approx(rate * value, rel=1e-5)


@law
@given(offices, st.randoms(use_true_random=False))
def test_the_order_of_items_and_reps_does_not_matter(problem, random):
    rows, codes = list(range(len(problem.items))), list(range(len(problem.reps)))
    random.shuffle(rows)
    random.shuffle(codes)
    shuffled = Problem(
        problem.items.iloc[rows],
        tuple(problem.reps[code] for code in codes),
        problem.capacity[codes],
        problem.draws[:, codes],
        problem.barred[np.ix_(rows, codes)],
    )

    value = solve(problem, EXACT, problem.draws).value

    assert solve(shuffled, EXACT, shuffled.draws).value == pytest.approx(value, rel=1e-5)


@law
@given(offices, rules)
def test_the_same_input_gives_the_same_solution(problem, rules):
    first, second = (solve(problem, rules, problem.draws) for _ in range(2))

    assert (first.assignment == second.assignment).all()
    assert first.bound == second.bound


@law
@given(offices, rules, st.randoms(use_true_random=False))
def test_declining_moves_leaves_a_plan_within_the_rules_without_them(problem, rules, random):
    solution = solve(problem, rules, problem.draws)
    moved = np.flatnonzero(solution.assignment != problem.owner)
    declined = [row for row in moved if random.random() < 0.5]

    rest = problem.without(
        (problem.items["item"].iloc[row], problem.reps[solution.assignment[row]])
        for row in declined
    )
    again = solve(rest, rules, rest.draws)

    assert_within_rules(problem, rules, again.assignment)
    assert not (again.assignment[declined] == solution.assignment[declined]).any()
    assert again.value <= solution.bound * (1 + 1e-6)
