"""Cases worked by hand: which hand-overs are considered, and what room does to them."""

from dataclasses import replace

import highspy
import numpy as np
import pytest

from analytics.allocation import BarReason, Rules
from analytics.allocation import mip as solver
from analytics.allocation.options import candidates
from analytics.allocation.solve import solve
from tests.offices import EXACT, assert_within_rules, office, random_office


def test_relieving_a_full_rep_for_a_better_use_beats_the_greatest_single_gains():
    # Taken one at a time, decent and usual (50 each, to cid) would spend the budget of two moves.
    problem = office(
        """
        item   | owner | value | switching
        prize  | ben   | 1000  | 0
        chaff  | ann   | 10    | 0
        decent | ben   | 100   | 0
        usual  | ben   | 100   | 0
        """,
        capacity={"ann": 1, "ben": 3, "cid": 9},
        win=[0.6, 0.2, 0.7],
        barred=[("prize", "cid", BarReason.OTHER_TEAM)],
    )
    solution = solve(problem, replace(EXACT, max_moves=2), problem.draws)

    assert list(solution.assignment) == [0, 2, 1, 1]
    assert solution.value == pytest.approx(1000 * (0.6 - 0.2) + 10 * (0.7 - 0.6))


def test_two_full_reps_can_swap():
    problem = office(
        """
        item  | owner | value | switching
        large | ben   | 1000  | 1
        small | ann   | 100   | 1
        """,
        capacity={"ann": 1, "ben": 1},
        win=[[0.6, 0.3], [0.4, 0.5]] * 5,
    )
    rules = replace(EXACT, p_gain_min=0.5)

    assert solve(problem, rules, problem.draws).value == pytest.approx(
        1000 * 0.1 - 1 - 100 * 0.1 - 1
    )


def test_a_rep_above_capacity_keeps_what_he_has_and_receives_only_in_exchange():
    items = """
        item  | owner | value | switching
        one   | ann   | 10    | 0
        two   | ann   | 10    | 0
        prize | ben   | 1000  | 0
    """
    capacity = {"ann": 1, "ben": 1, "cid": 1}
    win = [0.6, 0.2, 0.7]
    no_prize_for_cid = ("prize", "cid", BarReason.NO_GO)

    alone = office(items, capacity, win, [no_prize_for_cid, *_locked("one"), *_locked("two")])
    exchange = office(items, capacity, win, [no_prize_for_cid, *_locked("one")])

    assert (solve(alone, EXACT, alone.draws).assignment == alone.owner).all()
    assert list(solve(exchange, EXACT, exchange.draws).assignment) == [0, 2, 0]


def _locked(item: str) -> list[tuple[str, str, BarReason]]:
    return [(item, rep, BarReason.LOCKED) for rep in ("ann", "ben", "cid")]


def test_an_item_that_a_lock_holds_still_counts_as_load():
    problem = office(
        """
        item  | owner | value | switching
        held  | ann   | 10    | 0
        prize | ben   | 1000  | 0
        """,
        capacity={"ann": 1, "ben": 1},
        win=[0.6, 0.2],
        barred=[("held", "ann", BarReason.LOCKED), ("held", "ben", BarReason.LOCKED)],
    )

    assert (solve(problem, EXACT, problem.draws).assignment == problem.owner).all()


def test_a_lead_counts_by_joint_draws_even_where_the_rates_overlap():
    shared = np.linspace(0.1, 0.8, 10)
    together = office(
        "item | owner | value | switching\n o | ben | 100 | 5",
        capacity={"ann": 1, "ben": 1},
        win=np.column_stack([shared + 0.1, shared]),
    )
    apart = replace(
        together, draws=np.stack([together.draws[:, 0], together.draws[::-1, 1]], axis=1)
    )

    assert candidates(together, EXACT, together.draws).gain == pytest.approx([100 * 0.1 - 5])
    assert len(candidates(apart, EXACT, apart.draws)) == 0


@pytest.mark.parametrize(
    ("p_gain_min", "n_draws", "gaining", "allowed"),
    [(0.8, 10, 8, True), (0.8, 10, 7, False), (0.07, 100, 7, True), (0.07, 100, 6, False)],
)
def test_a_move_is_a_candidate_from_exactly_the_asked_probability(
    p_gain_min, n_draws, gaining, allowed
):
    gains, breaks_even = [0.5, 0.2], [0.25, 0.2]
    problem = office(
        "item | owner | value | switching\n o | ben | 100 | 5",
        capacity={"ann": 1, "ben": 1},
        win=[gains] * gaining + [breaks_even] * (n_draws - gaining),
    )
    rules = replace(EXACT, p_gain_min=p_gain_min)

    assert len(candidates(problem, rules, problem.draws)) == allowed


def test_an_item_without_value_is_not_worth_its_hand_over():
    problem = office(
        "item | owner | value | switching\n o | ben | 0 | 0",
        capacity={"ann": 1, "ben": 1},
        win=[0.9, 0.1],
    )

    assert len(candidates(problem, EXACT, problem.draws)) == 0


def test_a_search_cut_short_still_answers_within_the_rules_and_bound():
    problem = random_office(0, n_items=400, n_reps=30)
    rules = Rules(time_limit=1e-6)

    solution = solve(problem, rules, problem.draws)

    assert solution.status == "time"
    assert_within_rules(problem, rules, solution.assignment)
    assert solution.bound >= solve(problem, EXACT, problem.draws).value


def test_the_bound_of_a_search_cut_short_is_the_best_there_is_where_nobody_is_full():
    problem = replace(random_office(0, n_items=400, n_reps=4), capacity=np.full(4, 400.0))

    cut_short = solve(problem, Rules(time_limit=1e-6), problem.draws)

    optimum = solve(problem, EXACT, problem.draws)
    assert cut_short.bound == pytest.approx(optimum.value)


def test_the_solver_prints_nothing(capfd):
    problem = random_office(0)
    assert solve(problem, EXACT, problem.draws).value > 0

    assert capfd.readouterr() == ("", "")


def test_an_option_that_the_solver_refuses_is_an_error(monkeypatch):
    class Refusing(solver._Highs):
        def setOptionValue(self, name, setting):
            return highspy.HighsStatus.kError

    monkeypatch.setattr(solver, "_Highs", Refusing)
    problem = random_office(0)

    with pytest.raises(RuntimeError, match="refused"):
        solve(problem, EXACT, problem.draws)
