"""What a plan does besides money, in words and as a picture of everybody's hours."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.allocation import Plan
from analytics.rules import RuleSet
from pages._ui import session
from pages._ui.blocks import drawer, picture
from pages._ui.charts import BLUE, FAINT, GREY, ORANGE, escaped, in_rows
from pages._ui.text import Text

LEAST_HOURS = 0.5
"""Hours a week above the limits, in all, that are worth a word."""

MOST_PEOPLE = 30
"""People in the picture of hours; who changes and who is above the limit come first."""


def relief_words(plan: Plan, t: Text) -> str:
    """What the plan does to hours and to fairness (markdown); empty where it does nothing."""
    if not plan.relief:
        return ""
    found, said = plan.relief, []
    if found.hours_before >= LEAST_HOURS:
        before, after = (f"{hours:.0f}" for hours in (found.hours_before, found.hours_after))
        said.append(t.md("planning.hours", before=before, after=after))
    if found.outside_before > 0:
        said.append(
            t.md(
                "planning.outside",
                before=t.money(found.outside_before),
                after=t.money(found.outside_after),
            )
        )
    return " ".join([t("planning.besides"), *said]) if said else ""


def hours_tile(plan: Plan, t: Text) -> list[dict[str, Any]]:
    """The tile of the hours above the limits, where anybody has too many."""
    if not plan.relief or plan.relief.hours_before < LEAST_HOURS:
        return []
    return [
        {
            "label": t("planning.over"),
            "value": f"{plan.relief.hours_after:.0f}",
            "compared": t("planning.over_before", before=f"{plan.relief.hours_before:.0f}"),
            "definition": t("planning.over_help"),
        }
    ]


def show_hours(plan: Plan, rules: RuleSet, t: Text) -> None:
    """Everybody's hours before and after, in a drawer, where hours are known."""
    if plan.loads is None or not plan.relief or not plan.loads["hours_before"].any():
        return
    rows = people_shown(plan.loads)
    if box := drawer(t("planning.hours_title"), "hours"):
        with box:
            picture(
                lambda: hours_picture(rows, t),
                t(
                    "planning.hours_finding",
                    before=f"{plan.relief.hours_before:.0f}",
                    after=f"{plan.relief.hours_after:.0f}",
                ),
                t("planning.hours_caption", people=len(rows), as_of=session.scope().as_of),
                key="hours-picture",
                of=rules,
            )


def people_shown(loads: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``Plan.loads`` worth a picture, who has least room on top."""
    room = loads["hours_limit"] - loads["hours_before"]
    changes = (loads["items_before"] != loads["items_after"]) | (room < 0)
    ranked = loads.assign(room=room, still=~changes).sort_values(["still", "room", "rep"])
    return ranked.head(MOST_PEOPLE).sort_values(["room", "rep"])


def hours_picture(loads: pd.DataFrame, t: Text) -> go.Figure:
    """Hours a week of each person: before (hollow) and after (full), and what he has (a bar).

    ``loads`` are rows of ``people_shown``.
    """
    names = [escaped(rep) for rep in loads["rep"]]
    before, after = loads["hours_before"].tolist(), loads["hours_after"].tolist()
    limit = loads["hours_limit"].tolist()
    hover = [
        t(
            "planning.hours_hover",
            rep=name,
            before=f"{row.hours_before:.1f}",
            after=f"{row.hours_after:.1f}",
            limit=f"{row.hours_limit:.1f}",
            items_before=int(row.items_before),
            items_after=int(row.items_after),
        )
        for name, row in zip(names, loads.itertuples(), strict=True)
    ]
    colours = [ORANGE if has > may else BLUE for has, may in zip(after, limit, strict=True)]
    figure = go.Figure(
        [
            go.Bar(
                y=names, x=limit, orientation="h", width=0.7, marker_color=FAINT, hoverinfo="skip"
            ),
            go.Scatter(
                x=_lines(before, after), y=_lines(names, names), mode="lines",
                line={"width": 2, "color": GREY}, hoverinfo="skip",
            ),
            go.Scatter(
                x=before, y=names, mode="markers", hovertext=hover, hoverinfo="text",
                marker={"symbol": "circle-open", "size": 10, "color": GREY},
            ),
            go.Scatter(
                x=after, y=names, mode="markers", hovertext=hover, hoverinfo="text",
                marker={"size": 10, "color": colours},
            ),
        ]
    )  # fmt: skip
    in_rows(figure, names, bottom=44)
    most = max([*before, *after, *limit, 1.0])
    return figure.update_xaxes(range=[0, most * 1.06], title={"text": t("planning.hours_axis")})


def _lines(one: Sequence, other: Sequence) -> list:
    """Ends of separate lines, as Plotly wants them."""
    return list(chain.from_iterable((a, b, None) for a, b in zip(one, other, strict=True)))
