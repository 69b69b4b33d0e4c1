"""Frames to Plotly figures: one function per kind of chart, one look.

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

FAINT = "rgba(138, 148, 158, 0.25)"
CONFIG = {"displayModeBar": False}
ROW = 26
"""Height of one row of names, in pixels."""


def attainment_bars(rows: pd.DataFrame, elapsed: float, t: Text) -> go.Figure:
    """Bullet chart: won against target per unit, with a marker at the time that is over.

    ``rows`` are those of ``goals.attainment`` with a target; the first is drawn on top.
    """
    names = [_name(name) for name in rows["label"]]
    hover = [
        t(
            "chart.attainment_hover",
            unit=name,
            won=t.money(row.won),
            target=t.money(row.target),
            share=t.rate(row.attainment),
            elapsed=t.rate(elapsed),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    behind = rows["attainment"].to_numpy() < elapsed
    figure = go.Figure(
        [
            go.Bar(
                y=names, x=[1.0] * len(names), orientation="h", marker_color=FAINT,
                width=0.7, hoverinfo="skip",
            ),
            go.Bar(
                y=names, x=rows["attainment"].tolist(), orientation="h", width=0.36,
                marker_color=np.where(behind, ORANGE, BLUE).tolist(),
                hovertext=hover, hoverinfo="text",
                text=[t.rate(share) for share in rows["attainment"]],
                textposition="outside", cliponaxis=False, textfont_size=13,
            ),
        ]
    )  # fmt: skip
    figure.add_vline(x=elapsed, line_width=2, line_dash="dot", line_color=GREY)
    figure.update_layout(barmode="overlay")
    largest = max(1.0, float(rows["attainment"].max())) if len(rows) else 1.0
    figure.update_xaxes(tickformat=".0%", range=[0, largest * 1.18], showgrid=False)
    return _rows(figure, names, row=44 if len(names) <= 6 else ROW)


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
    ticks = _ticks(float(amounts.max()) if len(amounts) else 1.0)
    figure.update_yaxes(tickvals=ticks, ticktext=[t.money(tick) for tick in ticks])
    figure.update_xaxes(type="category", nticks=5, showgrid=False, tickangle=0)
    return _look(figure, 300, left=56)


def rate_map(rates: pd.DataFrame, dark: bool, t: Text) -> go.Figure:
    """Heat map rep x level: win rate, coloured by how far it is from the mean rep.

    What cannot be told from the mean is left nearly blank; what is coloured is what is known.
    ``rates`` are the rows of ``study.win_rates`` that have a level.
    """
    levels = list(dict.fromkeys(rates["level"]))
    reps = list(dict.fromkeys(rates["rep"]))
    every = pd.MultiIndex.from_product([reps, levels], names=["rep", "level"])
    cells = rates.set_index(["rep", "level"]).loc[every].reset_index()
    # Half of the colour says that a difference is known at all, the other half how large it is.
    size = (cells["above"].abs() / 0.2).clip(0, 1)
    shade = (cells["clear"] * (0.5 + 0.5 * size)).to_numpy()
    hover = [
        t(
            "chart.rate_hover",
            rep=_name(cell.rep),
            level=_name(cell.level),
            rate=t.estimate(cell.mean, cell.low, cell.high),
            wins=int(cell.wins),
            trials=int(cell.trials),
            points=t.points(cell.above),
            chance=t.chance(cell.p_above),
        )
        for cell in cells.itertuples()
    ]
    across, down = [_name(level) for level in levels], [_name(rep) for rep in reps]
    table = (len(down), len(across))
    figure = go.Figure(
        go.Heatmap(
            z=shade.reshape(table).tolist(), zmin=-1, zmax=1, showscale=False, xgap=3, ygap=3,
            colorscale=[[0, ORANGE], [0.5, PAPER[dark]], [1, BLUE]],
            x=across, y=down, hovertext=np.reshape(hover, table).tolist(), hoverinfo="text",
        )
    )  # fmt: skip
    figure.add_scatter(
        x=across * len(down), y=np.repeat(down, len(across)).tolist(), mode="text",
        text=[f"{rate:.0%}" for rate in cells["mean"]], hoverinfo="skip",
        textfont={"size": 12, "color": [_ink(value, dark) for value in shade]},
    )  # fmt: skip
    # Slanted, so that they are read at the width of a phone too.
    figure.update_xaxes(side="top", showgrid=False, tickangle=-30)
    slant = _width(across) // 2
    _rows(figure, down, top=16 + slant, bottom=8)
    # The text trace would leave room around the cells.
    figure.update_xaxes(range=[-0.5, len(across) - 0.5])
    return figure.update_layout(margin_r=8 + slant)


def _ink(shade: float, dark: bool) -> str:
    """Black or white, whichever is read better on a cell of this shade.

    Contrast by relative luminance, Web Content Accessibility Guidelines 2.2.
    """
    paper, colour = (
        np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        for code in (PAPER[dark], BLUE if shade > 0 else ORANGE)
    )
    mixed = paper + abs(shade) * (colour - paper)
    linear = np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)
    return "#000000" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "#FFFFFF"


def rate_dots(rows: pd.DataFrame, average: Sequence[float], t: Text) -> go.Figure:
    """Estimates as dots with their 90 % line, what was seen as a hollow dot, the mean as a tick.

    ``rows`` have label, mean, low, high, raw, wins and trials; ``average`` is the mean rep's
    rate in each row.
    """
    names = [_name(label) for label in rows["label"]]
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
    figure.add_scatter(
        x=list(average), y=names, mode="markers", hoverinfo="skip", name=t("chart.average"),
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": GREY}},
    )  # fmt: skip
    figure.add_scatter(
        x=rows["raw"].tolist(), y=names, mode="markers", hoverinfo="skip", name=t("chart.raw"),
        marker={"symbol": "circle-open", "size": 8, "color": GREY},
    )  # fmt: skip
    figure.add_scatter(
        x=rows["mean"].tolist(), y=names, mode="markers", name=t("chart.estimate"),
        marker={"size": 10, "color": BLUE}, hovertext=hover, hoverinfo="text",
        error_x={
            "type": "data", "symmetric": False, "thickness": 2.5, "width": 0, "color": BLUE,
            "array": (rows["high"] - rows["mean"]).tolist(),
            "arrayminus": (rows["mean"] - rows["low"]).tolist(),
        },
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%")
    _rows(figure, names, top=34)
    return figure.update_layout(showlegend=True, legend=_LEGEND)


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
            giver=_name(row.from_rep),
            taker=_name(row.to_rep),
            items=row.items,
            value=t.money(row.value),
        )
        for row in totals.itertuples()
    ]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [_name(name) for name in givers + takers],
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
            textfont={"size": 13, "color": _ink(0, dark)},
        )
    )  # fmt: skip
    return _look(figure, max(240, 44 * max(len(givers), len(takers))))


_LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None}


def _name(value: object) -> str:
    return html.escape(str(value), quote=False)


def _rows(
    figure: go.Figure, names: Sequence[str], top: int = 8, bottom: int = 32, row: int = ROW
) -> go.Figure:
    """One row per name, the first on top."""
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False, type="category", dtick=1)
    height = top + bottom + row * max(len(names), 2)
    return _look(figure, height, left=_width(names), top=top, bottom=bottom)


def _look(
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


def _width(names: Sequence[str]) -> int:
    """Pixels that the longest of these tick labels takes, at most a third of a phone's screen."""
    widest = max((sum(13 if sign > "\u2e80" else 7 for sign in name) for name in names), default=0)
    return min(widest + 14, 130)


def _ticks(high: float, low: float = 0.0) -> list[float]:
    """About five round numbers from ``low`` to ``high``."""
    low, high = min(low, high), max(low, high)
    span = max(high - low, 1e-9)
    power = 10 ** np.floor(np.log10(span / 4))
    step = power * next(m for m in (1, 2, 2.5, 5, 10) if m * power >= span / 4)
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(tick * step) for tick in np.arange(first, last + 1)]
