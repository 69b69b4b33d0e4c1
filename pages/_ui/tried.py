"""How the forecast would have done in past periods, beside what others go by."""

import pandas as pd
import streamlit as st

from analytics.proving import TWO_YEARS, backtest_scores, backtested, past_seasons
from analytics.scope import Period
from pages._ui import foretelling, session
from pages._ui.blocks import drawer, picture, table
from pages._ui.session import ask, ask_patiently
from pages._ui.text import Text


def show_tried(t: Text) -> None:
    """The test of the forecast on the past, made when it is looked at."""
    box = drawer(t("forecast.tried"), "tried")
    if not box:
        return
    with box:
        tried = ask_patiently(t("forecast.trying"), backtested)
        if tried.empty:
            st.info(t("forecast.untried"))
            return
        if ask(past_seasons) < TWO_YEARS:
            st.warning(t("forecast.one_year", years=f"{ask(past_seasons):.1f}"))
        nearest = tried["to_go"].min()
        near = tried[tried["to_go"] == nearest]
        inside = int(near["won"].between(near["low90"], near["high90"]).sum())
        labels = [_named(start, t) for start in near["start"]]
        picture(
            lambda: foretelling.past_ranges(near, labels, t),
            t("forecast.tried_finding", inside=inside, n=len(near), days=int(nearest)),
            t("forecast.tried_caption", days=int(nearest)),
            key="tried-ranges",
        )
        _scores(ask(backtest_scores), t)


def _named(start: object, t: Text) -> str:
    period = session.scope().period
    day = pd.Timestamp(str(start)).date()
    return t.period(Period.containing(day, period.kind, period.first_month))


def _scores(rows: pd.DataFrame, t: Text) -> None:
    table(
        rows.assign(
            way=[t(f"forecast.way_{way}") for way in rows["way"]],
            error=rows["error"].map(t.money),
            bias=[t.money(bias, signed=True) for bias in rows["bias"]],
            inside=[
                "–" if pd.isna(row.inside90) else f"{t.rate(row.inside50)} / {t.rate(row.inside90)}"
                for row in rows.itertuples()
            ],
        ),
        {
            "to_go": t("forecast.column_to_go"),
            "way": t("forecast.column_way"),
            "error": t("forecast.column_error"),
            "bias": t("forecast.column_bias"),
            "inside": t("forecast.column_inside"),
            "n": t("forecast.column_n"),
        },
        key="scores-table",
        right=("error", "bias", "inside"),
    )
    st.caption(t("forecast.scores_help"))
