"""Answers that come beside the page: one after the other, and a failure is seen."""

import time

from streamlit.testing.v1 import AppTest

SECONDS = 20


def page(broken: int) -> None:
    """A page that draws how many of three questions are answered."""
    from datetime import date

    import streamlit as st

    from analytics.desk import Desk
    from analytics.scope import Period, Scope
    from pages._ui.background import draw_meanwhile

    def doubled(desk: Desk, number: int) -> int:
        if number == broken:
            raise ValueError(number)
        return 2 * number

    if "desk" not in st.session_state:
        day = date(2026, 3, 31)
        st.session_state["desk"] = Desk(None, Scope(day, Period.containing(day, "quarter")))  # type: ignore[arg-type]
    desk = st.session_state["desk"]
    questions = [(doubled, number) for number in range(3)]

    def draw() -> None:
        st.markdown(str([desk.knows(*question) for question in questions]))

    draw_meanwhile(draw, questions)


def seen(app: AppTest, until: str) -> list[str]:
    """What the page shows, run after run, until it shows this or an exception."""
    shown = []
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        app.run()
        shown += [block.value for block in app.markdown]
        if app.exception or until in shown:
            return shown
        time.sleep(0.02)
    raise AssertionError(shown)


def test_questions_are_answered_in_their_order_and_drawn_as_they_come():
    shown = seen(
        AppTest.from_function(page, kwargs={"broken": -1}, default_timeout=SECONDS),
        until="[True, True, True]",
    )

    assert shown[-1] == "[True, True, True]"
    assert [state.count("True") for state in shown] == sorted(
        state.count("True") for state in shown
    )


def test_what_goes_wrong_beside_the_page_is_seen_on_it_and_not_tried_forever():
    app = AppTest.from_function(page, kwargs={"broken": 1}, default_timeout=SECONDS)

    seen(app, until="never")

    assert app.exception
    before = app.session_state["under_way"][1]
    app.run()
    assert app.session_state["under_way"][1] is before
