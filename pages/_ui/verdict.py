"""The verdict in words: do reps differ, and could this data have told."""

import pandas as pd
import streamlit as st

from analytics.settings import SETTINGS
from analytics.study import Study
from pages._ui.text import Text


def crossed(study: Study, t: Text) -> str:
    """The attributes that were crossed with the reps: "product or sector"."""
    return t("list.or").join(t(f"attribute.{name}") for name in study.attributes)


def is_alone(study: Study) -> bool:
    """Whether there is data enough, but of one person only."""
    enough = study.wins >= SETTINGS.min_wins and study.closed - study.wins >= SETTINGS.min_losses
    return enough and len(study.reps) == 1


def people_finding(study: Study, rates: pd.DataFrame, t: Text) -> str:
    """How many people can be told from the average (markdown); ``rates`` are those of the study."""
    overall = rates[rates["level"].isna()]
    if overall.empty:
        return verdict_sentence(study, t)
    above, below = int((overall["clear"] > 0).sum()), int((overall["clear"] < 0).sum())
    if above or below:
        unclear = len(overall) - above - below
        key = "finding" if unclear else "finding_all"
        return t.md(f"winrates.{key}", above=above, below=below, reps=len(overall), unclear=unclear)
    cells = rates[rates["level"].notna()]
    if known := int((cells["clear"] != 0).sum()):
        return t.md("winrates.finding_cells", known=known, cells=len(cells))
    if "evidence" in (study.signal.verdict_reps, study.signal.verdict_segments):
        return t("winrates.finding_faint")
    return t.md("winrates.finding_none", closed=study.closed)


def verdict_sentence(study: Study, t: Text) -> str:
    """One sentence on what the data can say about the reps (markdown)."""
    signal = study.signal
    if is_alone(study):
        return t.md("verdict.alone", closed=study.closed, rep=study.reps[0])
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
        attribute=crossed(study, t),
        closed=study.closed,
        p_reps=t.p_value(signal.p_reps),
        p_segments=t.p_value(signal.p_segments),
    )


def verdict_details(study: Study, t: Text) -> None:
    """The two tests with p, and the smallest difference this data would have found."""
    signal = study.signal
    if signal.verdict_reps == "too_little_data":
        return
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
                t("verdict.question_segments", attribute=crossed(study, t)),
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
