"""Figures of estimates: dot, line, hollow dot, and what stands beside them."""

import numpy as np
import pandas as pd

from pages._ui.charts import BLUE, ORANGE
from pages._ui.estimates import PALE, gap_bars, rate_course, rate_dots
from pages._ui.text import Text

EN = Text("en")
HOSTILE = "<b>Ann</b> & Co<img src=x>"
ESCAPED = "&lt;b&gt;Ann&lt;/b&gt; &amp; Co&lt;img src=x&gt;"

DOTS = pd.DataFrame(
    {
        "label": ["valves", "pumps"],
        "mean": [0.7, 0.3], "low": [0.6, 0.2], "high": [0.8, 0.4],
        "raw": [0.75, 0.25], "wins": [60.0, 5.0], "trials": [80.0, 20.0],
    }
)  # fmt: skip

MONTHS = pd.DataFrame(
    {
        "level": ["2026-01", "2026-02"],
        "mean": [0.4, 0.42], "low": [0.35, 0.36], "high": [0.45, 0.5],
        "raw": [0.5, 0.0], "wins": [50.0, 0.0], "trials": [100.0, 4.0],
        "open": [2, 90], "warned": [False, True],
    }
)  # fmt: skip

PARTS = pd.DataFrame(
    {
        "label": ["mix", "own", "together"],
        "share": [0.3, -0.05, 0.25],
        "known": [True, False, True],
        "low": [0.3, -0.12, 0.25],
        "high": [0.3, 0.02, 0.25],
    }
)


def test_an_estimate_has_its_interval_what_was_counted_and_the_average_beside_it():
    average, raw, thick, thin, estimate = rate_dots(DOTS, EN, [0.5, 0.45]).data

    assert [trace.name for trace in (average, raw, estimate)] == [
        "average person", "as counted", "estimate with 90 % interval",
    ]  # fmt: skip
    assert (average.x, raw.x, estimate.x) == ((0.5, 0.45), (0.75, 0.25), (0.7, 0.3))
    assert (thick.x, thick.y) == ((0.6, 0.8, None), ("valves", "valves", None))
    assert (thin.x, thin.y) == ((0.2, 0.4, None), ("pumps", "pumps", None))
    assert thin.line.width < thick.line.width
    assert estimate.hovertext[0] == "valves<br>win rate 70 % 60–80 %<br>won 60 of 80 closed"


def test_nobody_is_measured_against_an_average_that_is_not_given():
    assert rate_dots(DOTS, EN).data[0].name == "as counted"


def test_who_was_never_seen_somewhere_has_an_estimate_all_the_same():
    unseen = DOTS.assign(raw=[np.nan, 0.25], wins=0.0, trials=0.0)

    figure = rate_dots(unseen, EN)

    assert np.isnan(figure.data[0].x[0])
    assert figure.data[-1].x == (0.7, 0.3)
    low, high = figure.layout.xaxis.range
    assert 0 < low < 0.2
    assert 0.8 < high < 1


def test_what_stands_beside_a_row_stands_in_its_order():
    figure = rate_dots(DOTS, EN, beside=["1 (52 %)", "2–11"])

    assert figure.layout.yaxis2.tickvals == ("valves", "pumps")
    assert figure.layout.yaxis2.ticktext == ("1 (52 %)", "2–11")
    assert figure.layout.yaxis2.range == figure.layout.yaxis.range
    assert figure.data[-1].yaxis == "y2"


def test_a_month_with_many_open_is_paler_and_one_with_few_closed_has_a_small_dot():
    low, high, raw, estimate = rate_course(MONTHS, EN).data

    assert (low.y, high.y, high.fill) == ((0.35, 0.36), (0.45, 0.5), "tonexty")
    assert raw.marker.opacity == estimate.marker.opacity == (1.0, PALE)
    assert raw.marker.size == (10, 4 + 6 * 0.2)
    assert estimate.hovertext[1] == (
        "2026-02<br>win rate 42 % 36–50 %<br>won 0 of 4 closed, 90 still open"
    )


def test_a_part_that_may_be_chance_is_pale_and_has_its_interval():
    bars, spans = gap_bars(PARTS, EN).data

    assert bars.x == (0.3, -0.05, 0.25)
    assert bars.marker.color == (BLUE, ORANGE, BLUE)
    assert bars.marker.opacity == (1.0, PALE, 1.0)
    assert spans.x[3:6] == (-0.12, 0.02, None)
    assert gap_bars(PARTS, EN).layout.yaxis2.ticktext == ("+30", "−5", "+25")


def test_numbers_are_lists_and_names_are_escaped():
    figures = [
        rate_dots(DOTS.assign(label=[HOSTILE, "pumps"]), EN, beside=["1", "2"]),
        gap_bars(PARTS.assign(label=[HOSTILE, "own", "together"]), EN),
        rate_course(MONTHS, EN),
    ]

    for figure in figures:
        assert "bdata" not in figure.to_json()
        assert "<img" not in figure.to_json()
    assert all(figure.data[-1].y[0] == ESCAPED for figure in figures[:2])
