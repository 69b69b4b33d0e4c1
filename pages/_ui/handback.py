"""What leaves the product once something is decided: the files for the CRM and for people."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.delivering import Outgoing, as_file, crms, new_tasks, outgoing, reading
from analytics.desk import Desk
from analytics.exports import DECISIONS, FACTS, HAPPENED, decision_log, handover_sheets
from data.formats import formats
from pages._ui import session
from pages._ui.blocks import drawer, table
from pages._ui.text import Text

TASK_FIELDS = ("subject", "owner", "due_on", "importance", "note")
SHEET_WORDS = (
    *("title", "promises", "contacts", "history", "nothing"),
    *(*FACTS, *HAPPENED),
)


def downloads(decided: pd.DataFrame, key: str, t: Text, said: pd.DataFrame | None = None) -> None:
    """The files that carry decided changes of owners out, undo them, and explain them.

    Parameters
    ----------
    decided
        One row per change that holds: item, kind, name, account, from_rep, to_rep, decided_by,
        decided_at, note.
    key
        Tells several of these on one page apart.
    said
        Every decision, those that hold nothing included, for the list of them; with verdict.
    """
    desk = session.desk()
    names = sorted(formats(), key=lambda name: t(f"format.{name}"))
    crm = st.selectbox(
        t("handback.crm"),
        names,
        index=names.index(crms(desk).get("opportunity", "evenhand")),
        format_func=lambda name: t(f"format.{name}"),
        key=f"crm-{key}-{t.language}",
        width=260,
    )
    there, back = (outgoing(desk, decided, crm, back=way) for way in (False, True))
    day = session.scope().as_of
    with st.container(horizontal=True):
        _files(
            there,
            t("handback.changes", count=there.changes),
            f"owners_{crm}_{day}",
            f"changes-{key}",
        )
        _files(back, t("handback.back"), f"owners_back_{crm}_{day}", f"back-{key}")
        st.download_button(
            t("handback.sheets"),
            data=partial(_sheets, desk, decided, t),
            file_name=f"{t('sheet.title')}_{day}.html",
            mime="text/html",
            disabled=decided.empty,
            on_click="ignore",
            key=f"sheets-{key}",
        )
    st.caption(_help(there, crm, t))
    if len(there.refused) and (
        box := drawer(t("handback.refused", count=len(there.refused)), f"refused-{key}")
    ):
        with box:
            _refused(there.refused, key, t)
    if box := drawer(t("handback.more"), f"more-{key}"):
        with box:
            _more(decided, decided if said is None else said, key, t)


def _files(found: Outgoing, label: str, stem: str, key: str) -> None:
    name, content = as_file(found, stem) if found.files else ("", b"")
    st.download_button(
        label,
        data=content,
        file_name=name,
        disabled=not found.files,
        on_click="ignore",
        key=key,
    )


def _help(there: Outgoing, crm: str, t: Text) -> str:
    """How the files are used, and how well that is known (markdown)."""
    label = t(f"format.{crm}")
    said = [t.md("handback.help", crm=label), t(f"crmnote.{crm}")]
    if len(there.files) > 1:
        said.append(t("handback.files", count=len(there.files)))
    if {sheet.kind for _, sheet in there.files} == {"opportunity"}:
        said.append(t("handback.accounts"))
    if formats()[crm].owner_change.evidence == "unverified":
        said.append(t.md("handback.unverified", crm=label))
    return " ".join(said)


def _refused(refused: pd.DataFrame, key: str, t: Text) -> None:
    table(
        refused.assign(
            kind=refused["kind"].map(lambda kind: t(f"what.{kind}")),
            reason=refused["reason"].map(lambda reason: t(f"refusal.{reason}")),
        ),
        {name: t(f"handback.{name}") for name in ("kind", "item", "name", "from_rep", "to_rep")}
        | {"reason": t("handback.why")},
        key=f"refused-table-{key}",
    )


def _more(decided: pd.DataFrame, said: pd.DataFrame, key: str, t: Text) -> None:
    day = session.scope().as_of
    verdict = said["verdict"] if "verdict" in said else pd.Series("accept", said.index)
    shown = said.assign(
        kind=said["kind"].map(lambda kind: t(f"what.{kind}")),
        verdict=verdict.map(lambda name: t(f"decision.{name}")),
    )
    headings = {name: t(f"handback.{name}") for name in DECISIONS}
    name, content = new_tasks(
        session.desk(),
        _as_tasks(decided, t),
        {t(f"handback.{field}"): field for field in TASK_FIELDS},
        session.now(),
        f"tasks_{day}",
    )
    with st.container(horizontal=True):
        st.download_button(
            t("handback.tasks"), data=content, file_name=name, on_click="ignore",
            disabled=decided.empty, key=f"tasks-{key}",
        )  # fmt: skip
        st.download_button(
            t("handback.log"), data=partial(decision_log, shown, headings),
            file_name=f"decisions_{day}.csv", mime="text/csv", on_click="ignore",
            disabled=said.empty, key=f"log-{key}",
        )  # fmt: skip


def _as_tasks(decided: pd.DataFrame, t: Text) -> pd.DataFrame:
    """What the task of each new owner says."""
    return decided.assign(
        subject=[
            t(
                f"handback.{'task' if row.from_rep else 'task_new'}",
                name=row.name,
                giver=row.from_rep,
            )
            for row in decided.drop(columns="account").itertuples(index=False)
        ],
        importance=t("handback.high"),
        note=[
            t("handback.task_note", item=item, note=note)
            for item, note in zip(decided["item"], decided["note"], strict=True)
        ],
    )


def _sheets(desk: Desk, decided: pd.DataFrame, t: Text) -> bytes:
    """Made when it is asked for, where there is no session any more."""
    facts, diary = reading(desk, decided)
    words = {name: t(f"sheet.{name}") for name in SHEET_WORDS}
    words["activities"] = t("sheet.activities", count="{count}")
    shown = facts.assign(
        value=facts["value"].map(t.money),
        due_on=[f"{day:%Y-%m-%d}" if pd.notna(day) else "" for day in facts["due_on"]],
    )
    return handover_sheets(shown, diary, words, t.language)
