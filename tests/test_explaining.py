"""What lies behind a difference, in words that follow the figures in every case."""

from dataclasses import replace

import pytest

from analytics.allocation import Interval
from analytics.comparison import Comparison
from analytics.selection import LARGEST_GAP
from pages._ui.explaining import (
    better_and_worse,
    revenue_finding,
    revenue_parts,
    revenue_rest,
    where_it_comes_from,
    who_wins_more,
)
from pages._ui.text import Text

EN, ZH = Text("en"), Text("zh")

AHEAD = Comparison(
    first="Anna",
    second="Ben",
    difference=Interval(0.08, 0.01, 0.15),
    p_better=0.97,
    raw_difference=0.14,
    lead_difference=0.05,
    tipping_gap=0.36,
    recorded_gap=0.2,
    e_value=1.3,
)
BEHIND = replace(
    AHEAD,
    first="Ben",
    second="Anna",
    difference=Interval(-0.08, -0.15, -0.01),
    p_better=0.03,
    raw_difference=-0.14,
    lead_difference=-0.05,
)
CLOSE = replace(AHEAD, difference=Interval(0.03, -0.05, 0.11), p_better=0.7)

GAP = {
    "rep": "Anna", "deals": 80, "gap": 0.4, "mix": 0.36, "own": 0.03, "own_low": -0.01,
    "own_high": 0.07, "own_side": 0, "rest": 0.01, "chance": 0.05, "rest_told": False,
}  # fmt: skip


def test_a_lead_is_told_part_by_part():
    assert who_wins_more(AHEAD, EN) == (
        "Anna wins more than Ben with 97 % probability: by 8 points, likely +1 to +15"
    )
    assert where_it_comes_from(AHEAD, EN) == (
        "Counted, Anna is 14 points ahead. Easier leads, as recorded, account for 5 of them. "
        "What remains after that and after chance, 8 points, would vanish if the leads of Anna "
        "were easier in ways no column records, about 1\\.8 times as much as the records show."
    )


@pytest.mark.parametrize("t", [EN, ZH])
def test_it_does_not_matter_who_is_named_first(t):
    assert who_wins_more(BEHIND, t) == who_wins_more(AHEAD, t)
    assert where_it_comes_from(BEHIND, t) == where_it_comes_from(AHEAD, t)
    assert better_and_worse(BEHIND) == better_and_worse(AHEAD) == ("Anna", "Ben")


def test_a_range_around_zero_lets_nobody_tell():
    assert AHEAD.told
    assert not CLOSE.told
    assert who_wins_more(CLOSE, EN) == (
        "Nobody can tell yet who is better: Anna is estimated 3 points ahead, "
        "but anything from −5 to +11 is likely"
    )
    assert "vanish" not in where_it_comes_from(CLOSE, EN)
    even = replace(CLOSE, difference=Interval(0.004, -0.05, 0.06))
    assert "both are estimated alike" in who_wins_more(even, EN)


@pytest.mark.parametrize(
    ("raw", "leads", "said"),
    [
        (0.14, 0.05, "account for 5 of them"),
        (0.14, 0.14, "account for 14 of them"),
        (0.04, 0.05, "would make 5 points: more than the whole"),
        (0.04, -0.01, "harder leads: as recorded, they cost 1 point."),
        (0.04, 0.004, "the leads of both were equally easy"),
        (0.004, 0.05, "both win equally often. As recorded, Anna had the easier leads"),
        (0.004, -0.05, "both win equally often. As recorded, Ben had the easier leads"),
        (-0.07, -0.05, "Ben is 7 points ahead. Easier leads, as recorded, account for 5"),
    ],
)
def test_recorded_leads_are_set_against_what_was_counted(raw, leads, said):
    compared = replace(CLOSE, raw_difference=raw, lead_difference=leads)

    assert said in where_it_comes_from(compared, EN).replace("\\", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recorded_gap": 0.0}, "lead of 8 points would vanish if"),
        ({"recorded_gap": -0.2}, "the records show no such advantage"),
        ({"lead_difference": 0.001, "recorded_gap": 0.004}, "the records show no such advantage"),
        ({"recorded_gap": 0.03}, "more than 10 times"),
        ({"tipping_gap": LARGEST_GAP}, "No difference of leads could explain"),
    ],
)
def test_hidden_leads_are_measured_by_recorded_ones_where_there_are_any(change, said):
    assert said in where_it_comes_from(replace(AHEAD, **change), EN)


@pytest.mark.parametrize(
    ("gap", "mix", "said"),
    [
        (0.4, 0.36, "Of the 40 % by which Anna is ahead in revenue per win, what was sold, and "),
        (-0.4, -0.36, "Of the 40 % by which Anna is behind"),
        (0.4, 0.5, "40 % ahead in revenue per win; what was sold, and to whom, would alone make"),
        (0.4, -0.1, "would alone make it −10 %"),
        (-0.2, 0.001, "and to whom, would alone make it 0 %"),
        (0.002, 0.3, "is that of the average"),
    ],
)  # fmt: skip
def test_the_mix_is_a_part_of_the_gap_or_set_against_it(gap, mix, said):
    assert said in revenue_finding({**GAP, "gap": gap, "mix": mix}, EN)


def test_what_is_own_is_a_difference_only_where_its_range_says_so():
    untold, more, less = (
        revenue_rest({**GAP, "own": own, "own_side": side}, EN)
        for own, side in ((0.03, 0), (0.05, 1), (-0.05, -1))
    )

    assert "cannot be told" in untold
    assert "5 points more" in more
    assert "5 points less" in less


def test_more_than_chance_leaves_means_that_something_is_not_recorded():
    assert "no more than chance makes of 80 wins" in revenue_rest(GAP, EN)
    assert "does not record" in revenue_rest({**GAP, "rest": -0.06, "rest_told": True}, EN)


def test_the_parts_drawn_add_up_to_the_whole_drawn_last():
    parts = revenue_parts(GAP, EN)

    assert parts["share"].iloc[:-1].sum() == pytest.approx(parts["share"].iloc[-1])
    assert parts["known"].tolist() == [True, False, False, True]
    assert (parts["low"] <= parts["share"]).all()
    assert (parts["share"] <= parts["high"]).all()
