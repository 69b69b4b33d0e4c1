"""The reasons: why a move is proposed, and why a rep is not the new owner."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.allocation import (
    Balance,
    BarReason,
    Reason,
    Rules,
    recommend,
    what_would_change,
    why_not,
)
from tests.offices import office

TRIALS = np.array([[40], [30], [20]])
ITEMS = """
    item  | owner | value | switching
    large | ben   | 1000  | 50
    small | ben   | 100   | 0
    anns  | ann   | 200   | 0
"""
LARGE_NOT_TO_CID = [("large", "cid", BarReason.NO_GO)]


def reasons(plan, item: str) -> dict[str, dict]:
    [move] = [move for move in plan.moves if move.item == item]
    return {reason.code: dict(reason.facts) for reason in move.reasons}


def test_a_move_says_who_wins_more_that_there_is_room_and_what_the_hand_over_costs():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 0}, [0.5, 0.2, 0.1])

    plan = recommend(problem, Rules(), TRIALS)

    wins_more = {"to": "ann", "from": "ben", "segment": 0, "n_to": 40, "n_from": 30}
    rates = {"p_to": pytest.approx(0.5), "p_from": pytest.approx(0.2)}
    assert reasons(plan, "large") == {
        "wins_more": wins_more | rates,
        "has_room": {"to": "ann", "load": 1, "capacity": 3},
        "hand_over_cost": {"cost": 50},
    }
    assert "hand_over_cost" not in reasons(plan, "small")


def test_a_move_to_a_full_rep_names_what_the_plan_takes_off_him():
    stays = "\n        stays | ann   | 500   | 0"
    barred = [*LARGE_NOT_TO_CID, ("stays", "cid", BarReason.LOCKED)]
    problem = office(
        ITEMS.rstrip() + stays, {"ann": 2, "ben": 2, "cid": 1}, [0.5, 0.2, 0.6], barred
    )

    plan = recommend(problem, Rules(max_moves=2), TRIALS)

    assert reasons(plan, "large")["room_made"] == {
        "to": "ann",
        "load": 2,
        "capacity": 2,
        "items": ("anns",),
    }
    assert "has_room" in reasons(plan, "anns")


def test_a_barred_rep_is_told_the_rule():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.6], LARGE_NOT_TO_CID)
    plan = recommend(problem, Rules(), TRIALS)

    assert why_not(problem, plan, "large", "cid") == Reason("no_go", {"rep": "cid"})


def test_a_declined_rep_is_told_so_after_the_next_solve():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.4])
    problem = problem.without([("large", "ann")])
    plan = recommend(problem, Rules(), TRIALS)

    assert why_not(problem, plan, "large", "ann") == Reason("declined", {"rep": "ann"})
    assert {move.item: move.to_rep for move in plan.moves} == {"large": "cid", "small": "ann"}


def test_a_rep_whose_gain_is_uncertain_is_told_its_probability():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [[0.5, 0.2, 0.4], [0.5, 0.2, 0.1]] * 5)
    # Of the five draws that choose, three say that cid wins more than ben.
    plan = recommend(problem, Rules(), TRIALS)

    assert why_not(problem, plan, "large", "cid") == Reason(
        "gain_uncertain", {"p_gain": 0.6, "needed": 0.8}
    )


def test_a_rep_who_gains_less_is_told_who_holds_the_item_for_more():
    # Told by the draws that chose; those that claim would put cid first.
    chooses, claims = [0.5, 0.2, 0.4], [0.3, 0.2, 0.4]
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [chooses] * 5 + [claims] * 5)
    plan = recommend(problem, Rules(), TRIALS)

    instead_of_ann = why_not(problem, plan, "large", "cid")
    instead_of_staying = why_not(problem, plan, "large", "ben")

    assert (instead_of_ann.code, instead_of_ann.facts["holder"]) == ("smaller_gain", "ann")
    assert instead_of_ann.facts["gain"] == pytest.approx(1000 * 0.2 - 50)
    assert instead_of_ann.facts["holder_gain"] == pytest.approx(1000 * 0.3 - 50)
    assert (instead_of_staying.code, instead_of_staying.facts["gain"]) == ("smaller_gain", 0)


def test_a_full_rep_is_told_his_load_after_the_plan():
    problem = office(ITEMS, {"ann": 2, "ben": 2, "cid": 0}, [0.5, 0.2, 0.4])
    plan = recommend(problem, Rules(), TRIALS)

    assert why_not(problem, plan, "small", "ann") == Reason(
        "at_capacity", {"rep": "ann", "load": 2, "capacity": 2}
    )


def test_an_item_beyond_the_budget_is_told_the_budget():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 0}, [0.5, 0.2, 0.4])
    plan = recommend(problem, Rules(max_moves=1), TRIALS)

    assert why_not(problem, plan, "small", "ann") == Reason("move_budget", {"max_moves": 1})


def test_nothing_but_the_gap_is_left_to_tell_of_a_plan_that_stopped_short():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.4])
    plan = recommend(problem, Rules(), TRIALS)
    one_left_out = replace(plan, moves=plan.moves[:1], gap_uplift=0.1)
    to_the_second_best = replace(
        plan,
        moves=(replace(plan.moves[0], to_rep="cid"),),
        rules=Rules(max_moves=1),
        gap_uplift=0.1,
    )

    within_gap = Reason("within_gap", {"gap": 0.1})
    assert why_not(problem, one_left_out, "small", "ann") == within_gap
    assert why_not(problem, to_the_second_best, "large", "ann") == within_gap


def test_a_plan_held_back_answers_with_its_own_reasons():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.4])
    plan = recommend(problem, Rules(), TRIALS, why_not=("no_evidence",))

    assert why_not(problem, plan, "large", "ann") == Reason(
        "keep_owners", {"why": ("no_evidence",)}
    )


def test_the_holder_of_an_item_has_nothing_to_ask():
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.4])
    plan = recommend(problem, Rules(), TRIALS)

    for item, holder in {"large": "ann", "anns": "ann"}.items():
        with pytest.raises(ValueError, match="does hold"):
            why_not(problem, plan, item, holder)


def crowded(hours: float, **limits):
    """Ann wins more than ben, but has few hours; large takes ten of them, small one."""
    items = "item | owner | value | switching\n large | ben | 1000 | 0\n small | ben | 100 | 0"
    problem = office(items, {"ann": 9, "ben": 9}, [0.5, 0.2])
    weighed = replace(
        Balance.none(2, 2),
        effort=np.array([10.0, 1.0]),
        hours=np.array([hours, 100.0]),
        overload=50.0,
        **limits,
    )
    return replace(problem, balance=weighed)


def test_a_rep_who_would_be_overloaded_is_told_by_how_much_and_what_he_would_need():
    problem = crowded(1.0)
    plan = recommend(problem, Rules(), TRIALS)

    assert [move.item for move in plan.moves] == ["small"]
    assert why_not(problem, plan, "large", "ann") == Reason(
        "overloaded", {"rep": "ann", "hours": 11, "limit": 1, "over": 10}
    )
    # The gain of 300 pays for six hours too many, of ten and the one of the small item.
    needed = what_would_change(problem, plan, "large", "ann")
    assert needed == Reason("hours_needed", {"rep": "ann", "hours": pytest.approx(5), "limit": 1})


def test_an_item_that_would_leave_the_band_is_told_whose_and_by_how_much():
    opportunity = np.array([300.0, 30.0])
    problem = crowded(
        99.0, opportunity=opportunity, least=np.zeros(2), most=np.array([30.0, 999]), band=2.0
    )
    plan = recommend(problem, Rules(), TRIALS)

    assert why_not(problem, plan, "large", "ann") == Reason(
        "out_of_band", {"rep": "ann", "outside": pytest.approx(300)}
    )


def test_an_item_that_its_holder_needs_for_his_target_says_so():
    # In ben's hands each unit counts double, as long as he is behind.
    problem = crowded(99.0, behind=np.array([0.0, 500.0]), goal=1.0)
    problem = replace(problem, draws=problem.draws * np.array([0.7, 1.0])[None, :, None])
    plan = recommend(problem, Rules(), TRIALS)

    assert plan.moves == ()
    assert why_not(problem, replace(plan, status="plan", why=()), "large", "ann") == Reason(
        "holder_behind", {"holder": "ben"}
    )


@pytest.mark.parametrize(("factor", "moves"), [(0.99, 0), (1.01, 1)])
def test_from_exactly_the_value_that_is_told_a_move_pays(factor, moves):
    def one(value: float):
        return office(
            f"item | owner | value | switching\n o | ben | {value} | 60\n p | ben | 900 | 0",
            {"ann": 9, "ben": 9},
            [[0.5, 0.2], [0.3, 0.2]] * 5,
        )

    plan = recommend(one(100), Rules(), TRIALS)
    told = what_would_change(one(100), plan, "o", "ann")

    # Two draws in five say .1 only: sure enough is the move from 600 on.
    assert (told.code, told.facts["value"]) == ("value_needed", pytest.approx(600))
    richer = one(factor * told.facts["value"])
    assert sum(move.item == "o" for move in recommend(richer, Rules(), TRIALS).moves) == moves


def test_what_would_change_the_answer_turns_each_reason_round():
    problem = office(ITEMS, {"ann": 2, "ben": 2, "cid": 3}, [0.5, 0.2, 0.1], LARGE_NOT_TO_CID)
    plan = recommend(problem, Rules(), TRIALS)
    one = recommend(problem, Rules(max_moves=1), TRIALS)
    held = recommend(problem, Rules(), TRIALS, why_not=("no_evidence",))

    assert what_would_change(problem, plan, "large", "cid") == Reason(
        "rule_lifted", {"rule": "no_go", "rep": "cid"}
    )
    assert what_would_change(problem, plan, "small", "cid") == Reason("no_value", {"rep": "cid"})
    assert what_would_change(problem, plan, "small", "ann").facts["capacity"] == 3
    assert what_would_change(problem, held, "small", "ann") == Reason(
        "evidence", {"why": ("no_evidence",)}
    )
    roomy = replace(problem, capacity=np.full(3, 9.0))
    assert what_would_change(roomy, one, "small", "ann") == Reason(
        "budget_needed", {"max_moves": 1, "needed": 2}
    )
