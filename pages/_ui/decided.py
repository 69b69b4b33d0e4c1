"""What stands decided: what the CRM says of it since, the files for it, and the way back."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from analytics.deciding import against_rules, carried_out, overtaken, too_many
from analytics.handback import accounts_along
from analytics.reallocation import Recommendation
from analytics.workflow import workings
from data.journal import verify
from pages._ui import session
from pages._ui.blocks import choice, drawer
from pages._ui.handback import downloads
from pages._ui.text import Text
from pages._ui.verdicts import take_back


def show_decided(decided: pd.DataFrame, found: Recommendation, t: Text) -> None:
    """The files to take to the CRM, what stands decided, and the way to take it back.

    ``decided`` is what ``deciding.standing`` says, by id.
    """
    recommended = {str(move.item) for move in found.plan.moves}
    if (entry := verify(session.warehouse())) is not None:
        st.error(t("decided.broken", entry=entry))
    if decided.empty:
        st.caption(t("decided.none"))
        return
    st.subheader(t("decided.title"), anchor=False)
    rows = decided.reset_index()
    accepted = rows[rows["holds"]]
    # Not asked through the desk: an answer kept there would be older than the last click.
    states = carried_out(session.desk(), accepted).set_index("item")
    past = overtaken(session.desk(), rows, recommended)
    st.markdown(_finding(rows, states["state"], past, t))
    # What is no longer recommended waits for a new decision before it goes to the CRM.
    broken = against_rules(found, accepted)
    kept_out = past | {*broken["item"]}
    accepted = accepted[~accepted["item"].isin(kept_out)].reset_index(drop=True)
    for row in broken.itertuples():
        why = t(f"whynot.{row.reason}")
        name = decided.at[row.item, "name"]
        st.warning(t.md("decided.against_rules", name=name, rep=row.to_rep, why=why))
    for full in too_many(found, accepted).itertuples():
        facts = {"items": f"{full.items}", "limit": f"{full.limit:.0f}"}
        st.warning(t.md("decided.too_many", rep=full.rep, **facts))
    along = accounts_along(accepted, workings(session.desk())["open_work"])
    if len(along) and st.checkbox(
        t("decided.with_accounts", count=len(along)), key="with-accounts"
    ):
        accepted = pd.concat([accepted, along], ignore_index=True)
    downloads(accepted, "moves", t, said=rows)
    if box := drawer(t("decided.all", count=len(decided)), "decided"):
        with box:
            _table(decided, states, past, t)


def _finding(rows: pd.DataFrame, states: pd.Series, past: frozenset[str], t: Text) -> str:
    """What became of the decisions, in a sentence for each thing that has to be known."""
    counted = states.value_counts()
    said = []
    if len(states):
        done = int(counted.get("done", 0))
        said.append(t("decided.finding", accepted=len(states), done=done))
    for state in ("ignored", "reverted", "differs", "closed"):
        if state in counted:
            said.append(t(f"decided.finding_{state}", count=int(counted[state])))
    if waits := int(((rows["verdict"] == "accept") & ~rows["holds"]).sum()):
        said.append(t("decided.finding_waits", count=waits))
    # What is done or closed needs no recommendation any more.
    if late := past - {*states.index[states.isin(["done", "closed"])]}:
        said.append(t("decided.finding_overtaken", count=len(late)))
    return " ".join(said)


def _table(decided: pd.DataFrame, states: pd.DataFrame, past: Collection[str], t: Text) -> None:
    said = {
        row.Index: t(f"decided.crm_{row.state}", owner=row.owner or t("decided.crm_nobody"))
        for row in states.itertuples()
    }
    for item in past:
        if said.get(item) is None or states.at[item, "state"] not in ("done", "closed"):
            said[item] = " · ".join(filter(None, [said.get(item), t("decided.overtaken")]))
    waits = (decided["verdict"] == "accept") & ~decided["holds"]
    rows = choice(
        decided.assign(
            crm=[said.get(item, "") for item in decided.index],
            verdict=[
                t("decision.waits") if waiting else t(f"decision.{verdict}")
                for verdict, waiting in zip(decided["verdict"], waits, strict=True)
            ],
            decided_at=decided["decided_at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"),
            from_rep=decided["from_rep"].replace("", "–"),
        ),
        {
            "name": t("facts.opportunity"),
            "from_rep": t("facts.from"),
            "to_rep": t("facts.to"),
            "verdict": t("facts.decision"),
            "crm": t("decided.crm"),
            "note": t("decided.note"),
            "decided_by": t("decided.by"),
            "decided_at": t("decided.at"),
        },
        key="decided-table",
        mode="multi-row",
    )
    st.button(
        t("decided.undo_chosen", count=len(rows)),
        on_click=take_back,
        args=(decided.iloc[rows],),
        disabled=not rows,
        key="undo-decisions",
    )
