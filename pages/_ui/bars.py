"""Bars of amounts by name: how much of something each of a few has."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pages._ui.charts import BLUE, GREY, ORANGE, escaped, in_rows
from pages._ui.text import Text

MOST_LABEL = 190
"""Pixels that a name takes at most: half of what a phone has."""


def amount_bars(
    names: Sequence[str],
    amounts: Sequence[float],
    notes: Sequence[str],
    t: Text,
    *,
    marked: set[int],
) -> go.Figure:
    """One bar a name, the first on top, with its amount at its end.

    ``notes`` are what hovering says (plain text); the rows in ``marked`` are orange.
    """
    labels = [escaped(name) for name in names]
    figure = go.Figure(
        go.Bar(
            y=labels,
            x=list(amounts),
            orientation="h",
            width=0.5,
            marker_color=[ORANGE if row in marked else BLUE for row in range(len(labels))],
            text=[t.money(amount) for amount in amounts],
            textposition="outside",
            textfont_size=13,
            cliponaxis=False,
            hovertext=[escaped(note) for note in notes],
            hoverinfo="text",
        )
    )
    most = max([*amounts, 1.0])
    figure.add_vline(x=0, line_width=1, line_color=GREY)
    figure.update_xaxes(range=[0, most * 1.2], showticklabels=False, showgrid=False)
    figure = in_rows(figure, labels, bottom=8, row=34)
    widest = max((sum(13 if sign > "\u2e80" else 7 for sign in name) for name in labels), default=0)
    return figure.update_layout(margin_l=min(widest, MOST_LABEL) + 14)
