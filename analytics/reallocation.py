"""The plan for a book of open opportunities, or the reasons to keep the owners."""

import math
from dataclasses import dataclass, replace

import numpy as np

from analytics.allocation import Plan, Problem, Rules, recommend
from analytics.posing import Book, Posed, pose, win_draws
from analytics.rules import RuleSet
from analytics.settings import Settings
from analytics.study import Study, blank_model, halves


@dataclass(frozen=True, eq=False)
class Recommendation:
    """A plan with the problem it answers, so that more can be asked about it.

    Attributes
    ----------
    problem
        None where there was nothing to solve. Of a plan that only relieves it takes everybody to
        win alike.
    """

    plan: Plan
    problem: Problem | None


def reallocation(book: Book, study: Study, rules: RuleSet, settings: Settings) -> Recommendation:
    """The plan for these open opportunities, or the reasons to keep the owners.

    Parameters
    ----------
    study
        What the closed opportunities say.
    rules, settings
        The manager's rules; thresholds and the seed.
    """
    plan, posed = _for_gain(book, study, rules, settings)
    # Without hours nobody can be told to have too many.
    if plan.status == "plan" or book.effort is None:
        return Recommendation(plan, posed.problem if posed else None)
    alike = pose(book, study, rules, settings, neutral=True)
    if alike is not None:
        trials = _trials(study, alike)
        relieving = recommend(alike.problem, replace(plan.rules, for_relief=True), trials)
        if relieving.moves:
            return Recommendation(replace(relieving, why=plan.why), alike.problem)
    return Recommendation(plan, posed.problem if posed else None)


def _for_gain(
    book: Book, study: Study, rules: RuleSet, settings: Settings
) -> tuple[Plan, Posed | None]:
    """The plan by who wins more, and the problem that it solves."""
    limits = limits_of(rules, settings)
    against = objections(study, settings)
    posed = None if against else pose(book, study, rules, settings)
    if posed is None:
        why = against or ("nothing_open",)
        return Plan("keep_owners", why, limits, keep_value=math.nan), None
    draws = _half_draws(study, posed, settings)
    return recommend(posed.problem, limits, _trials(study, posed), halves=draws), posed


def limits_of(rules: RuleSet, settings: Settings) -> Rules:
    """What the solver has to keep to."""
    return Rules(max_moves=rules.max_moves, p_gain_min=settings.p_gain_min)


def objections(study: Study, settings: Settings) -> tuple[str, ...]:
    """What the data has against moving work for skill: nothing, or one reason.

    To move work takes a smaller p value than to mention a difference.
    """
    signal = study.signal
    if signal.verdict_reps == "too_little_data":
        return ("too_little_data",)
    smallest = min(p for p in (signal.p_reps, signal.p_segments, 1.0) if p is not None)
    if smallest <= settings.alpha_to_act:
        return ()
    return ("weak_evidence" if smallest <= settings.alpha else "no_evidence",)


def _half_draws(study: Study, posed: Posed, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """The draws of two models, each fitted on its own half of the closed opportunities."""
    rng = np.random.default_rng(settings.seed)
    models = [
        blank_model(study.segments, study.attributes).fit_aggregated(
            cells, cells["wins"], cells["trials"]
        )
        for cells in halves(study, rng)
    ]
    n_reps = len(posed.problem.reps)
    first, second = (win_draws(model, posed.rows, n_reps, settings) for model in models)
    return first, second


def _trials(study: Study, posed: Posed) -> np.ndarray:
    """Closed opportunities of each rep in the segment's level of ``study.by``."""
    rows, names = posed.rows, posed.problem.reps
    if not study.by:
        counts = study.cells.groupby("rep")["trials"].sum()
        return rows["rep"].map(counts).astype(float).fillna(0).to_numpy(int).reshape(len(names), -1)
    counts = study.cells.groupby(["rep", study.by], as_index=False, dropna=False)["trials"].sum()
    merged = rows.merge(counts, on=["rep", study.by], how="left")
    return merged["trials"].fillna(0).to_numpy(int).reshape(len(names), -1)
