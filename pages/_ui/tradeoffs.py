"""What a plan would bring if its limits were others: more moves, another band, an hour more."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.allocation import LimitPrices
from analytics.plans import room_prices, trade_offs
from analytics.rules import RuleSet
from pages._ui import session
from pages._ui.blocks import drawer, picture, table
from pages._ui.charts import BLUE, GREY, INK, looked, round_ticks
from pages._ui.session import ask_patiently
from pages._ui.text import Text

WIDTHS = ("solid", "dash", "dot")
"""Lines of the bands, the one in force first."""


def show_frontier(rules: RuleSet, t: Text) -> None:
    """Gain against moves, a line for each band, in a drawer: every point is a plan of its own."""
    if not (box := drawer(t("frontier.title"), "frontier")):
        return
    with box:
        found = ask_patiently(t("frontier.working"), trade_offs, rules)
        here = found[(found["band"] == rules.band) & (found["budget"] == rules.max_moves)].iloc[0]
        most = found[found["band"] == rules.band].iloc[-1]
        picture(
            lambda: frontier_picture(found, rules.band, session.is_dark(), t),
            t(
                "frontier.finding",
                moves=int(here["moves"]),
                gain=t.money(here["money"], signed=True),
                more=int(most["moves"]),
                more_gain=t.money(most["money"], signed=True),
            ),
            t("frontier.caption", as_of=session.scope().as_of),
            key="frontier-picture",
            of=rules,
        )
        table(
            pd.DataFrame(
                {
                    "band": [f"± {t.rate(width)}" for width in found["band"]],
                    "moves": found["moves"],
                    "money": [
                        f"{t.money(row.money, signed=True)} · "
                        f"{t.money_range(row.money_low, row.money_high)}"
                        for row in found.itertuples()
                    ],
                    "hours": [f"{hours:.0f}" for hours in found["hours_over"]],
                    "outside": [t.money(amount) for amount in found["outside"]],
                    "gap": [t.rate(gap) for gap in found["gap"]],
                }
            ),
            {
                name: t(f"frontier.{name}")
                for name in ("band", "moves", "money", "hours", "outside", "gap")
            },
            key="frontier-table",
            right=("band", "money", "hours", "outside", "gap"),
        )


def show_prices(rules: RuleSet, t: Text) -> None:
    """What an hour or a place more of each person and one more move would be worth."""
    if not (box := drawer(t("prices.title"), "prices")):
        return
    with box:
        found = ask_patiently(t("prices.working"), room_prices, rules)
        if found is None:
            st.caption(t("prices.none"))
            return
        st.markdown(prices_words(found, t))
        scarce = found.reps[found.reps["kind"] != "free"]
        rows = scarce.sort_values("price", ascending=False)
        if len(rows):
            table(
                pd.DataFrame(
                    {
                        "rep": rows["rep"],
                        "of": [t(f"prices.of_{kind}") for kind in rows["of"]],
                        "up": [_price(row.up, row.kind, t) for row in rows.itertuples()],
                        "down": [_price(row.down, row.kind, t) for row in rows.itertuples()],
                    }
                ),
                {name: t(f"prices.{name}") for name in ("rep", "of", "up", "down")},
                key="prices-table",
                right=("up", "down"),
            )
        st.caption(t("prices.help"))


def prices_words(found: LimitPrices, t: Text) -> str:
    """One more move, and whose hour is worth most (markdown)."""
    more = found.move if pd.isna(found.next_move) else found.next_move
    said = [t.md("prices.move", gain=t.money(more, signed=True))]
    hours = found.reps[(found.reps["of"] == "hours") & (found.reps["kind"] == "market")]
    if len(hours):
        worth = hours["up"].fillna(hours["price"])
        rep, most = hours.at[worth.idxmax(), "rep"], worth.max()
        said.append(t.md("prices.hour", rep=rep, price=t.money(most)))
    over = int(((found.reps["of"] == "hours") & (found.reps["kind"] == "penalty")).sum())
    if over:
        said.append(t("prices.overloaded", people=over))
    return t("list.space").join(said)


def _price(amount: float, kind: str, t: Text) -> str:
    if kind == "penalty":
        return t("prices.by_weight")
    return "–" if pd.isna(amount) else t.money(amount)


def frontier_picture(frontier: pd.DataFrame, band: float, dark: bool, t: Text) -> go.Figure:
    """What plans of more and more moves gain, for bands of several widths.

    ``frontier`` is that of ``analytics.allocation.frontier``; ``band`` the width in force.
    """
    widths = sorted(frontier["band"].unique(), key=lambda width: (width != band, width))
    figure = go.Figure()
    for width, dash in zip(widths, WIDTHS, strict=False):
        rows = frontier[frontier["band"] == width].sort_values("moves")
        colour = BLUE if width == band else GREY
        hover = [
            t(
                "frontier.hover",
                moves=int(row.moves),
                gain=t.money(row.money, signed=True),
                range=t.money_range(row.money_low, row.money_high),
                band=t.rate(width),
                hours=f"{row.hours_over:.0f}",
            )
            for row in rows.itertuples()
        ]
        figure.add_scatter(
            x=rows["moves"].tolist(), y=rows["money"].tolist(), mode="lines+markers",
            line={"width": 2, "color": colour, "dash": dash}, marker={"size": 7, "color": colour},
            hovertext=hover, hoverinfo="text", name=t("frontier.band_label", band=t.rate(width)),
        )  # fmt: skip
    ticks = round_ticks(float(frontier["money"].max()), float(frontier["money"].min()))
    looked(figure, 320, left=72, bottom=48)
    # Not at the ends of the lines: where the band costs nothing they lie on each other.
    legend = {"orientation": "h", "x": 0, "y": 1.15, "font": {"color": INK[dark]}}
    figure.update_layout(showlegend=True, legend=legend, margin_t=40)
    figure.update_yaxes(tickvals=ticks, ticktext=[t.money(tick) for tick in ticks])
    return figure.update_xaxes(title={"text": t("frontier.moves_axis")}, rangemode="tozero")
