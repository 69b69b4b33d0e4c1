"""Frames to Plotly figures of estimates: the value with its interval, and what was counted."""

from collections.abc import Sequence
from itertools import chain

import pandas as pd
import plotly.graph_objects as go

from pages._ui.charts import BLUE, GREY, ORANGE, escaped, in_rows, label_width, looked
from pages._ui.text import Text

FEW = 30
"""Closed opportunities below which the line of an estimate is thinner."""

PALE = 0.4
LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None}


def rate_dots(
    rows: pd.DataFrame,
    t: Text,
    average: Sequence[float] = (),
    beside: Sequence[str] = (),
) -> go.Figure:
    """Estimates as dots with their 90 % line, what was counted as a hollow dot.

    Parameters
    ----------
    rows
        With label, mean, low, high, raw, wins and trials; the first is drawn on top.
    average
        The average rep's rate in each row, drawn as a tick.
    beside
        What stands on the right of each row.
    """
    names = [escaped(label) for label in rows["label"]]
    hover = [
        t(
            "chart.dot_hover",
            label=name,
            rate=t.estimate(row.mean, row.low, row.high),
            wins=int(row.wins),
            trials=int(row.trials),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    figure = go.Figure()
    if len(average):
        figure.add_scatter(
            x=list(average), y=names, mode="markers", hoverinfo="skip", name=t("chart.average"),
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": GREY}},
        )  # fmt: skip
    figure.add_scatter(
        x=rows["raw"].tolist(), y=names, mode="markers", hoverinfo="skip", name=t("chart.raw"),
        marker={"symbol": "circle-open", "size": 8, "color": GREY},
    )  # fmt: skip
    few = (rows["trials"] < FEW).to_numpy()
    for width, drawn in ((2.5, ~few), (1, few)):
        ends = zip(rows.loc[drawn, "low"], rows.loc[drawn, "high"], strict=True)
        owners = [name for name, one in zip(names, drawn, strict=True) if one]
        figure.add_scatter(
            x=list(chain.from_iterable((low, high, None) for low, high in ends)),
            y=list(chain.from_iterable((name, name, None) for name in owners)),
            mode="lines", line={"width": width, "color": BLUE}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    figure.add_scatter(
        x=rows["mean"].tolist(), y=names, mode="markers", name=t("chart.estimate"),
        marker={"size": 10, "color": BLUE}, hovertext=hover, hoverinfo="text",
    )  # fmt: skip
    drawn_at = [*rows["low"], *rows["high"], *rows["raw"].dropna(), *average]
    figure.update_xaxes(tickformat=".0%", range=_around(drawn_at))
    in_rows(figure, names, top=34)
    if len(beside):
        _beside(figure, names, beside)
    return figure.update_layout(showlegend=True, legend=LEGEND)


def rate_course(rows: pd.DataFrame, t: Text) -> go.Figure:
    """Win rate by month as a line in its band, what was counted as hollow dots.

    ``rows`` have level (the month), mean, low, high, raw, wins, trials, open and warned. Months
    that are warned of are paler; dots are the larger the more opportunities have closed.
    """
    months = rows["level"].tolist()
    hover = [
        t(
            "chart.month_rate_hover",
            month=row.level,
            rate=t.estimate(row.mean, row.low, row.high),
            wins=int(row.wins),
            trials=int(row.trials),
            open=int(row.open),
        )
        for row in rows.itertuples()
    ]
    warned = rows["warned"].to_numpy(bool)
    seen = [PALE if pale else 1.0 for pale in warned]
    size = (rows["trials"] / max(rows["trials"].max(), 1)) ** 0.5
    figure = go.Figure()
    for edge, fill in (("low", None), ("high", "tonexty")):
        figure.add_scatter(
            x=months, y=rows[edge].tolist(), mode="lines", line={"width": 0}, fill=fill,
            fillcolor="rgba(0, 114, 178, 0.18)", hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    figure.add_scatter(
        x=months, y=rows["raw"].tolist(), mode="markers", hoverinfo="skip", name=t("chart.raw"),
        cliponaxis=False,
        marker={
            "symbol": "circle-open", "color": GREY, "opacity": seen,
            "size": (4 + 6 * size).tolist(),
        },
    )  # fmt: skip
    figure.add_scatter(
        x=months, y=rows["mean"].tolist(), mode="lines+markers", name=t("chart.estimate"),
        line={"width": 1.5, "color": BLUE}, hovertext=hover, hoverinfo="text",
        marker={"size": 7, "color": BLUE, "opacity": seen},
    )  # fmt: skip
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(type="category", nticks=6, showgrid=False, tickangle=0)
    looked(figure, 340, left=44, top=34)
    return figure.update_layout(showlegend=True, legend=LEGEND)


def gap_bars(parts: pd.DataFrame, t: Text) -> go.Figure:
    """Parts of a difference as bars to both sides of zero, pale where they may be chance.

    ``parts`` have label, share (of the average), known, and low and high: the end of the bar
    twice where there is no interval.
    """
    names = [escaped(label) for label in parts["label"]]
    beside = [t.points(share) for share in parts["share"]]
    ends = zip(parts["low"], parts["high"], strict=True)
    figure = go.Figure()
    figure.add_bar(
        y=names, x=parts["share"].tolist(), orientation="h", width=0.6, hoverinfo="skip",
        marker={
            "color": [BLUE if share > 0 else ORANGE for share in parts["share"]],
            "opacity": [1.0 if one else PALE for one in parts["known"]],
        },
    )  # fmt: skip
    figure.add_scatter(
        x=list(chain.from_iterable((low, high, None) for low, high in ends)),
        y=list(chain.from_iterable((name, name, None) for name in names)),
        mode="lines", line={"width": 2, "color": GREY}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_vline(x=0, line_width=1, line_color=GREY)
    drawn_at = [0, *parts["low"], *parts["high"]]
    figure.update_xaxes(tickformat="+.0%", range=_around(drawn_at))
    in_rows(figure, names, row=34)
    return _beside(figure, names, beside)


def _around(values: Sequence[float]) -> list[float]:
    """An axis on which every value has some room beside it."""
    room = 0.04 * (max(values) - min(values)) + 0.005
    return [min(values) - room, max(values) + room]


def _beside(figure: go.Figure, names: Sequence[str], beside: Sequence[str]) -> go.Figure:
    """Words on the right of each row; the last trace moves to the axis that carries them."""
    figure.data[-1].yaxis = "y2"
    words = {
        "overlaying": "y", "side": "right", "type": "category", "fixedrange": True, "ticks": "",
        "range": [len(names) - 0.5, -0.5], "showgrid": False, "zeroline": False,
        "tickvals": list(names), "ticktext": list(beside),
    }  # fmt: skip
    return figure.update_layout(yaxis2=words, margin_r=label_width(beside))
