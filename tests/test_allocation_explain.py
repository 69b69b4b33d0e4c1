"""The reasons: why a move is proposed, and why a rep is not the new owner."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.allocation import BarReason, Reason, Rules, recommend, why_not
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
