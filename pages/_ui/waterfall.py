"""A waterfall: a value on one day, every step from there, and the value on another day."""

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from pages._ui.bars import MOST_LABEL
from pages._ui.charts import BLUE, FAINT, GREY, ORANGE, escaped, in_rows
from pages._ui.text import Text

ROOM = 0.4
"""Part of the bars' width that is left beside them: what an amount takes on a phone."""

NEAR = 3.0
"""How many times the span of the steps the smallest level may be before the axis begins there:
steps that are slivers beside a bar from zero cannot be compared."""


def axis_low(opening: float, amounts: Sequence[float]) -> float:
    """Where the axis of a waterfall begins: at zero, unless its steps would be slivers then."""
    levels = _levels(opening, amounts)
    low, high = min(levels), max(levels)
    return max(low - (high - low), 0.0) if low > NEAR * (high - low) and high > low else 0.0


def waterfall(
    opening: float,
    names: Sequence[str],
    amounts: Sequence[float],
    notes: Sequence[str],
    ends: tuple[str, str],
    t: Text,
) -> go.Figure:
    """One row a step, the first on top, each beginning where the one before ended.

    ``ends`` name the value before the first step and that after the last; ``notes`` are what
    hovering over a step says (plain text). What adds is blue, what takes away orange.
    """
    levels, low = _levels(opening, amounts), axis_low(opening, amounts)
    rows = [escaped(name) for name in (ends[0], *names, ends[1])]
    starts = [low, *(min(pair) for pair in pairwise(levels)), low]
    sizes = [levels[0] - low, *map(abs, amounts), levels[-1] - low]
    colours = [GREY, *(BLUE if amount > 0 else ORANGE for amount in amounts), GREY]
    said = [
        t.money(opening), *(t.money(amount, signed=True) for amount in amounts), t.money(levels[-1])
    ]  # fmt: skip
    figure = go.Figure(
        go.Bar(
            y=rows,
            x=sizes,
            base=starts,
            orientation="h",
            width=0.62,
            marker_color=colours,
            hovertext=[escaped(note) for note in (said[0], *notes, said[-1])],
            hoverinfo="text",
        )
    )
    # Not the labels of the bars themselves: Plotly puts those of a falling bar on its left.
    for row, (start, size, words) in enumerate(zip(starts, sizes, said, strict=True)):
        figure.add_annotation(
            x=start + size, y=row, text=words, showarrow=False, xanchor="left", xshift=6,
            font_size=13,
        )  # fmt: skip
    for row, level in enumerate(levels):
        figure.add_shape(
            type="line", x0=level, x1=level, y0=row + 0.31, y1=row + 0.69,
            line={"color": GREY, "width": 1},
        )  # fmt: skip
    high = max(levels)
    figure.update_xaxes(
        range=[low, high + ROOM * (high - low or 1.0)], showticklabels=False, showgrid=False
    )
    figure.add_vline(x=low, line_width=1, line_color=FAINT)
    figure = in_rows(figure, rows, bottom=8, row=32)
    widest = max(sum(13 if sign > "\u2e80" else 7 for sign in name) for name in rows)
    return figure.update_layout(margin_l=min(widest, MOST_LABEL) + 14)


def _levels(opening: float, amounts: Sequence[float]) -> list[float]:
    """The value before the first step and after each."""
    levels = [opening]
    for amount in amounts:
        levels.append(levels[-1] + amount)
    return levels
