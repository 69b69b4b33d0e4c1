"""Questions that take long, answered beside the page, which can be used and left meanwhile."""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import streamlit as st

from analytics.desk import Desk
from pages._ui import session

TICK = 1.0
"""Seconds after which is looked whether an answer has come."""

Question = tuple[Callable[..., Any], *tuple[Hashable, ...]]
"""A question with its details."""


def draw_meanwhile(draw: Callable[[], None], questions: Sequence[Question]) -> None:
    """Draw something now, and again with every answer; when all are known, the page once more.

    The questions are worked on one after the other, by one thread for all readers. Answers are
    kept as any other. When the reader leaves, the one under way is finished and no other begun.
    """
    desk = session.desk()
    waiting = bool(_open(desk, questions))

    def tick() -> None:
        if left := _open(desk, questions):
            _work_on(desk, left[0])
        draw()
        if waiting and not left:
            st.rerun()

    st.fragment(tick, run_every=TICK if waiting else None)()


def _open(desk: Desk, questions: Sequence[Question]) -> list[Question]:
    return [question for question in questions if not desk.knows(*question)]


def _work_on(desk: Desk, question: Question) -> None:
    asked = (desk, question[0].__name__, *question[1:])
    before: tuple[object, Future] | None = st.session_state.get("under_way")
    if before and not before[1].done():
        return
    if before and before[0] == asked:
        # It is done and yet not known: whatever went wrong there is to be seen here.
        before[1].result()
    st.session_state["under_way"] = (asked, _worker().submit(lambda: desk.ask(*question)))


@st.cache_resource(show_spinner=False, on_release=lambda worker: worker.shutdown(wait=False))
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="beside")
