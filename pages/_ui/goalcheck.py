"""The targets themselves: do they ratchet, do they fit, and when does a year begin."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.aiming import target_problems
from analytics.attaining import target_ratchet
from analytics.desk import Desk
from analytics.ratchet import Ratchet
from analytics.targets import TIERS
from data.fiscal import choose_first_month, first_month
from pages._ui import session
from pages._ui.blocks import drawer, table, title
from pages._ui.goalwords import amount, measure, whose
from pages._ui.text import Text

MOST = 200
"""Lines of files that are listed."""


def show_checks(desk: Desk, heading: st.delta_generator.DeltaGenerator, t: Text) -> None:
    """Ratchet, problems of the files, and the fiscal year."""
    found, rows = desk.ask(target_ratchet), desk.ask(target_problems)
    with heading:
        fits = t.md("check.finding", count=len(rows)) if len(rows) else t.md("check.fits")
        title(t("page.goals"), f"{_ratchet_words(found, t)}{t('list.space')}{fits}")
    with st.container(border=True):
        st.markdown(f"##### {t('check.ratchet')}")
        if found.verdict != "few":
            table(
                pd.DataFrame(
                    [
                        {
                            "what": t(f"check.slope_{name}"),
                            "value": change(value),
                            "n": n,
                        }
                        for name, value, n in (
                            ("up", found.after_beat, found.beats),
                            ("down", found.after_miss, found.misses),
                        )
                    ]
                ),
                {"what": t("check.after"), "value": t("check.change"), "n": t("check.n")},
                key="ratchet",
                right=("value", "n"),
            )
        st.caption(
            t(
                "check.ratchet_help",
                n=found.n,
                units=found.units,
                kind=t(f"period.{desk.scope.period.kind}"),
            )
        )
    if len(rows) and (box := drawer(t("check.problems", count=len(rows)), "target-problems")):
        with box:
            _problems(rows, t)
    if box := drawer(t("check.fiscal"), "fiscal"):
        with box:
            _fiscal(desk, t)


def _ratchet_words(found: Ratchet, t: Text) -> str:
    if found.verdict == "few":
        return t.md("check.ratchet_few", n=found.n, beats=found.beats, misses=found.misses)
    difference, low, high = found.asymmetry
    return t.md(
        f"check.ratchet_{found.verdict}",
        up=change(found.after_beat),
        down=change(found.after_miss),
        difference=change(difference),
        low=change(low),
        high=change(high),
        n=found.n,
    )


def change(share: float) -> str:
    """A small relative change, signed: ``+1.5 %``."""
    # "−0.0 %" says nothing that "0.0 %" does not.
    return f"{share:+z.1%}".replace("+0.0%", "0.0%").replace("%", " %").replace("-", "−")


def _problems(rows: pd.DataFrame, t: Text) -> None:
    shown = rows.head(MOST)
    table(
        pd.DataFrame([_problem(row, t) for row in shown.itertuples()]),
        {
            "words": t("check.problem"),
            "unit": t("goals.column_unit"),
            "what": t("goals.kpi"),
            "period": t("shell.period"),
            "file": t("upload.file"),
            "row_no": t("upload.row_no"),
        },
        key="target-problems-table",
        right=("row_no",),
    )
    for code in dict.fromkeys(rows["code"]):
        st.caption(t(f"targetremedy.{code}"))
    if len(rows) > MOST:
        st.caption(t("goals.most", count=MOST))


def _problem(row: Any, t: Text) -> dict[str, str]:
    unit = whose(row.unit_kind, row.unit, t)
    tier = t(f"tier.{row.tier}") if row.tier in TIERS else row.tier
    return {
        "words": t(
            f"problem.{row.code}",
            unit=unit,
            amount=amount(row.amount, row.kpi, t),
            other=amount(row.other, row.kpi, t),
            count="–" if pd.isna(row.gaps) else f"{row.gaps:.0f}",
        ),
        "unit": unit,
        "what": f"{measure(row.kpi, t)}, {tier}",
        "period": f"{t(f'period.{row.period}')} {row.starts_on:%Y-%m-%d}",
        "file": row.file or t("check.here"),
        "row_no": f"{row.row_no:.0f}" if row.row_no > 0 else "–",
    }


def _fiscal(desk: Desk, t: Text) -> None:
    now = first_month(desk.warehouse)
    st.caption(t("check.fiscal_help"))
    chosen = st.selectbox(
        t("check.fiscal_month"),
        range(1, 13),
        index=now - 1,
        format_func=lambda month: t(f"monthname.{month}"),
        key=f"fiscal-month-{t.language}",
    )
    st.button(
        t("check.fiscal_save"), key="fiscal-save", disabled=chosen == now,
        on_click=lambda: choose_first_month(
            desk.warehouse, int(chosen), session.user(), session.now()
        ),
    )  # fmt: skip
