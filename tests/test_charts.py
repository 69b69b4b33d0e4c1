"""Figures: what they draw, in which order, and that text of the CRM stays text."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pages._ui.blocks import finished
from pages._ui.charts import (
    BLUE,
    GREY,
    flows,
    month_bars,
    round_ticks,
)
from pages._ui.text import Text
from tests.conftest import drawn

EN = Text("en")
HOSTILE = "<b>Ann</b> & Co<img src=x>"
ESCAPED = "&lt;b&gt;Ann&lt;/b&gt; &amp; Co&lt;img src=x&gt;"

MOVES = """
    from_rep | to_rep | item | value | gain
    Ann      | Bob    | 1    | 1000  | 100
    Ann      | Bob    | 2    | 2000  | 200
    Bob      | Ann    | 3    | 4000  | 400
"""


def numbers(table: str, *texts: str) -> pd.DataFrame:
    frame = drawn(table)
    return frame.astype({name: float for name in frame if name not in texts})


def flow(*amounts: float) -> pd.DataFrame:
    """Amounts won in January 2026 and the months after it, two opportunities a month."""
    months = pd.date_range("2026-01-01", periods=len(amounts), freq="MS")
    return pd.DataFrame({"month": months, "won": 2.0, "won_amount": amounts})


def strings(value: object) -> Iterator[str]:
    """Every text anywhere in a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple | np.ndarray):
        for part in value:
            yield from strings(part)


def kinds(figure: go.Figure) -> list[str]:
    return [trace.type for trace in figure.data]


# What is drawn


@pytest.mark.parametrize(
    ("as_of", "paleness"),
    [
        (date(2026, 3, 30), [1, 1, 0.45]),
        (date(2026, 3, 31), [1, 1, 1]),
        (date(2026, 2, 10), [1, 0.45, 1]),
        (date(2026, 12, 31), [1, 1, 1]),
    ],
)
def test_a_month_that_is_not_over_is_paler(as_of, paleness):
    [bars] = month_bars(flow(10e3, 0, 30e3), as_of, EN).data

    assert bars.x == ("2026-01", "2026-02", "2026-03")
    assert bars.y == (10e3, 0, 30e3)
    assert list(bars.marker.opacity) == paleness
    assert bars.hovertext[2] == "2026-03<br>30.0k from 2 won opportunities"


def test_the_axis_of_money_speaks_the_language():
    en, zh = (month_bars(flow(8e4), date(2026, 3, 1), Text(lang)) for lang in ("en", "zh"))

    assert en.layout.yaxis.tickvals == zh.layout.yaxis.tickvals == (0, 2e4, 4e4, 6e4, 8e4)
    assert en.layout.yaxis.ticktext[-1] == "80.0k"
    assert zh.layout.yaxis.ticktext[-1] == "8.00万"


def test_a_month_without_wins_and_no_month_at_all_can_be_drawn():
    for rows in (flow(0), flow()):
        assert kinds(month_bars(rows, date(2026, 3, 1), EN)) == ["bar"]


def test_who_gives_and_takes_stands_on_both_sides_and_flows_add_up():
    [sankey] = flows(numbers(MOVES, "from_rep", "to_rep", "item"), False, EN).data

    assert sankey.node.label == ("Ann", "Bob", "Ann", "Bob")
    assert sankey.node.color == (GREY, GREY, BLUE, BLUE)
    assert (sankey.link.source, sankey.link.target) == ((0, 1), (3, 2))
    assert sankey.link.value == (3000, 4000)
    assert sankey.link.customdata[0] == "Ann to Bob<br>2 opportunities, 3.00k"


# Drawn once


def test_the_browser_can_tell_that_it_has_drawn_a_figure_already():
    one, same, other = (
        finished(month_bars(flow(10e3, amount), date(2026, 3, 1), EN), dark=False)
        for amount in (30e3, 30e3, 40e3)
    )

    assert one.layout.datarevision == same.layout.datarevision != other.layout.datarevision
    assert one.layout.template.to_plotly_json() == {}


def test_every_number_of_a_figure_is_in_a_list():
    figures = [
        month_bars(flow(10e3, 30e3), date(2026, 3, 1), EN),
        flows(numbers(MOVES, "from_rep", "to_rep", "item"), False, EN),
    ]

    assert not [figure for figure in figures if "bdata" in figure.to_json()]


# Text of the CRM


def test_names_are_escaped_in_every_figure():
    figures = [
        flows(numbers(MOVES, "from_rep", "to_rep", "item").replace("Ann", HOSTILE), False, EN),
    ]

    for figure in figures:
        texts = list(strings([trace.to_plotly_json() for trace in figure.data]))
        assert ESCAPED in texts  # the label
        assert any(ESCAPED in text and text != ESCAPED for text in texts)  # the hover
        assert not any("<b>" in text or "<img" in text for text in texts)


# Ticks


@given(low=st.integers(-(10**12), 0), high=st.integers(0, 10**12))
def test_ticks_are_few_round_and_reach_from_end_to_end(low, high):
    assume(high - low > 1)

    ticks = np.array(round_ticks(high, low))

    steps = np.diff(ticks)
    assert np.allclose(steps, steps[0])
    assert ticks[0] <= low < ticks[0] + steps[0] * (1 + 1e-9)
    assert ticks[-1] - steps[0] * (1 + 1e-9) < high <= ticks[-1]
    assert 2 <= len(ticks) <= 6
    assert f"{steps[0]:.1e}"[:3] in ("1.0", "2.0", "2.5", "5.0")


@pytest.mark.parametrize(
    ("high", "low", "ticks"),
    [
        (100, 0, [0, 25, 50, 75, 100]),
        (970, -130, [-500, 0, 500, 1000]),
        (7, 0, [0, 2, 4, 6, 8]),
        (0, 0, [0]),
    ],
)
def test_ticks_by_hand(high, low, ticks):
    assert round_ticks(high, low) == ticks
