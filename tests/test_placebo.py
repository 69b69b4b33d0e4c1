"""Claims on shuffled outcomes, beside those on the real ones."""

from dataclasses import astuple, replace

import numpy as np
import pandas as pd
import pytest

from analytics.placebo import Claim, placebo, plan_claim, plan_placebo_claim, shuffled_claim
from analytics.posing import Book
from analytics.reallocation import reallocation
from analytics.rules import RuleSet
from analytics.settings import SETTINGS
from analytics.study import Study
from analytics.winrate.placebo import alike
from tests.histories import history, studied

QUICK = replace(SETTINGS, bootstrap=199, draws=200)


@pytest.fixture(scope="module")
def specialists() -> Study:
    return studied(
        history(np.random.default_rng(1), reps=6, sd_rep_product=0.9, sd_segment=0.3), QUICK
    )


@pytest.fixture(scope="module")
def groups(specialists: Study) -> np.ndarray:
    return alike(specialists.cells, specialists.segments)


@pytest.fixture(scope="module")
def book(specialists: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ten open items a rep, of all products, and the reps."""
    n = 60
    items = pd.DataFrame(
        {
            "opportunity_id": [f"o{row}" for row in range(n)],
            "rep": [specialists.reps[row % 6] for row in range(n)],
            "product": [f"product {row // 6 % 4}" for row in range(n)],
            "sector": "sector 1",
            "value": 1000.0,
            "customer": False,
        }
    )
    reps = pd.DataFrame({"rep": specialists.reps, "team": "all", "active": True, "away": False})
    return items.assign(team="all"), reps.assign(open_count=10)


def test_a_claim_is_shown_behind_the_gates_of_the_plan_and_not_without(specialists, book):
    items, reps = book
    rules = RuleSet()
    plan = reallocation(Book(items, reps), specialists, rules, QUICK).plan
    assert plan.status == "plan"
    assert plan.uplift is not None

    certain = plan_claim(Book(items, reps), specialists, rules, QUICK)
    doubted = replace(specialists.signal, p_reps=0.02, p_segments=0.5)
    gated = plan_claim(Book(items, reps), replace(specialists, signal=doubted), rules, QUICK)

    assert certain.shown == pytest.approx(plan.cross_fitted)
    assert certain.ungated > 0.9 * plan.uplift.mean
    assert gated == Claim(0.0, certain.ungated)


def test_nothing_open_is_nothing_claimed(specialists, book):
    items, reps = book

    claim = plan_claim(Book(items.iloc[:0], reps), specialists, RuleSet(), QUICK)

    assert claim == Claim(0.0, 0.0)


def test_specialists_vanish_in_shuffled_outcomes_and_with_them_the_claim(specialists, groups, book):
    items, reps = book
    rules = RuleSet()
    real = plan_claim(Book(items, reps), specialists, rules, QUICK)

    claims = [
        plan_placebo_claim(Book(items, reps), specialists, rules, SETTINGS, groups, number)
        for number in range(5)
    ]
    found = placebo(specialists, groups, claims)

    assert found.runs == 5
    assert found.passed <= 0.2
    assert found.shown.mean < 0.1 * real.shown
    assert found.ungated.mean < 0.2 * real.ungated
    assert found.loosened > 0.95


def test_a_placebo_sums_up_what_is_claimed_on_each_shuffle(specialists, groups):
    claims = [Claim(shown=100.0 * (number == 1), ungated=float(number)) for number in range(1, 5)]

    found = placebo(specialists, groups, claims)

    assert (found.runs, found.passed) == (4, 0.25)
    assert astuple(found.shown) == pytest.approx((25, 0, 85))
    assert astuple(found.ungated) == pytest.approx((2.5, 1.15, 3.85))


def test_each_number_is_a_shuffle_of_its_own_and_always_the_same(specialists, groups):
    wins: list[np.ndarray] = []

    def chain(study: Study) -> Claim:
        wins.append(study.cells["wins"].to_numpy())
        assert study.wins == specialists.wins
        return Claim(0.0, 0.0)

    few = replace(QUICK, bootstrap=19)
    for number in (0, 1, 2, 0):
        shuffled_claim(specialists, groups, chain, few, number)

    assert len({row.tobytes() for row in wins}) == 3
    assert np.array_equal(wins[3], wins[0])


def test_too_little_data_claims_nothing(specialists, book):
    items, reps = book
    without = replace(specialists, model=None)

    claim = plan_claim(Book(items, reps), without, RuleSet(), QUICK)

    assert claim == Claim(0.0, 0.0)
