"""What a reallocation problem refuses."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.allocation import BarReason, Problem, Rules
from data.errors import SettingError
from tests.offices import office, random_office


def test_an_owner_who_is_not_among_the_reps_is_refused():
    with pytest.raises(ValueError, match="zoe"):
        office("item | owner | value | switching\n o | zoe | 1 | 0", {"ann": 1}, [0.5])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"capacity": np.ones(3)}, "do not fit"),
        ({"capacity": np.array([1, 1, 1, np.nan])}, "capacities"),
        ({"barred": np.zeros((1, 4), np.int8)}, "do not fit"),
        ({"draws": np.full((10, 3, 2), 0.5)}, "cannot have shape"),
        ({"draws": np.full((1, 4, 2), 0.5)}, "cannot have shape"),
        ({"draws": np.full((10, 4, 1), 0.5)}, "segment"),
        ({"draws": np.full((10, 4, 2), np.nan)}, "probabilities"),
        ({"reps": ("rep 0", "rep 1", "rep 2", "rep 3", "rep 3")}, "cannot have shape"),
    ],
)
def test_a_problem_that_does_not_fit_together_is_refused(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        replace(random_office(0), **change)


@pytest.mark.parametrize("column", ["value", "switching"])
@pytest.mark.parametrize("money", [-1.0, np.nan, np.inf])
def test_money_below_zero_or_unknown_is_refused(column, money):
    problem = random_office(0)

    with pytest.raises(ValueError, match="at least zero"):
        replace(problem, items=problem.items.assign(**{column: money}))


def test_an_item_or_a_rep_listed_twice_is_refused():
    problem = random_office(0)
    axis = [0, 1, 2, 3, 0]

    with pytest.raises(ValueError, match="unique"):
        replace(problem, items=problem.items.assign(item="same"))
    with pytest.raises(ValueError, match="unique"):
        Problem(
            problem.items,
            tuple(problem.reps[code] for code in axis),
            problem.capacity[axis],
            problem.draws[:, axis],
            problem.barred[:, axis],
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_moves", 0), ("p_gain_min", 0), ("gate_quantile", 1), ("time_limit", 0), ("gap", 1)],
)
def test_a_rule_out_of_range_is_named(name, value):
    with pytest.raises(SettingError) as error:
        Rules(**{name: value})

    assert error.value.facts == {"setting": name, "value": value}


def test_declining_a_pair_bars_it_and_leaves_the_problem_as_it_was():
    problem = office(
        "item | owner | value | switching\n o | ben | 100 | 0", {"ann": 1, "ben": 1}, [0.5, 0.2]
    )

    declined = problem.without([("o", "ann")])

    assert declined.barred.tolist() == [[BarReason.DECLINED, BarReason.ALLOWED]]
    assert problem.barred.tolist() == [[BarReason.ALLOWED, BarReason.ALLOWED]]


def test_every_bar_has_the_key_of_a_sentence():
    assert BarReason.OTHER_TEAM.code == "other_team"
