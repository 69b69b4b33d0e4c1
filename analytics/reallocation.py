"""From open opportunities and what is believed of the reps to a problem that can be solved."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.allocation import BarReason, Plan, Problem, Rules, recommend
from analytics.settings import Settings
from analytics.study import Study, blank_model, halves
from analytics.winrate import RepWinRate


@dataclass(frozen=True)
class Terms:
    """What a manager may set before asking for a plan.

    Attributes
    ----------
    max_moves
        Hand-overs one plan may ask for.
    capacity
        Open opportunities a rep may hold; zero takes ``capacity_factor`` times the team's mean.
    hand_over_customer, hand_over_new
        Share of an opportunity's expected value that its hand-over costs, with an account that
        has bought within a year and with any other.
    across_teams
        Let opportunities move to another team.
    """

    max_moves: int
    capacity: int
    hand_over_customer: float
    hand_over_new: float
    across_teams: bool = False

    @classmethod
    def default(cls, settings: Settings) -> "Terms":
        return cls(
            max_moves=settings.max_moves,
            capacity=0,
            hand_over_customer=settings.hand_over_customer,
            hand_over_new=settings.hand_over_new,
        )


@dataclass(frozen=True, eq=False)
class Recommendation:
    """A plan with the problem it answers, so that more can be asked about it.

    There is no problem where the owners are kept before anything was compared.
    """

    plan: Plan
    problem: Problem | None


def reallocation(
    items: pd.DataFrame, reps: pd.DataFrame, study: Study, terms: Terms, settings: Settings
) -> Recommendation:
    """The plan for these open opportunities, or the reasons to keep the owners.

    Parameters
    ----------
    items
        Rows of the mart ``open_items`` that may move; those without an active owner are left
        to ``ownership``.
    reps
        The mart ``rep_results``.
    study
        What the closed opportunities say.
    terms, settings
        The manager's limits; thresholds and the seed.
    """
    rules = rules_of(terms, settings)
    against = objections(study, settings)
    posed = None if against else pose(items, reps, study, terms, settings)
    if posed is None:
        why = against or ("nothing_open",)
        return Recommendation(Plan("keep_owners", why, rules, keep_value=math.nan), None)
    problem, rows = posed
    plan = recommend(
        problem,
        rules,
        trials=_trials(study, rows, problem.reps),
        halves=_half_draws(study, rows, len(problem.reps), settings),
    )
    return Recommendation(plan, problem)


def rules_of(terms: Terms, settings: Settings) -> Rules:
    return Rules(max_moves=terms.max_moves, p_gain_min=settings.p_gain_min)


def pose(
    items: pd.DataFrame, reps: pd.DataFrame, study: Study, terms: Terms, settings: Settings
) -> tuple[Problem, pd.DataFrame] | None:
    """The problem, and the rows rep x segment behind its draws; parameters as above.

    None where there is no model, or nothing open that an active rep owns.
    """
    active = reps[reps["active"]].sort_values("rep")
    owned = items[items["rep"].isin(active["rep"])].reset_index(drop=True)
    if study.model is None or owned.empty:
        return None
    names = tuple(active["rep"])
    segments, rows = _segments(owned, active, study)
    draws = _win_draws(study.model, rows, len(names), settings)
    average = draws.mean(axis=(0, 1))
    expected = owned["value"].to_numpy(float) * average[segments]
    share = np.where(owned["customer"], terms.hand_over_customer, terms.hand_over_new)
    problem = Problem(
        items=pd.DataFrame(
            {
                "item": owned["opportunity_id"],
                "owner": owned["rep"],
                "segment": segments,
                "value": owned["value"].astype(float),
                "switching": share * expected,
            }
        ),
        reps=names,
        capacity=capacities(active, owned, terms, settings),
        draws=draws,
        barred=_barred(owned, active, terms),
    )
    return problem, rows


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


def capacities(
    active: pd.DataFrame, owned: pd.DataFrame, terms: Terms, settings: Settings
) -> np.ndarray:
    """Opportunities of ``owned`` each active rep may hold, shape (n_reps,).

    What a rep holds besides ``owned`` takes up room. Who is away may receive nothing.
    """
    if terms.capacity:
        room = np.full(len(active), float(terms.capacity))
    else:
        mean = active.groupby("team")["open_count"].transform("mean")
        room = np.ceil(settings.capacity_factor * mean.to_numpy(float))
    held = active["rep"].map(owned["rep"].value_counts()).fillna(0)
    besides = (active["open_count"] - held).to_numpy(float)
    return np.where(active["away"], 0.0, np.maximum(room - besides, 0.0))


def _segments(
    owned: pd.DataFrame, active: pd.DataFrame, study: Study
) -> tuple[np.ndarray, pd.DataFrame]:
    """Each item's combination of attributes, and the frame rep x combination for the model."""
    keys = list(study.segments)
    if keys:
        combinations = owned[keys].drop_duplicates().sort_values(keys).reset_index(drop=True)
        codes = combinations.reset_index(names="segment")
        segments = owned[keys].merge(codes, on=keys, how="left")["segment"].to_numpy(int)
    else:
        combinations = pd.DataFrame(index=range(1))
        segments = np.zeros(len(owned), int)
    rows = active[["rep", "team"]].merge(combinations, how="cross")
    return segments, rows


def _win_draws(
    model: RepWinRate, rows: pd.DataFrame, n_reps: int, settings: Settings
) -> np.ndarray:
    """Joint draws of P(win), shape (n_draws, n_reps, n_segments)."""
    draws = model.posterior_samples(rows, size=settings.draws, random_state=settings.seed)
    return draws.reshape(len(draws), n_reps, -1)


def _half_draws(
    study: Study, rows: pd.DataFrame, n_reps: int, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """The draws of two models, each fitted on its own half of the closed opportunities."""
    rng = np.random.default_rng(settings.seed)
    models = [
        blank_model(study.segments, study.attributes).fit_aggregated(
            cells, cells["wins"], cells["trials"]
        )
        for cells in halves(study, rng)
    ]
    first, second = (_win_draws(model, rows, n_reps, settings) for model in models)
    return first, second


def _trials(study: Study, rows: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """Closed opportunities of each rep in the segment's level of ``study.by``."""
    if not study.by:
        counts = study.cells.groupby("rep")["trials"].sum()
        return rows["rep"].map(counts).fillna(0).to_numpy(int).reshape(len(names), -1)
    counts = study.cells.groupby(["rep", study.by], as_index=False, dropna=False)["trials"].sum()
    merged = rows.merge(counts, on=["rep", study.by], how="left")
    return merged["trials"].fillna(0).to_numpy(int).reshape(len(names), -1)


def _barred(owned: pd.DataFrame, active: pd.DataFrame, terms: Terms) -> np.ndarray:
    """Why each rep may not take each item, shape (n_items, n_reps)."""
    barred = np.full((len(owned), len(active)), BarReason.ALLOWED, np.int8)
    if not terms.across_teams:
        others = owned["team"].to_numpy(str)[:, None] != active["team"].to_numpy(str)[None, :]
        barred[others] = BarReason.OTHER_TEAM
    barred[:, active["away"].to_numpy(bool)] = BarReason.AWAY
    return barred
