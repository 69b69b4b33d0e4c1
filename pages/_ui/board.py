"""Frames to Plotly figures of work: what is urgent, who has room, what it is worth with whom."""

from itertools import chain
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages._ui.charts import (
    BLUE,
    FAINT,
    GREY,
    INK,
    ORANGE,
    escaped,
    in_rows,
    looked,
    round_ticks,
)
from pages._ui.text import Text

SHOWN_DAYS = 60
"""Days before and after today that the board reaches; what lies beyond stands at its edge."""

MOST_PEOPLE = 40
"""People in one picture, those who come first; the table has all."""

LEAST = 1_000.0
"""Expected value (money) at the lower edge of the board."""


def urgency_board(rows: pd.DataFrame, t: Text) -> go.Figure:
    """Days to due against expected value: urgent in orange, important in blue, the rest in grey.

    ``rows`` are those of ``analytics.priority.priorities`` with a day.
    """
    figure = go.Figure()
    looks = {"later": (GREY, 5), "plan": (BLUE, 6), "quick": (ORANGE, 8), "now": (ORANGE, 10)}
    for quadrant, (colour, size) in looks.items():
        part = rows[rows["quadrant"] == quadrant]
        figure.add_scatter(
            x=part["days"].clip(-SHOWN_DAYS, SHOWN_DAYS).tolist(),
            y=part["expected"].clip(lower=LEAST).tolist(),
            mode="markers",
            marker={"size": size, "color": colour, "opacity": 0.75, "line_width": 0},
            hovertext=[_about(row, t) for row in part.itertuples()],
            hoverinfo="text",
        )
    figure.add_vline(x=0, line_width=1, line_dash="dot", line_color=GREY)
    looked(figure, 420, left=64, bottom=48)
    shown = rows["expected"].clip(lower=LEAST)
    ticks = [
        tick
        for power in range(3, 13)
        for digit in (1, 3)
        if shown.min() <= (tick := digit * 10.0**power) <= shown.max()
    ]
    figure.update_yaxes(type="log", tickvals=ticks, ticktext=[t.money(tick) for tick in ticks])
    return figure.update_xaxes(
        range=[-SHOWN_DAYS - 3, SHOWN_DAYS + 3], title={"text": t("board.days")}
    )


def _about(row: Any, t: Text) -> str:
    return t(
        "board.hover",
        name=escaped(row.name),
        rep=escaped(row.rep) if isinstance(row.rep, str) else t("work.nobody"),
        value=t.money(row.expected),
        days=int(row.days),
    )


def room_bars(rows: pd.DataFrame, dark: bool, t: Text) -> go.Figure:
    """Hours a week that each person holds, with a marker at what is there for open work.

    ``rows`` are those of ``analytics.work.room``. Orange is above it, grey cannot be given more.
    """
    rows = rows.head(MOST_PEOPLE)
    names = [escaped(name) for name in rows["rep"]]
    hover = [
        t(
            "board.room_hover",
            rep=name,
            held=f"{row.held:.1f}",
            capacity=f"{row.hours:.1f}",
            items=int(row.items),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    colours = [
        GREY if not row.available else ORANGE if row.held > row.hours else BLUE
        for row in rows.itertuples()
    ]
    figure = go.Figure(
        [
            go.Bar(
                y=names, x=rows["held"].tolist(), orientation="h", width=0.6,
                marker_color=colours, hovertext=hover, hoverinfo="text",
            ),
            go.Scatter(
                y=names, x=rows["hours"].tolist(), mode="markers", hoverinfo="skip",
                marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": INK[dark]}},
            ),
        ]
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", gridcolor=FAINT)
    return in_rows(figure, names)


def worth_dots(rows: pd.DataFrame, t: Text) -> go.Figure:
    """Expected value with each person as a dot with its 90 % line; the proposed one in orange.

    ``rows`` are those of ``analytics.assigning.ranking`` that could take it, in their order.
    """
    rows = rows.head(MOST_PEOPLE)
    names = [escaped(name) for name in rows["rep"]]
    ends = list(zip(rows["low"], rows["high"], strict=True))
    hover = [
        t(
            "board.worth_hover",
            rep=name,
            value=t.money(row.worth),
            range=t.money_range(row.low, row.high),
            trials=int(row.trials),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    colours = [ORANGE if not code else BLUE for code in rows["why_not"]]
    figure = go.Figure(
        [
            go.Scatter(
                x=list(chain.from_iterable((low, high, None) for low, high in ends)),
                y=list(chain.from_iterable((name, name, None) for name in names)),
                mode="lines", line={"width": 2, "color": GREY}, hoverinfo="skip",
            ),
            go.Scatter(
                x=rows["worth"].tolist(), y=names, mode="markers",
                marker={"size": 10, "color": colours}, hovertext=hover, hoverinfo="text",
            ),
        ]
    )  # fmt: skip
    ticks = round_ticks(float(rows["high"].max()), float(rows["low"].min()))
    figure.update_xaxes(tickvals=ticks, ticktext=[t.money(tick) for tick in ticks])
    return in_rows(figure, names)
