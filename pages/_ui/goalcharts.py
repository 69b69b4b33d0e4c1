"""Frames to Plotly figures of goals: bullets by unit, and the way through a period."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.aiming import Way
from analytics.scope import Period
from pages._ui.charts import BLUE, FAINT, GREY, ORANGE, escaped, in_rows, looked, round_ticks
from pages._ui.goalwords import amount
from pages._ui.text import Text

BAND = "rgba(0, 114, 178, 0.28)"
WIDEST = 2.5
"""Multiple of the target at which a bar ends, so that the others can still be read."""


def bullets(rows: pd.DataFrame, due: float | None, kpi: str, t: Text) -> go.Figure:
    """Reached against target by unit; a band where the period may end; a line for what is usual.

    ``rows`` has label, value, target, attainment, low90, high90, p_hit; the first is on top.
    """
    names = [escaped(name) for name in rows["label"]]
    share = rows["attainment"].to_numpy(float)
    behind = share < (1.0 if due is None else due)
    hover = [
        t(
            "goals.bullet_hover",
            unit=name,
            value=amount(row.value, kpi, t),
            target=amount(row.target, kpi, t),
            share=t.rate(row.attainment),
            range=t("unit.range", low=amount(row.low90, kpi, t), high=amount(row.high90, kpi, t)),
            chance="–" if pd.isna(row.p_hit) else t.chance(row.p_hit),
        )
        for name, row in zip(names, rows.itertuples(), strict=True)
    ]
    figure = go.Figure()
    figure.add_bar(
        y=names, x=[1.0] * len(names), orientation="h", marker_color=FAINT, width=0.74,
        hoverinfo="skip",
    )  # fmt: skip
    low, high = (rows[name].to_numpy(float) / rows["target"] for name in ("low90", "high90"))
    known = np.isfinite(low.to_numpy(float))
    if known.any():
        figure.add_bar(
            y=[name for name, one in zip(names, known, strict=True) if one],
            base=low[known].clip(upper=WIDEST).tolist(),
            x=(high[known].clip(upper=WIDEST) - low[known].clip(upper=WIDEST)).tolist(),
            orientation="h", marker_color=BAND, width=0.5, hoverinfo="skip",
        )  # fmt: skip
    figure.add_bar(
        y=names, x=np.minimum(share, WIDEST).tolist(), orientation="h", width=0.26,
        marker_color=np.where(behind, ORANGE, BLUE).tolist(),
        hovertext=hover, hoverinfo="text",
    )  # fmt: skip
    largest = max(1.0, float(np.nanmax([*share, *high[known], 1.0]))) if len(rows) else 1.0
    largest = min(largest, WIDEST)
    figure.add_scatter(
        x=[largest * 1.04] * len(names), y=names, mode="text",
        text=[t.rate(one) for one in share], textposition="middle right", hoverinfo="skip",
        textfont={"size": 13}, cliponaxis=False,
    )  # fmt: skip
    figure.add_vline(x=1.0, line_width=2, line_color=GREY)
    if due is not None:
        figure.add_vline(x=due, line_width=2, line_dash="dot", line_color=GREY)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(tickformat=".0%", range=[0, largest * 1.2], showgrid=False, nticks=6)
    return in_rows(figure, names, row=44 if len(names) <= 6 else 30)


def way_through(
    way: Way,
    period: Period,
    target: float | None,
    end: tuple[float, float, float] | None,
    kpi: str,
    t: Text,
) -> go.Figure:
    """What has come by day against the usual way to the target, and where it may end.

    ``end`` is the low end, the median and the high end of the whole period.
    """
    days = pd.date_range(period.start, period.end) - pd.Timedelta(days=1)
    figure = go.Figure()
    if target:
        figure.add_scatter(
            x=list(days), y=(way.course.shares * target).tolist(), mode="lines",
            line={"color": GREY, "width": 2, "dash": "dot"}, hoverinfo="text",
            hovertext=[
                t("goals.usual_hover", day=f"{day:%Y-%m-%d}", amount=amount(at, kpi, t))
                for day, at in zip(days, way.course.shares * target, strict=True)
            ],
        )  # fmt: skip
        figure.add_hline(y=target, line_width=2, line_color=ORANGE)
        figure.add_annotation(
            x=0, xref="paper", y=target, text=t("goals.target_is", target=amount(target, kpi, t)),
            showarrow=False, xanchor="left", yanchor="bottom", font={"size": 13},
        )  # fmt: skip
    came = way.days
    figure.add_scatter(
        x=list(came["day"]), y=came["amount"].tolist(), mode="lines",
        line={"color": BLUE, "width": 3, "shape": "hv"}, hoverinfo="text",
        hovertext=[
            t("goals.came_hover", day=f"{day:%Y-%m-%d}", amount=amount(at, kpi, t))
            for day, at in zip(came["day"], came["amount"], strict=True)
        ],
    )  # fmt: skip
    highest = max([float(came["amount"].max()), target or 0.0, *(end or ()), 1.0])
    if end:
        low, median, high = end
        figure.add_scatter(
            x=[days[-1], days[-1]], y=[low, high], mode="lines", hoverinfo="skip",
            line={"color": BAND, "width": 12}, cliponaxis=False,
        )  # fmt: skip
        figure.add_scatter(
            x=[days[-1]], y=[median], mode="markers", hoverinfo="text", cliponaxis=False,
            marker={"size": 11, "color": BLUE, "line": {"width": 2, "color": "white"}},
            hovertext=t(
                "goals.end_hover",
                median=amount(median, kpi, t),
                range=t("unit.range", low=amount(low, kpi, t), high=amount(high, kpi, t)),
            ),
        )  # fmt: skip
    ticks = round_ticks(highest)
    looked(figure, 320, left=64)
    figure.update_layout(margin_r=20)
    figure.update_xaxes(
        showgrid=False, tickformat="%m-%d", nticks=6, range=[days[0], days[-1]]
    )  # fmt: skip
    return figure.update_yaxes(
        tickvals=ticks,
        ticktext=[amount(tick, kpi, t) for tick in ticks],
        range=[0, highest * 1.1],
    )
