"""Frames to Plotly figures of how far forecasts came true, and of what is still open."""

from itertools import chain

import pandas as pd
import plotly.graph_objects as go

from pages._ui.charts import BLUE, GREY, ORANGE, looked
from pages._ui.text import Text

LARGEST = 15
"""Pixels across the dot of the largest group; the area of a dot goes with its number."""


def calibration_curve(curve: pd.DataFrame, t: Text) -> go.Figure:
    """Observed against foretold win rate by group, with the range that chance leaves.

    ``curve`` is that of ``analytics.calibration.Calibration``. On the diagonal it happened as
    foretold.
    """
    ends = [*curve["predicted"], *curve["low"], *curve["high"]]
    room = 0.04
    span = [max(0.0, min(ends) - room), min(1.0, max(ends) + room)]
    predicted = curve["predicted"].tolist()
    hover = [
        t(
            "curve.hover",
            predicted=t.rate(row.predicted),
            observed=t.estimate(row.observed, row.low, row.high),
            deals=int(row.deals),
        )
        for row in curve.itertuples()
    ]
    size = (curve["deals"] / curve["deals"].max()) ** 0.5 * LARGEST
    figure = go.Figure(
        [
            go.Scatter(
                x=span, y=span, mode="lines", hoverinfo="skip",
                line={"width": 1.5, "color": GREY, "dash": "dot"},
            ),
            go.Scatter(
                x=list(chain.from_iterable((rate, rate, None) for rate in predicted)),
                y=list(
                    chain.from_iterable(
                        (low, high, None)
                        for low, high in zip(curve["low"], curve["high"], strict=True)
                    )
                ),
                mode="lines", hoverinfo="skip", line={"width": 2, "color": BLUE},
            ),
            go.Scatter(
                x=predicted, y=curve["observed"].tolist(), mode="markers",
                marker={"size": size.tolist(), "color": BLUE, "opacity": 1.0, "line_width": 0},
                hovertext=hover, hoverinfo="text",
            ),
        ]
    )  # fmt: skip
    looked(figure, 400, left=72, bottom=56)
    figure.update_xaxes(tickformat=".0%", range=span, title={"text": t("curve.foretold")})
    return figure.update_yaxes(tickformat=".0%", range=span, title={"text": t("curve.happened")})


def open_bars(cohorts: pd.DataFrame, t: Text) -> go.Figure:
    """Share still open by month of creation, in orange where it bends the win rate.

    ``cohorts`` are those of ``analytics.timing.Censoring``.
    """
    months = [f"{month:%Y-%m}" for month in cohorts["engaged_month"]]
    hover = [
        t(
            "curve.open_hover",
            month=month,
            share=t.share(row.share_open),
            open=int(row.open),
            created=int(row.created),
        )
        for month, row in zip(months, cohorts.itertuples(), strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=months,
            y=cohorts["share_open"].tolist(),
            hovertext=hover,
            hoverinfo="text",
            marker_color=[ORANGE if warned else BLUE for warned in cohorts["warned"]],
        )
    )
    looked(figure, 240, left=48)
    figure.update_xaxes(type="category", nticks=5, showgrid=False, tickangle=0)
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")
