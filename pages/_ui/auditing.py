"""What is wrong with who owns what, who should have it instead, and what was decided on that."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.auditing import decide_fixes, decided_fixes, take_back_fixes
from analytics.deciding import carried_out
from analytics.fixes import Fix
from analytics.ownership import Audit, Finding
from analytics.workflow import workings
from pages._ui import session
from pages._ui.bars import amount_bars
from pages._ui.blocks import choice, drawer, picture, table
from pages._ui.handback import downloads
from pages._ui.text import Text

ITEMS = ("kind", "name", "account", "product", "owner", "stage", "value", "created_on")
FIXES = ("name", "kind", "value", "finding", "from", "to", "decision", "why")


def finding_sentence(found: Audit, t: Text) -> str:
    """The page in one sentence (markdown)."""
    items, value = found.abandoned
    several = found.of("account_owners")
    parts = []
    if items:
        parts.append(t.md("audit.abandoned", items=items, value=t.money(value)))
    if several:
        parts.append(t.md("audit.several", accounts=several.groups, of=several.of))
    return t("list.space").join(parts) or t("audit.clear")


def show_findings(found: Audit, of: tuple[str, ...], t: Text) -> None:
    """Every finding as a bar and as a row, and the items behind the one that is chosen."""
    findings = found.findings
    worst = max(findings, key=lambda one: one.value)
    picture(
        lambda: amount_bars(
            [t(f"audit.{one.kind}") for one in findings],
            [one.value for one in findings],
            [counted(one, t) for one in findings],
            t,
            marked={row for row, one in enumerate(findings) if one.severity == "high"},
        ),
        t("audit.picture", finding=t(f"audit.{worst.kind}"), value=t.money(worst.value)),
        t("audit.caption", as_of=session.scope().as_of),
        key="findings",
        of=of,
    )
    rows = pd.DataFrame(
        {
            "finding": [t(f"audit.{one.kind}") for one in findings],
            "severity": [t(f"severity.{one.severity}") for one in findings],
            "count": [counted(one, t) for one in findings],
            "items": [one.items for one in findings],
            "value": [t.money(one.value) for one in findings],
            "remedy": [t(f"remedy.{one.kind}") for one in findings],
        }
    )
    picked = choice(
        rows,
        {name: t(f"audit.column_{name}") for name in rows},
        key="audit-findings",
        mode="single-row-required",
        first=[0],
        right=("value",),
    )
    chosen = findings[picked[0] if picked else 0]
    if box := drawer(t("audit.items", finding=t(f"audit.{chosen.kind}")), "audit-items"):
        with box:
            _items(found, chosen, t)


def counted(finding: Finding, t: Text) -> str:
    return t(f"counted.{finding.kind}", groups=finding.groups, of=finding.of)


def _items(found: Audit, chosen: Finding, t: Text) -> None:
    rows = found.rows[found.rows["finding"] == chosen.kind]
    items = rows.merge(workings(session.desk())["open_work"], on=["kind", "item"])
    items = items.sort_values(["group", "value"], ascending=[True, False])
    table(
        items.assign(
            kind=[t(f"audit.kind_{kind}") for kind in items["kind"]],
            owner=items["rep"].fillna("–"),
            account=items["account"].fillna("–"),
            product=items["product"].fillna("–"),
            stage=items["stage"].fillna("–"),
            value=items["value"].map(t.money),
            created_on=items["created_on"].dt.strftime("%Y-%m-%d").fillna("–"),
        ),
        {name: t(f"audit.item_{name}") for name in ITEMS},
        key="audit-items-table",
        right=("value",),
    )


def show_fixes(proposed: Sequence[Fix], t: Text) -> None:
    """Who should have what instead, to be decided on one by one or at once."""
    decided = decided_fixes(session.warehouse())
    can, cannot = (
        [one for one in proposed if one.to_rep],
        [one for one in proposed if not one.to_rep],
    )
    st.subheader(t("fix.title"), anchor=False)
    if not proposed:
        st.caption(t("fix.none"))
    if can:
        _decide(can, decided, t)
    if cannot and (box := drawer(t("fix.nobody", count=len(cannot)), "fix-nobody")):
        with box:
            st.caption(t("fix.nobody_help"))
            table(
                _rows(cannot, decided, t),
                {name: t(f"fix.{name}") for name in FIXES if name not in ("to", "decision")},
                key="fix-nobody-table",
                right=("value",),
            )
    show_decided(decided, t)


def _decide(can: Sequence[Fix], decided: pd.DataFrame, t: Text) -> None:
    st.caption(t("fix.help"))
    picked = choice(
        _rows(can, decided, t),
        {name: t(f"fix.{name}") for name in FIXES},
        key="fixes",
        mode="multi-row",
        right=("value",),
    )
    undecided = [one for one in can if (one.kind, one.item) not in decided.index]
    chosen = [can[row] for row in picked] or undecided
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            t("fix.note"), key="fix-note", placeholder=t("fix.note_hint"), on_change="ignore"
        )
        for verdict in ("accept", "decline"):
            st.button(
                t(f"fix.{verdict}", count=len(chosen)),
                type="primary" if verdict == "accept" else "secondary",
                on_click=decide,
                args=(verdict, chosen),
                disabled=not chosen,
                key=f"{verdict}-fixes",
            )


def decide(verdict: str, chosen: Sequence[Fix]) -> None:
    """Write the decisions down with the note that stands on the page."""
    state = st.session_state
    note = state.get("fix-note", "")
    decide_fixes(session.desk(), chosen, verdict, note, session.user(), session.now())
    state["fix-note"] = ""


def _rows(proposed: Sequence[Fix], decided: pd.DataFrame, t: Text) -> pd.DataFrame:
    said = {
        index: f"{t(f'decision.{row.verdict}')} → {row.to_rep}"
        for index, row in zip(decided.index, decided.itertuples(), strict=True)
    }
    return pd.DataFrame(
        {
            "name": [_named(one.name, one.account) for one in proposed],
            "kind": [t(f"audit.kind_{one.kind}") for one in proposed],
            "value": [t.money(one.value) for one in proposed],
            "finding": [t(f"audit.{one.finding}") for one in proposed],
            "from": [one.from_rep or "–" for one in proposed],
            "to": [one.to_rep for one in proposed],
            "why": [why(one, t) for one in proposed],
            "decision": [said.get((one.kind, one.item), "") for one in proposed],
        }
    )


def _named(name: str, account: str) -> str:
    """What people call an item: its name, and its account unless that is part of it."""
    return name if account in name else f"{name} · {account}"


def why(fix: Fix, t: Text) -> str:
    """The reason of a proposal, or of there being none (plain text)."""
    facts: dict[str, Any] = dict(fix.reason.facts)
    if "value" in facts:
        facts["value"] = t.money(facts["value"])
    said = t(f"fixreason.{fix.reason.code}", **facts)
    if first := facts.get("first"):
        return t("list.space").join((said, t("fix.instead", first=first)))
    return said


def show_decided(decided: pd.DataFrame, t: Text) -> None:
    """The files to take to the CRM, what stands decided, and the way to take it back."""
    if decided.empty:
        return
    accepted = decided[decided["verdict"] == "accept"].reset_index(drop=True)
    st.subheader(t("fix.decided"), anchor=False)
    downloads(accepted, "fixes", t, said=decided.reset_index(drop=True))
    if box := drawer(t("fix.all", count=len(decided)), "fix-decided"):
        with box:
            _decided_table(decided, accepted, t)


def _decided_table(decided: pd.DataFrame, accepted: pd.DataFrame, t: Text) -> None:
    states = carried_out(session.desk(), accepted).itertuples()
    said = {row.item: t(f"decided.crm_{row.state}", owner=row.owner or "–") for row in states}
    rows = choice(
        decided.assign(
            kind=[t(f"audit.kind_{kind}") for kind in decided["kind"]],
            crm=[said.get(item, "") for item in decided["item"]],
            verdict=decided["verdict"].map(lambda verdict: t(f"decision.{verdict}")),
            from_rep=decided["from_rep"].replace("", "–"),
        ),
        {
            "name": t("fix.name"),
            "kind": t("fix.kind"),
            "from_rep": t("fix.from"),
            "to_rep": t("fix.to"),
            "verdict": t("fix.decision"),
            "crm": t("decided.crm"),
            "note": t("fix.note"),
        },
        key="fix-decided-table",
        mode="multi-row",
    )
    st.button(
        t("decided.undo_chosen", count=len(rows)),
        on_click=partial(take_back, decided.iloc[rows]),
        disabled=not rows,
        key="undo-fixes",
    )


def take_back(rows: pd.DataFrame) -> None:
    take_back_fixes(session.desk(), rows, session.user(), session.now())
