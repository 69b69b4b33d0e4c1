"""What became of the open pipeline since a day: the waterfall, and the opportunities behind it."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.changes import BESIDE, Changes
from analytics.followups import About
from analytics.watching import changes_since, usual_since
from analytics.workflow import open_items
from pages._ui import session
from pages._ui.blocks import choice, drawer, picture, table
from pages._ui.followform import follow_up_form
from pages._ui.movecard import title_of
from pages._ui.session import ask, ask_patiently
from pages._ui.text import Text
from pages._ui.waterfall import axis_low, waterfall

SHOWN = 200
"""Opportunities listed behind a step, the largest first."""

DEALS = ("name", "rep", "stage", "value", "due", "step")


def choose_days(t: Text) -> Changes:
    """The day compared with and which opportunities, and what has changed since."""
    state, scope = st.session_state, session.scope()
    latest = scope.as_of - timedelta(days=1)
    try:
        since = min(date.fromisoformat(state.get("risk_since", "")), latest)
    except ValueError:
        since = min(usual_since(session.desk()), latest)
    days = ask(open_items)["expected_on"]
    dated = int(days.notna().sum())
    only_due = bool(dated and state.get("risk_due"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state["risk-since-day"] = since
        st.date_input(
            t("changes.since"),
            key="risk-since-day",
            max_value=latest,
            format="YYYY-MM-DD",
            help=t("changes.since_help"),
            on_change=lambda: state.update({"risk_since": state["risk-since-day"].isoformat()}),
            width=220,
        )
        if dated:
            key = f"risk-due-{t.language}"
            words = {"": t("changes.all"), "due": t("changes.due", period=t.period(scope.period))}
            state[key] = "due" if only_due else ""
            st.segmented_control(
                t("changes.which"),
                list(words),
                format_func=words.__getitem__,
                required=True,
                label_visibility="collapsed",
                key=key,
                on_change=lambda: state.update({"risk_due": state[key]}),
            )
    if only_due and (undated := len(days) - dated):
        st.caption(t("changes.undated", count=undated))
    return ask_patiently(t("changes.working"), changes_since, since, only_due)


def changes_finding(found: Changes, t: Text) -> str:
    """The view in one sentence (markdown)."""
    if found.bars.empty:
        facts = {"since": found.since, "closing": t.money(found.closing)}
        if found.told and (beside := len(found.beside)):
            return t.md("changes.only_beside", count=beside, **facts)
        return t.md("changes.nothing", **facts)
    return t.md(
        "changes.finding",
        since=found.since,
        opening=t.money(found.opening),
        closing=t.money(found.closing),
        change=t.money(found.closing - found.opening, signed=True),
    ) + t.md(
        "changes.most",
        effect=t(f"effect.{_most(found)['effect']}"),
        amount=t.money(_most(found)["amount"], signed=True),
        deals=int(_most(found)["deals"]),
    )


def _most(found: Changes) -> pd.Series:
    """The step that weighs most."""
    return found.bars.iloc[int(found.bars["amount"].abs().argmax())]


def show_changes(found: Changes, t: Text) -> None:
    """The picture, the steps, the opportunities behind the chosen one, and other changes."""
    if not found.told:
        st.info(t("changes.not_told", since=f"{found.since}"))
    elif found.compared < found.stayed:
        st.caption(t("changes.partly", stayed=found.stayed, compared=found.compared))
    if len(found.bars):
        _picture(found, t)
        _steps(found, t)
    _beside(found, t)
    team = session.scope().team
    about = About("open_value", "team" if team else "company", team)
    follow_up_form(about, t, "changes-follow", note=t("changes.follow"))


def _picture(found: Changes, t: Text) -> None:
    bars = found.bars
    names = [t(f"effect.{effect}") for effect in bars["effect"]]
    amounts = [float(amount) for amount in bars["amount"]]
    low = axis_low(found.opening, amounts)
    ends = (
        t("changes.open_on", day=f"{found.since}"),
        t("changes.open_on", day=f"{found.as_of}"),
    )
    notes = [
        t("changes.bar_hover", effect=name, amount=t.money(amount, signed=True), deals=int(deals))
        for name, amount, deals in zip(names, amounts, bars["deals"], strict=True)
    ]
    picture(
        lambda: waterfall(found.opening, names, amounts, notes, ends, t),
        t(
            "changes.picture",
            opening=t.money(found.opening),
            closing=t.money(found.closing),
            effect=t(f"effect.{_most(found)['effect']}"),
        ),
        t(
            "changes.caption",
            opened=found.opened,
            closed=found.closed,
            since=f"{found.since}",
            as_of=f"{found.as_of}",
            axis=t("changes.axis", low=t.money(low)) if low else "",
        ),
        key="waterfall",
        of=(found.since, found.opening, found.closing),
    )


def _steps(found: Changes, t: Text) -> None:
    bars = found.bars
    picked = choice(
        pd.DataFrame(
            {
                "effect": [t(f"effect.{effect}") for effect in bars["effect"]],
                "deals": bars["deals"],
                "amount": [t.money(amount, signed=True) for amount in bars["amount"]],
            }
        ),
        {name: t(f"changes.column_{name}") for name in ("effect", "deals", "amount")},
        key="change-steps",
        mode="single-row-required",
        first=[int(bars["amount"].abs().argmax())],
        right=("amount",),
    )
    effect = bars["effect"].iloc[picked[0] if picked else 0]
    rows = found.steps[found.steps["effect"] == effect]
    rows = rows.loc[rows["amount"].abs().sort_values(ascending=False, kind="stable").index]
    st.markdown(f"##### {t.md('changes.deals', effect=t(f'effect.{effect}'))}")
    if len(rows) > SHOWN:
        st.caption(t("changes.first_rows", shown=SHOWN, count=len(rows)))
    shown = rows.head(SHOWN)
    _deals(shown.assign(step=[t.money(one, signed=True) for one in shown["amount"]]), DEALS, t)


def _beside(found: Changes, t: Text) -> None:
    if not found.told:
        return
    if found.beside.empty:
        st.caption(t("changes.beside_none"))
        return
    counts = found.beside["kind"].value_counts()
    if not (box := drawer(t("changes.beside", count=len(found.beside)), "changes-beside")):
        return
    with box:
        st.caption(t("changes.beside_help"))
        kinds = [kind for kind in BESIDE if kind in counts.index]
        words = {kind: f"{t(f'beside.{kind}')} ({int(counts[kind]):,})" for kind in kinds}
        kind = st.pills(
            t("changes.which"), kinds, format_func=words.__getitem__, default=kinds[0],
            required=True, label_visibility="collapsed", key=f"change-beside-{t.language}",
        )  # fmt: skip
        rows = found.beside[found.beside["kind"] == (kind if kind in kinds else kinds[0])]
        shown = rows.sort_values("value", ascending=False, kind="stable").head(SHOWN)
        if len(rows) > SHOWN:
            st.caption(t("changes.first_rows", shown=SHOWN, count=len(rows)))
        shown = shown.assign(days=shown["days"].map("{:+.0f}".format).replace("+nan", "–"))
        _deals(shown, (*DEALS[:-1], "days"), t, key="beside")


def _deals(rows: pd.DataFrame, columns: tuple[str, ...], t: Text, key: str = "step") -> None:
    table(
        rows.assign(
            name=[title_of(row) for _, row in rows.iterrows()],
            rep=_both(rows["rep_then"].fillna("–"), rows["rep"].fillna("–")),
            stage=_both(rows["stage_then"].fillna("–"), rows["stage"].fillna("–")),
            value=_both(rows["value_then"].map(t.money), rows["value"].map(t.money)),
            due=_both(_days(rows["due_then"]), _days(rows["due"])),
        ),
        {name: t(f"changes.column_{name}") for name in columns},
        key=f"{key}-deals",
        right=("value", "step", "days"),
    )


def _days(days: pd.Series) -> pd.Series:
    return days.dt.strftime("%Y-%m-%d").fillna("–")


def _both(before: pd.Series, after: pd.Series) -> list[str]:
    """What was and what is, or one of them where they are the same."""
    return [
        str(new) if old == new else f"{old} → {new}" for old, new in zip(before, after, strict=True)
    ]
