"""Frames to Plotly figures of forecasts: the way to the end of the period, units, past trials."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pages._ui.charts import BLUE, FAINT, GREY, ORANGE, escaped, in_rows, looked, round_ticks
from pages._ui.text import Text

BAND = {"90": "rgba(0, 114, 178, 0.16)", "50": "rgba(0, 114, 178, 0.30)"}


def way_ahead(won: pd.DataFrame, fan: pd.DataFrame, target: float | None, t: Text) -> go.Figure:
    """What is won so far by day, and the range of where it goes; the target as a line.

    ``won`` has day and amount (cumulated), ``fan`` is ``analytics.proving.fan``.
    """
    figure = go.Figure()
    days = list(fan["day"])
    for name in ("90", "50"):
        figure.add_scatter(
            x=[*days, *days[::-1]],
            y=[*fan[f"high{name}"], *fan[f"low{name}"][::-1]],
            mode="none", fill="toself", fillcolor=BAND[name], hoverinfo="skip",
        )  # fmt: skip
    hover = [
        t(
            "forecast.fan_hover",
            day=f"{row.day:%Y-%m-%d}",
            median=t.money(row.median),
            range50=t.money_range(row.low50, row.high50),
            range90=t.money_range(row.low90, row.high90),
        )
        for row in fan.itertuples()
    ]
    figure.add_scatter(
        x=days, y=fan["median"].tolist(), mode="lines+markers", hovertext=hover, hoverinfo="text",
        line={"color": BLUE, "dash": "dot", "width": 2}, marker={"size": 6, "color": BLUE},
    )  # fmt: skip
    figure.add_scatter(
        x=list(won["day"]), y=won["amount"].tolist(), mode="lines",
        line={"color": BLUE, "width": 3, "shape": "hv"},
        hovertext=[
            t("forecast.won_hover", day=f"{day:%Y-%m-%d}", amount=t.money(amount))
            for day, amount in zip(won["day"], won["amount"], strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    highest = max([*fan["high90"], *won["amount"], target or 0.0, 1.0])
    if target:
        figure.add_hline(y=target, line_width=2, line_color=ORANGE)
        figure.add_annotation(
            x=0, xref="paper", y=target, text=t("forecast.target_is", target=t.money(target)),
            showarrow=False, xanchor="left", yanchor="bottom", font={"size": 13},
        )  # fmt: skip
    ticks = round_ticks(highest)
    looked(figure, 340, left=64)
    figure.update_xaxes(showgrid=False, tickformat="%m-%d", nticks=6)
    return figure.update_yaxes(
        tickvals=ticks, ticktext=[t.money(tick) for tick in ticks], range=[0, highest * 1.08]
    )


def unit_ranges(rows: pd.DataFrame, targets: Sequence[float | None], t: Text) -> go.Figure:
    """Median, 50 and 90 % range of each unit, what is won so far, and the target as a tick.

    ``rows`` has label, won, median, low50, high50, low90, high90; the first is drawn on top.
    """
    names = [escaped(name) for name in rows["label"]]
    figure = go.Figure()
    for low, high, width, color in (
        ("low90", "high90", 2, BLUE),
        ("low50", "high50", 7, BLUE),
    ):
        ends: list[float | None] = []
        places: list[str | None] = []
        for name, first, last in zip(names, rows[low], rows[high], strict=True):
            ends += [first, last, None]
            places += [name, name, None]
        figure.add_scatter(
            x=ends, y=places, mode="lines", hoverinfo="skip",
            line={"width": width, "color": color},
        )  # fmt: skip
    figure.add_scatter(
        x=rows["won"].tolist(), y=names, mode="markers", hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 8, "color": GREY},
    )  # fmt: skip
    figure.add_scatter(
        x=[amount if amount else None for amount in targets], y=names, mode="markers",
        hoverinfo="skip",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": ORANGE}},
    )  # fmt: skip
    hover = [
        t(
            "forecast.unit_hover",
            unit=name,
            median=t.money(row.median),
            range90=t.money_range(row.low90, row.high90),
            won=t.money(row.won),
            open=int(row.open),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    figure.add_scatter(
        x=rows["median"].tolist(), y=names, mode="markers", hovertext=hover, hoverinfo="text",
        marker={"size": 11, "color": BLUE, "line": {"width": 2, "color": "white"}},
    )  # fmt: skip
    highest = max([*rows["high90"], *(amount or 0.0 for amount in targets), 1.0])
    ticks = round_ticks(highest)[::2]
    figure = in_rows(figure, names, row=30)
    return figure.update_xaxes(
        tickvals=ticks, ticktext=[t.money(tick) for tick in ticks], range=[0, highest * 1.05],
        gridcolor=FAINT,
    )  # fmt: skip


def past_ranges(tried: pd.DataFrame, labels: Sequence[str], t: Text) -> go.Figure:
    """The range that would have been forecast for each past period, and what came."""
    names = list(labels)
    figure = go.Figure()
    ends: list[float | None] = []
    places: list[str | None] = []
    for name, low, high in zip(names, tried["low90"], tried["high90"], strict=True):
        ends += [low, high, None]
        places += [name, name, None]
    figure.add_scatter(
        x=places, y=ends, mode="lines", hoverinfo="skip", line={"width": 8, "color": BAND["50"]}
    )
    inside = tried["won"].between(tried["low90"], tried["high90"])
    figure.add_scatter(
        x=names, y=tried["won"].tolist(), mode="markers",
        marker={
            "size": 11,
            "color": [BLUE if one else ORANGE for one in inside],
            "symbol": ["circle" if one else "diamond" for one in inside],
        },
        hovertext=[
            t(
                "forecast.past_hover",
                period=name,
                range90=t.money_range(row.low90, row.high90),
                won=t.money(row.won),
            )
            for name, row in zip(names, tried.itertuples(), strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    highest = max([*tried["high90"], *tried["won"], 1.0])
    ticks = round_ticks(highest)
    looked(figure, 280, left=64)
    figure.update_xaxes(type="category", showgrid=False, tickangle=0, nticks=4)
    return figure.update_yaxes(
        tickvals=ticks, ticktext=[t.money(tick) for tick in ticks], range=[0, highest * 1.08]
    )
