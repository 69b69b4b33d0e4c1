"""What counts besides money: hours, equal opportunity, targets; and items that move together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.allocation import Balance, Plan, Problem, Relief, Rules, large, mip, recommend
from analytics.allocation import solve as solver
from analytics.allocation.move import paying_draws
from analytics.allocation.options import candidates
from analytics.allocation.parts import parts
from analytics.allocation.program import program_of
from analytics.allocation.solve import solve
from tests.balanced import balanced_office, balanced_offices, best_by_enumeration, worth
from tests.offices import EXACT, assert_within_rules, office

law = settings(max_examples=20, deadline=None)
TRIALS = np.ones((4, 2), int)
ITEMS = """
    item  | owner | value | switching
    large | ben   | 1000  | 10
    small | ben   | 100   | 1
"""


def balanced(items=ITEMS, win=(0.2, 0.2), **limits):
    """Ann and ben, who are alike unless said otherwise; nothing counts that is not named."""
    problem = office(items, {"ann": 9, "ben": 9}, list(win))
    nothing = Balance.none(len(problem.items), 2)
    return replace(problem, balance=replace(nothing, **limits))


def relieving(problem: Problem) -> Plan:
    return recommend(problem, Rules(for_relief=True), np.ones((2, 1), int))


def relief_of(plan: Plan) -> Relief:
    assert plan.relief is not None
    return plan.relief


def money_of(plan: Plan) -> float:
    assert plan.uplift is not None
    return plan.uplift.mean


def test_a_rep_who_is_over_his_hours_is_relieved_though_nobody_wins_more():
    hours = {"effort": np.array([3.0, 5.0]), "hours": np.array([4.0, 5.0]), "overload": 20.0}

    plan = relieving(balanced(**hours))

    [move] = plan.moves
    assert plan.status == "relief"
    assert (move.item, move.to_rep, move.gain) == ("large", "ann", -10)
    assert move.parts["workload"] == pytest.approx(3 * 20)
    assert (money_of(plan), plan.total) == pytest.approx((-10, 50))
    assert (relief_of(plan).hours_before, relief_of(plan).hours_after) == (3, 0)
    assert plan.loads is not None
    assert plan.loads["hours_after"].tolist() == [3, 5]
    assert [reason.code for reason in move.reasons][:1] == ["less_overload"]


def test_what_is_relieved_does_not_make_up_for_money_lost():
    hours = {"effort": np.array([3.0, 5.0]), "hours": np.array([4.0, 5.0]), "overload": 20.0}

    plan = recommend(balanced(**hours), Rules(), np.ones((2, 1), int))

    assert (plan.status, plan.why, plan.moves) == ("keep_owners", ("no_candidate",), ())


def test_of_reps_who_are_alike_only_moves_that_relieve_are_looked_at():
    hours = {"effort": np.array([3.0, 5.0]), "hours": np.array([4.0, 9.0]), "overload": 20.0}

    assert len(candidates(balanced(**hours), EXACT, balanced(**hours).draws)) == 0


def test_opportunity_outside_the_band_is_evened_out():
    band = {
        "opportunity": np.array([200.0, 20.0]),
        "least": np.zeros(2),
        "most": np.full(2, 50.0),
        "band": 0.5,
    }
    found = relieving(balanced(**band, win=(0.2, 0.2)))

    # The large one would only be too much for somebody else.
    assert [move.item for move in found.moves] == ["small"]
    assert found.moves[0].parts["opportunity"] == pytest.approx(0.5 * 20)
    relief = relief_of(found)
    assert (relief.outside_before, relief.outside_after) == pytest.approx((170, 150))


def test_expected_value_counts_more_with_who_is_behind_and_up_to_the_gap():
    found = relieving(balanced(behind=np.array([60.0, 0.0]), goal=0.5))

    assert [move.item for move in found.moves] == ["large"]
    # 1000 * 0.2 are brought, of which 60 count for half.
    assert found.moves[0].parts["goal"] == pytest.approx(0.5 * 60)


def test_items_of_one_unit_move_together_or_stay():
    both = office(
        """
        item  | owner | value | switching | unit
        large | ben   | 1000  | 10        | acme
        small | ben   | 100   | 1         | acme
        """,
        {"ann": 9, "ben": 9},
        [0.5, 0.2],
    )
    trials = np.ones((2, 1), int)

    together = recommend(both, Rules(), trials)

    assert {move.bundle for move in together.moves} == {1}
    assert len(together.moves) == 2
    assert recommend(both, Rules(max_moves=1), trials).moves == ()
    assert recommend(replace(both, capacity=np.array([1.0, 9.0])), Rules(), trials).moves == ()


def test_a_unit_of_two_owners_is_refused():
    problem = balanced_office(0, units=False)

    with pytest.raises(ValueError, match="one owner"):
        replace(problem, items=problem.items.assign(unit="all"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"goal": 1.5}, "at most 1"),
        ({"overload": -1.0}, "overload"),
        ({"hours": np.full(4, np.inf)}, "hours"),
        ({"most": np.zeros(4)}, "least"),
    ],
)
def test_a_balance_that_makes_no_sense_is_refused(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        replace(balanced_office(0).weighed, **change)


def test_a_balance_of_another_office_is_refused():
    with pytest.raises(ValueError, match="balance does not fit"):
        replace(balanced_office(0), balance=balanced_office(0, n_items=11).balance)


@pytest.mark.parametrize("columns", [solver.COLUMNS, 0], ids=["exact", "large"])
def test_no_choice_beats_the_bound_and_the_exact_way_reaches_the_best(columns, monkeypatch):
    monkeypatch.setattr(solver, "COLUMNS", columns)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        problem = balanced_office(seed, n_items=int(rng.integers(2, 7)), n_reps=3)
        rules = replace(EXACT, max_moves=int(rng.integers(1, 5)), p_gain_min=0.5)

        solution = solve(problem, rules, problem.draws)

        best = best_by_enumeration(problem, rules)
        assert_within_rules(problem, rules, solution.assignment)
        win = problem.draws.mean(axis=0)
        assert solution.value == pytest.approx(worth(problem, solution.assignment, win), abs=1e-6)
        assert solution.value <= best + 1e-6 <= solution.bound * (1 + 1e-6) + 2e-3
        if columns:
            assert solution.value == pytest.approx(best, abs=2e-3)


def test_the_large_way_comes_within_the_gap_it_states(monkeypatch):
    short = []
    for seed in range(5):
        problem = balanced_office(seed, n_items=60, n_reps=8)
        rules = Rules(max_moves=12, p_gain_min=0.5, gap=0.005)
        exact = solve(problem, replace(rules, gap=1e-4), problem.draws)
        with monkeypatch.context() as patch:
            patch.setattr(solver, "COLUMNS", 0)
            rough = solve(problem, rules, problem.draws)
        assert_within_rules(problem, rules, rough.assignment)
        assert rough.value * (1 - 1e-6) <= exact.bound
        assert exact.value * (1 - 1e-6) <= rough.bound
        assert exact.value - rough.value <= rough.gap_uplift * rough.bound + 1e-6 * exact.value
        short.append(rough.gap_uplift)
    assert np.median(short) < 0.1


@law
@given(balanced_offices, st.integers(1, 8))
def test_parts_sum_to_what_the_whole_plan_changes(problem, max_moves):
    rules = Rules(max_moves=max_moves, p_gain_min=0.5, gate_quantile=0.999)

    plan = recommend(problem, rules, TRIALS)

    win = problem.claiming.mean(axis=0)
    if plan.moves:
        changed = worth(problem, plan.assignment(problem), win)
        assert plan.total == pytest.approx(changed, rel=1e-6)
        assert sum(move.total for move in plan.moves) == pytest.approx(changed, rel=1e-6)
        assert sum(move.gain for move in plan.moves) == pytest.approx(money_of(plan))
        for move in plan.moves:
            row, rep = problem.row[move.item], problem.reps.index(move.to_rep)
            pays = paying_draws(problem, row, rep, relieves=False) > 0
            assert pays.mean() >= rules.p_gain_min


@law
@given(balanced_offices, st.integers(0, 2**32 - 1))
def test_parts_sum_for_any_assignment(problem, seed):
    win = problem.claiming.mean(axis=0)
    assignment = np.random.default_rng(seed).integers(0, 4, len(problem.items))

    whole = parts(problem, assignment, win).to_numpy().sum()

    assert whole == pytest.approx(worth(problem, assignment, win), rel=1e-6, abs=1e-6)


@law
@given(balanced_offices, st.integers(1, 6))
def test_more_moves_room_or_hours_are_never_worth_less(problem, max_moves):
    rules = replace(EXACT, max_moves=max_moves, p_gain_min=1e-9)
    # Relief makes candidates, so all moves are candidates here.
    problem = replace(problem, balance=replace(problem.balance, overload=50.0))

    value = solve(problem, rules, problem.draws).value

    more_moves = replace(rules, max_moves=max_moves + 1)
    roomier = replace(problem, capacity=problem.capacity + 1)
    assert solve(problem, more_moves, problem.draws).value >= value - 2e-3
    assert solve(roomier, rules, problem.draws).value >= value - 2e-3


@law
@given(balanced_offices, st.sampled_from([1e-6, 7.3, 1e5]), st.randoms(use_true_random=False))
def test_names_order_and_currency_change_nothing(problem, rate, random):
    rows, codes = list(range(len(problem.items))), list(range(len(problem.reps)))
    random.shuffle(rows)
    random.shuffle(codes)
    old = problem.balance
    items = problem.items.iloc[rows].copy()
    items[["value", "switching"]] *= rate
    other = replace(
        problem,
        items=items,
        reps=tuple(problem.reps[code] for code in codes),
        capacity=problem.capacity[codes],
        draws=problem.draws[:, codes],
        barred=problem.barred[np.ix_(rows, codes)],
        balance=replace(
            old,
            effort=old.effort[rows],
            hours=old.hours[codes],
            opportunity=rate * old.opportunity[rows],
            least=rate * old.least[codes],
            most=rate * old.most[codes],
            behind=rate * old.behind[codes],
            overload=rate * old.overload,
        ),
    )

    value = solve(problem, EXACT, problem.draws).value

    assert solve(other, EXACT, other.draws).value == pytest.approx(
        rate * value, rel=1e-5, abs=rate * 1e-3
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_the_prices_leave_open_is_solved_exactly(seed):
    problem = balanced_office(seed, n_items=30, n_reps=5)
    options = candidates(problem, replace(EXACT, p_gain_min=0.5), problem.draws)
    program = program_of(problem, options, problem.draws.mean(axis=0), 6)

    chosen, bound, _ = large.choose(program, gap=1e-4, seconds=20, exact=10_000)

    best = mip.best(program, gap=1e-4, seconds=20)
    assert program.allows(chosen)
    assert program.value(chosen) == pytest.approx(best.bound, rel=2e-4)
    assert program.value(chosen) <= bound * (1 + 1e-9) <= best.bound * (1 + 2e-4)
