"""The verdict in words: do reps differ, and could this data have told."""

import streamlit as st

from analytics.study import Study
from pages._ui.text import Text


def verdict_sentence(study: Study, t: Text) -> str:
    """One sentence on what the data can say about the reps (markdown)."""
    signal = study.signal
    if signal.verdict_reps == "too_little_data":
        return t.md(
            "verdict.too_little_data",
            wins=study.wins,
            losses=study.closed - study.wins,
        )
    if not study.by:
        key = "verdict.reps_alone" if signal.verdict_reps == "evidence" else "verdict.none_alone"
        return t.md(key, closed=study.closed, p_reps=t.p_value(signal.p_reps))
    found = (signal.verdict_reps == "evidence", signal.verdict_segments == "evidence")
    key = {
        (True, True): "verdict.both",
        (True, False): "verdict.reps",
        (False, True): "verdict.segments",
        (False, False): "verdict.none",
    }[found]
    return t.md(
        key,
        attribute=t(f"attribute.{study.by}"),
        closed=study.closed,
        p_reps=t.p_value(signal.p_reps),
        p_segments=t.p_value(signal.p_segments),
    )


def verdict_details(study: Study, t: Text) -> None:
    """The two tests with p, and the smallest difference this data would have found."""
    signal = study.signal
    if signal.verdict_reps == "too_little_data":
        return
    attribute = t(f"attribute.{study.by}") if study.by else ""
    questions: list[tuple[str, str, float | None, float | None]] = [
        (
            t("verdict.question_reps"),
            signal.verdict_reps,
            signal.p_reps,
            signal.detectable_points_reps,
        )
    ]
    if study.by:
        questions.append(
            (
                t("verdict.question_segments", attribute=attribute),
                signal.verdict_segments,
                signal.p_segments,
                signal.detectable_points_segments,
            )
        )
    lines = []
    for question, verdict, p, points in questions:
        word = t(f"verdict.word_{verdict}")
        found = t.md("verdict.p", p=t.p_value(p)) if p is not None else ""
        least = (
            t.md("verdict.detectable", points=f"{points * 100:.0f}") if points is not None else ""
        )
        lines.append(f"- **{question}** {word}{found} {least}")
    st.markdown("\n".join(lines), help=t("verdict.detectable_help"))
