"""How good is this model: what it foretold and what came of it, on the user's own data."""

import streamlit as st

from analytics.abilities import calibration, censored, drifting, evidence, weighting
from analytics.calibration import Calibration
from analytics.workflow import coverage
from pages._ui import curves, judging, session
from pages._ui.background import draw_meanwhile
from pages._ui.blocks import empty, picture, table, title
from pages._ui.session import ask, ask_patiently
from pages._ui.verdict import verdict_sentence

MONTHS = 24
"""Months in the picture of what is still open."""

t = session.text()
state = st.session_state
as_of = session.scope().as_of

if not ask(coverage)["opportunities"]:
    title(t("page.model"), t("model.question"))
    empty(t("model.needed"))
    st.stop()

heading, body = st.container(), st.container()
with body:
    study = ask_patiently(t("overview.learning"), evidence)
    found = ask_patiently(t("model.judging"), calibration)
with heading:
    title(t("page.model"), judging.trust(found, t))


def forecasts(found: Calibration) -> None:
    """Foretold against observed, and against simpler ways to foretell."""
    assert found.curve is not None
    assert found.methods is not None
    curve = found.curve
    picture(
        lambda: curves.calibration_curve(curve, t),
        judging.came_true(curve, t),
        t("list.space").join(
            (t("model.curve_caption"), judging.how_judged(found, t), t("model.as_of", as_of=as_of))
        ),
        key="calibration",
    )
    st.subheader(t("model.simpler"), anchor=False)
    table(
        judging.methods_in_words(found.methods, t),
        {name: t(f"model.{name}") for name in ("method", "verdict", "log_loss", "brier")},
        key="methods",
        right=("log_loss", "brier"),
    )
    st.caption(t("model.methods_caption"))


def signal() -> None:
    """Whether people differ, and where that is shown."""
    st.subheader(t("model.people"), anchor=False)
    st.markdown(verdict_sentence(study, t))
    st.page_link(
        session.page("winrates"), label=t("model.to_winrates"), icon=":material/arrow_forward:"
    )


def drifts() -> None:
    """Who has changed, and whether older opportunities should count less."""
    st.subheader(t("drift.title"), anchor=False)
    changed = ask_patiently(t("drift.testing"), drifting)
    st.markdown(judging.changes(changed, t), help=t("drift.help"))
    if changed["flagged"].any():
        table(
            judging.changes_in_words(changed, t),
            {
                name: t(f"drift.{name}")
                for name in ("level", "kind", "early", "late", "change", "deals")
            },
            key="drift",
            right=("early", "late", "change"),
        )
        st.caption(t("drift.caption"))


def fading() -> None:
    """Whether older opportunities should count less: tried only when somebody asks."""
    here = (session.workspace(), session.data_version(), session.scope())
    asked, since = state.get("weighting_asked", (None, session.now()))
    if not session.desk().knows(weighting) and asked != here:
        st.button(
            t("weighting.ask"),
            on_click=lambda: state.update(weighting_asked=(here, session.now())),
            help=t("weighting.help"),
            key="ask-weighting",
        )
        return

    def draw() -> None:
        if not session.desk().knows(weighting):
            st.caption(t("weighting.trying", seconds=(session.now() - since).seconds))
            return
        tried = ask(weighting)
        st.markdown(judging.weighting_in_words(tried, t), help=t("weighting.help"))
        if len(tried.tried):
            table(
                judging.tried_in_words(tried.tried, t),
                {name: t(f"weighting.{name}") for name in ("half_life", "verdict", "log_loss")},
                key="half-lives",
                right=("log_loss",),
            )

    draw_meanwhile(draw, [(weighting,)])


def still_open() -> None:
    """What of each month has not ended yet, and whether that bends the win rates."""
    waiting = ask(censored)
    months = waiting.cohorts.tail(MONTHS)
    if months.empty:
        return
    st.subheader(t("waiting.title"), anchor=False)
    st.markdown(judging.waiting_in_words(waiting, t, "orange"))
    picture(
        lambda: curves.open_bars(months, t),
        judging.much_open(months, t),
        t("waiting.caption", created=int(months["created"].sum()), as_of=as_of),
        key="still-open",
    )


with body:
    if found.curve is not None:
        forecasts(found)
    signal()
    if study.model is not None:
        drifts()
        if found.curve is not None:
            fading()
    still_open()
