"""Names that may mean the same: each is a question, and nothing is merged without an answer.

Of files that wait, an answer is kept until they are loaded.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from analytics.workflow import names_alike
from data.aliases import AliasProposal, decide
from pages._ui import session
from pages._ui.session import ask
from pages._ui.text import Text

ASKED = 10
DECISIONS: tuple[Literal["merge", "apart"], ...] = ("merge", "apart")

Answer = Callable[[AliasProposal, Literal["merge", "apart"]], None]


def to_settle(t: Text) -> None:
    """The names of what is loaded that nobody has decided upon."""
    if found := ask(names_alike):
        st.subheader(t("data.names"), anchor=False)
        st.caption(t("data.names_help"))
        _questions(found, settle, "name", t)


def settle(one: AliasProposal, decision: Literal["merge", "apart"]) -> None:
    """Write down whether two names mean one."""
    decide(
        session.warehouse(), one.kind, one.found, one.suggestion, decision,
        by=session.user(), at=session.now(),
    )  # fmt: skip


def answers() -> dict[AliasProposal, Literal["merge", "apart"]]:
    """What a person said of names in files that wait."""
    return st.session_state.setdefault("names", {})


def ask_again(one: AliasProposal) -> None:
    del answers()[one]


def to_settle_on_loading(found: Sequence[AliasProposal], t: Text) -> None:
    """The names of files that wait: undecided ones as questions, the others as answered."""
    if not found:
        return
    st.markdown(f"**{t('data.names')}**")
    st.caption(t("data.names_help"))
    _questions([one for one in found if one not in answers()], answers().__setitem__, "new", t)
    for one in found:
        if decision := answers().get(one):
            with st.container(horizontal=True, vertical_alignment="center"):
                facts = {"found": one.found, "suggestion": one.suggestion}
                st.markdown(t.md(f"data.said_{decision}", **facts))
                st.button(
                    t("data.ask_again"),
                    on_click=ask_again,
                    args=(one,),
                    type="tertiary",
                    key=f"again-{one.kind}-{one.found}",
                )


def _questions(found: Sequence[AliasProposal], answer: Answer, place: str, t: Text) -> None:
    for number, one in enumerate(found[:ASKED]):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{place}-{number}"):
            st.markdown(
                t.md(
                    "data.merge_question",
                    kind=t(f"kind.{one.kind}"),
                    found=one.found,
                    suggestion=one.suggestion,
                    rows=one.rows,
                )
            )
            for decision in DECISIONS:
                st.button(
                    t(f"data.{decision}"),
                    on_click=answer,
                    args=(one, decision),
                    key=f"{place}-{decision}-{one.kind}-{one.found}",
                )
    if len(found) > ASKED:
        st.caption(t("data.names_more", count=len(found) - ASKED))
