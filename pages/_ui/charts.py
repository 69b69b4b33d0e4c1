"""Frames to Plotly figures of results and plans, and the look that all figures have.

Figures carry no title: the finding stands above them as text. Names from the CRM are escaped,
because Plotly reads a little HTML. Numbers are lists: Plotly takes an array for new each time it
is handed one, and draws again.
"""

import html
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages._ui.text import Text

BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#8A949E"
PAPER = {False: "#F5F7F9", True: "#1B2329"}
"""Colour of a cell of which nothing is known, in the light and in the dark theme."""

INK = {False: "#5A6570", True: "#A9B4BF"}
"""Colour of text in pictures, in the light and in the dark theme."""

FAINT = "rgba(138, 148, 158, 0.25)"
CONFIG = {"displayModeBar": False}
ROW = 26
"""Height of one row of names, in pixels."""


def month_bars(flow: pd.DataFrame, as_of: date, t: Text) -> go.Figure:
    """Amount won by month, paler while the month of ``as_of`` is not over.

    ``flow`` has month, won and won_amount.
    """
    amounts = flow["won_amount"].to_numpy(float)
    months = [f"{month:%Y-%m}" for month in flow["month"]]
    tomorrow = as_of + timedelta(days=1)
    running = f"{as_of:%Y-%m}" if tomorrow.month == as_of.month else ""
    hover = [
        t("chart.month_hover", month=month, amount=t.money(amount), deals=int(deals))
        for month, amount, deals in zip(months, amounts, flow["won"], strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=months,
            y=amounts.tolist(),
            hovertext=hover,
            hoverinfo="text",
            marker_color=BLUE,
            marker_opacity=[0.45 if month == running else 1.0 for month in months],
        )
    )
    ticks = round_ticks(float(amounts.max()) if len(amounts) else 1.0)
    figure.update_yaxes(tickvals=ticks, ticktext=[t.money(tick) for tick in ticks])
    figure.update_xaxes(type="category", nticks=5, showgrid=False, tickangle=0)
    return looked(figure, 300, left=56)


def flows(moves: pd.DataFrame, dark: bool, t: Text) -> go.Figure:
    """Two columns of people with flows between them, as wide as the value handed over."""
    totals = moves.groupby(["from_rep", "to_rep"], as_index=False).agg(
        value=("value", "sum"), items=("item", "size")
    )
    givers = sorted(totals["from_rep"].unique())
    takers = sorted(totals["to_rep"].unique())
    hover = [
        t(
            "chart.flow_hover",
            giver=escaped(row.from_rep),
            taker=escaped(row.to_rep),
            items=row.items,
            value=t.money(row.value),
        )
        for row in totals.itertuples()
    ]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [escaped(name) for name in givers + takers],
                "color": [GREY] * len(givers) + [BLUE] * len(takers),
                "pad": 22, "thickness": 10, "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [givers.index(name) for name in totals["from_rep"]],
                "target": [len(givers) + takers.index(name) for name in totals["to_rep"]],
                "value": totals["value"].tolist(),
                "color": FAINT,
                "customdata": hover,
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            textfont={"size": 13, "color": INK[dark]},
        )
    )  # fmt: skip
    return looked(figure, max(240, 44 * max(len(givers), len(takers))))


def escaped(value: object) -> str:
    return html.escape(str(value), quote=False)


def in_rows(
    figure: go.Figure, names: Sequence[str], top: int = 8, bottom: int = 32, row: int = ROW
) -> go.Figure:
    """One row per name, the first on top."""
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False, type="category", dtick=1)
    height = top + bottom + row * max(len(names), 2)
    return looked(figure, height, left=label_width(names), top=top, bottom=bottom)


def looked(
    figure: go.Figure, height: int, left: int = 8, top: int = 8, bottom: int = 32
) -> go.Figure:
    # Margins are given, because finding them out makes Plotly draw everything again; and in one
    # call, because it checks the whole layout at each.
    axis = {"automargin": False, "zeroline": False, "fixedrange": True, "title": None, "ticks": ""}
    return figure.update_layout(
        height=height,
        margin={"l": left, "r": 8, "t": top, "b": bottom, "pad": 8},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        xaxis=axis,
        yaxis=axis,
    )


def label_width(names: Sequence[str]) -> int:
    """Pixels that the longest of these tick labels takes, at most a third of a phone's screen."""
    widest = max((sum(13 if sign > "\u2e80" else 7 for sign in name) for name in names), default=0)
    return min(widest + 14, 130)


def round_ticks(high: float, low: float = 0.0) -> list[float]:
    """About five round numbers from ``low`` to ``high``."""
    low, high = min(low, high), max(low, high)
    span = max(high - low, 1e-9)
    power = 10 ** np.floor(np.log10(span / 4))
    step = power * next(m for m in (1, 2, 2.5, 5, 10) if m * power >= span / 4)
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(tick * step) for tick in np.arange(first, last + 1)]
