"""Who should take this: who can, who is about as good, who is owed most."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.allocation import BarReason
from analytics.assigning import RECORDED, assign, compare, holders, owed, ranking, record
from analytics.batch import Batch
from analytics.odds import Odds
from analytics.policies import POLICY_NAMES
from analytics.workload import WORK_KINDS


def batch(
    values: list[float],
    chances: dict[str, float],
    *,
    sd: float = 0.0,
    capacity: float = 40.0,
    **changes: Any,
) -> Batch:
    """Leads of an hour a week each, and people who win them with these probabilities."""
    rng, people = np.random.default_rng(0), len(chances)
    means = np.array(list(chances.values()))[None, :, None]
    draws = (means + sd * rng.standard_normal((400, people, 1))).clip(0, 1)
    limits = {f"limit_{name}": np.inf for name in ("items", *WORK_KINDS)}
    found = Batch(
        items=pd.DataFrame(
            {
                "item": [f"i{n}" for n in range(len(values))],
                "kind": "lead",
                "value": np.array(values, float),
                "hours": 1.0,
                "account_id": None,
            }
        ),
        people=pd.DataFrame(
            {
                "rep": list(chances),
                "hours": capacity,
                "available": True,
                "why_not": "",
                "until": pd.NaT,
                **limits,
            }
        ),
        held=pd.DataFrame(0.0, index=list(chances), columns=["hours", "items", *WORK_KINDS]),
        barred=np.zeros((len(values), people), np.int8),
        odds=Odds(
            np.zeros(len(values), int), draws, np.zeros((people, 1), int), told=len(means) > 0
        ),
        owed=np.zeros(people),
        hour_price=0.0,
    )
    return replace(found, **changes)


def told(found: Batch, policy="evenhand", seed: int = 0):
    return assign(found, policy, np.random.default_rng(seed))


def away(found: Batch, *names: str) -> Batch:
    gone = found.people["rep"].isin(names)
    people = found.people.assign(available=~gone, why_not=np.where(gone, "away", ""))
    return replace(found, people=people)


def test_who_is_clearly_better_gets_it_whatever_the_others_are_owed():
    found = batch([100], {"Ann": 0.9, "Bo": 0.2}, owed=np.array([-1000.0, 1000.0]))

    [one] = told(found)

    assert (one.rep, one.code, one.near) == ("Ann", "clearly_best", 1)
    assert one.why_not == {"Ann": "", "Bo": "less_likely"}
    assert (one.propensity, one.worth) == (1.0, pytest.approx(90))


def test_among_those_who_are_about_as_good_it_goes_to_who_is_owed_most():
    found = batch([100], {"Ann": 0.55, "Bo": 0.5}, sd=0.2, owed=np.array([0.0, 10.0]))

    [one] = told(found)

    assert (one.rep, one.code, one.near) == ("Bo", "owed_most", 2)
    assert one.why_not == {"Ann": "owed_less", "Bo": ""}


def test_a_share_is_earned_in_what_one_could_have_taken_and_paid_with_what_one_gets():
    [one] = told(batch([100], {"Ann": 0.5, "Bo": 0.5}, owed=np.array([0.0, 10.0])))

    assert one.neutral == pytest.approx(50)
    assert one.shares == {"Ann": 0.5, "Bo": 0.5}
    assert one.owed_before == pytest.approx(10 + 25)
    assert one.owed_after == pytest.approx(10 + 25 - 50)


def test_a_batch_counts_what_it_has_just_given_out():
    given_out = told(batch([100] * 6, {"Ann": 0.5, "Bo": 0.5, "Cy": 0.5}))

    assert pd.Series([one.rep for one in given_out]).value_counts().to_dict() == {
        "Ann": 2, "Bo": 2, "Cy": 2,
    }  # fmt: skip


def test_whoever_comes_back_from_a_leave_is_not_flooded():
    found = batch([100] * 30, {"Ann": 0.5, "Bo": 0.5, "Cy": 0.5}, capacity=1000.0)
    before = told(away(found, "Cy"))
    said = [record(one, "evenhand") for one in before]

    since = told(replace(found, owed=owed(said, found.reps)))

    assert not [one for one in before if one.rep == "Cy"]
    assert sum(one.rep == "Cy" for one in since) == 10


def test_with_a_full_desk_one_is_less_eligible_than_with_an_empty_one():
    found = batch([100], {"Ann": 0.5, "Bo": 0.5}, hour_price=100.0)
    found.held.loc["Ann", "hours"] = 20.0

    [one] = told(found)

    assert (one.rep, one.code) == ("Bo", "least_loaded")


def test_nobody_is_given_more_than_there_are_hours_or_items_for():
    found = batch([100] * 5, {"Ann": 0.5, "Bo": 0.5}, capacity=2.0)
    found.people.loc[1, "limit_lead"] = 1

    given_out = told(found)

    assert sorted(one.rep for one in given_out) == ["", "", "Ann", "Ann", "Bo"]
    nobody = next(one for one in given_out if not one.rep)
    assert nobody.code == "none_with_capacity"
    assert nobody.why_not == {"Ann": "no_hours", "Bo": "no_items"}


@pytest.mark.parametrize(
    ("bars", "code"),
    [
        ((BarReason.SKILL, BarReason.SKILL), "skill"),
        ((BarReason.TERRITORY, BarReason.TERRITORY), "territory"),
        ((BarReason.SKILL, BarReason.TERRITORY), "none_eligible"),
        ((BarReason.SKILL, BarReason.AWAY), "none_available"),
        ((BarReason.AWAY, BarReason.AWAY), "none_available"),
    ],
)
def test_when_nobody_can_the_reason_is_the_first_test_that_nobody_passes(bars, code):
    found = batch([100], {"Ann": 0.5, "Bo": 0.5}, barred=np.array([bars], np.int8))
    gone = [rep for rep, bar in zip(found.reps, bars, strict=True) if bar == BarReason.AWAY]

    [one] = told(away(found, *gone))

    assert (one.rep, one.code, one.shares) == ("", code, {})


def test_a_leave_ahead_is_told_from_one_that_has_begun():
    found = batch([100], {"Ann": 0.5, "Bo": 0.5}, barred=np.full((1, 2), BarReason.AWAY, np.int8))
    found = away(found, "Ann", "Bo")
    found.people["why_not"] = ["leave_soon", "away"]

    [one] = told(found)

    assert one.why_not == {"Ann": "leave_soon", "Bo": "away"}


def test_without_people_nobody_can():
    [one] = told(batch([100], {}))

    assert (one.rep, one.code) == ("", "no_people")


def test_the_only_one_who_can_take_it_gets_it():
    found = batch([100], {"Ann": 0.1, "Bo": 0.9})

    [one] = told(away(found, "Bo"))

    assert (one.rep, one.code, one.propensity) == ("Ann", "only_one", 1.0)


def test_the_logged_probability_is_how_often_the_choice_is_made():
    found = batch([100], {"Ann": 0.5, "Bo": 0.5, "Cy": 0.5}, explore=0.3, owed=np.array([9, 0, 0]))
    seen = [told(found, seed=seed)[0] for seed in range(400)]

    said = {one.rep: one.propensity for one in seen}
    often = pd.Series([one.rep for one in seen]).value_counts(normalize=True)
    assert said == pytest.approx({"Ann": 0.7 + 0.1, "Bo": 0.1, "Cy": 0.1})
    assert often.to_dict() == pytest.approx(said, abs=0.05)
    assert {one.code for one in seen} == {"owed_most", "by_lot"}


def test_equal_people_have_the_same_chance_and_not_the_first_of_the_alphabet():
    found = batch([100], {"Ann": 0.5, "Bo": 0.5})
    seen = [told(found, seed=seed)[0] for seed in range(200)]

    assert {one.propensity for one in seen} == {0.5}
    assert np.mean([one.rep == "Ann" for one in seen]) == pytest.approx(0.5, abs=0.1)


def test_round_robin_goes_to_whoever_waited_longest_and_weighted_by_capacity():
    found = batch([4, 3, 2, 1], {"Ann": 0.5, "Bo": 0.5})
    found.people.loc[0, "hours"] = 120.0

    assert [one.rep for one in told(found, "round_robin")] == ["Ann", "Bo", "Ann", "Bo"]
    assert [one.rep for one in told(found, "weighted")] == ["Ann", "Bo", "Ann", "Ann"]


def test_least_loaded_goes_by_the_share_of_the_capacity_in_use():
    found = batch([2, 1], {"Ann": 0.5, "Bo": 0.5})
    found.held["hours"] = [10.0, 9.5]

    assert [one.rep for one in told(found, "least_loaded")] == ["Bo", "Ann"]


def test_sticky_goes_to_who_has_the_account_while_he_can_take_it():
    found = batch([3, 2, 1], {"Ann": 0.5, "Bo": 0.5}, holder={"A1": "Bo"})
    found.items["account_id"] = ["A1", "A1", "A2"]

    assert [one.rep for one in told(found, "sticky")] == ["Bo", "Bo", "Ann"]
    assert {one.rep for one in told(away(found, "Bo"), "sticky")} == {"Ann"}


def test_the_holder_of_an_account_has_most_of_its_open_items():
    work = pd.DataFrame(
        [("lead", "1", "Ann", "A"), ("task", "2", "Bo", "A"), ("task", "3", "Bo", "A"),
         ("account", "A", "Ann", "A"), ("lead", "4", None, "B")],
        columns=["kind", "item", "rep", "account_id"],
    )  # fmt: skip

    assert holders(work) == {"A": "Bo"}


def test_policies_are_compared_on_the_same_batch():
    found = batch([100, 100], {"Ann": 0.8, "Bo": 0.2}, capacity=4.0)

    rows = compare(found, seed=0, interval=0.9).set_index("policy")

    assert tuple(rows.index) == POLICY_NAMES
    assert rows.loc["evenhand", "worth"] == pytest.approx(80 + 80)
    assert rows.loc["round_robin", "worth"] == pytest.approx(80 + 20)
    assert rows.loc["evenhand", "fullest"] == 2 / 4
    assert rows.loc["round_robin", "fullest"] == 1 / 4
    assert rows.loc["evenhand", "behind"] == pytest.approx(50)
    assert (rows["given"] + rows["nobody"] == 2).all()


def test_everybody_is_ranked_for_one_item_with_the_reason():
    found = batch([100], {"Ann": 0.9, "Bo": 0.85, "Cy": 0.1, "Di": 0.9}, sd=0.05)
    found = away(replace(found, barred=np.array([[0, 0, 0, 9]], np.int8)), "Bo")
    [one] = told(found)

    rows = ranking(found, one, 0.9)

    assert rows[["rep", "why_not"]].to_records(index=False).tolist() == [
        ("Ann", ""), ("Cy", "less_likely"), ("Bo", "away"), ("Di", "skill"),
    ]  # fmt: skip
    assert (rows["low"] < rows["worth"]).all()
    assert (rows["worth"] < rows["high"]).all()
    assert rows["owed"].tolist() == pytest.approx([one.neutral / 2, one.neutral / 2, 0, 0])


def test_what_is_recorded_is_enough_to_know_what_everybody_is_owed():
    found = batch([100, 60, 40], {"Ann": 0.5, "Bo": 0.5}, owed=np.zeros(2))
    given_out = told(found)

    said = [record(one, "evenhand") for one in given_out]

    assert set(said[0]) == set(RECORDED)
    assert owed(said, ["Ann", "Bo", "new"])[2] == 0
    assert owed(said, ["Ann", "Bo"]).sum() == pytest.approx(0)
    [last] = [one for one in given_out if one.item == "i2"]
    assert owed(said, [last.rep])[0] == pytest.approx(last.owed_after)


batches = st.builds(
    lambda values, chances, bars, capacity, sd: replace(
        batch(values, dict(zip("ABCD", chances, strict=True)), sd=sd, capacity=capacity),
        explore=0.2,
        hour_price=5.0,
        barred=np.array((bars * len(values))[: 4 * len(values)], np.int8).reshape(-1, 4),
    ),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=8),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.sampled_from([0, 0, 0, 8, 9]), min_size=4, max_size=9),
    st.floats(0, 4),
    st.sampled_from([0.0, 0.1]),
)


@settings(max_examples=20, deadline=None)
@given(batches, st.sampled_from(POLICY_NAMES), st.integers(0, 9))
def test_no_rule_and_no_capacity_is_ever_broken_and_the_same_seed_gives_the_same(
    found, policy, seed
):
    given_out = told(found, policy, seed)

    assert [one.item for one in given_out] == found.items["item"].tolist()
    taken = pd.Series([one.rep for one in given_out if one.rep]).value_counts()
    assert (taken <= found.people["hours"].max()).all()
    for row, one in enumerate(given_out):
        if one.rep:
            assert found.barred[row, found.reps.index(one.rep)] == BarReason.ALLOWED
            assert sum(one.shares.values()) == pytest.approx(1)
            assert 0 < one.propensity <= 1
            assert list(one.why_not.values()).count("") == 1
        else:
            assert "" not in one.why_not.values()
    assert [one.rep for one in told(found, policy, seed)] == [one.rep for one in given_out]
