"""Questions about people: who wins what, what a win brings, and how sure that is."""

import pandas as pd

from analytics import comparison, timing
from analytics.calibration import Calibration
from analytics.calibration import calibration as calibrated
from analytics.comparison import SMALL_MIX, Comparison
from analytics.competing_risks import (
    OPEN_CHANCES,
    CompetingRisks,
    incidence,
    open_win_chance,
    stage_effects,
)
from analytics.desk import Desk, of_everybody
from analytics.drift import drift
from analytics.recency import HalfLife, half_life
from analytics.study import Study, study, typical_mix, win_rates
from analytics.value import ValueModel, value_gaps
from analytics.workflow import histories, marts, of_team, open_items

YEAR = 365
"""Days within which the fate of an opportunity is told."""

FATES = ("mean", "low", "high", "lost", "still", "extrapolated", "wins", "trials", "raw")


@of_everybody
def evidence(desk: Desk) -> Study:
    """The model of who wins what, and the verdict on whether reps differ."""
    return study(desk.ask(marts)["win_cells"], desk.scope.attributes, desk.settings)


def rates(desk: Desk, by: str = "") -> pd.DataFrame:
    """Each rep's win rate over all and by level of an attribute, for the reps of the team.

    Without an attribute, or with one that is not crossed with the reps, that is the first one.
    """
    found = desk.ask(evidence)
    if by not in found.attributes and found.by:
        return desk.ask(rates, found.by)
    return of_team(desk, win_rates(found, desk.settings, by))


@of_everybody
def rep_draws(desk: Desk) -> pd.DataFrame:
    """Joint draws of everybody's win rate on the same opportunities: a row a draw."""
    return comparison.rate_draws(desk.ask(evidence), desk.settings)


def ranks(desk: Desk) -> pd.DataFrame:
    """Who may be first, second and so on; places among all, shown for the scope's team."""
    return of_team(desk, comparison.ranking(desk.ask(rep_draws), desk.settings.interval))


def compared(desk: Desk, first: str, second: str) -> Comparison:
    """Two reps on the same opportunities."""
    return comparison.compare(
        desk.ask(evidence), desk.ask(rep_draws), first, second, desk.settings.interval
    )


@of_everybody
def segment_rates(desk: Desk, by: str) -> pd.DataFrame:
    """The average rep's win rate in each level of an attribute."""
    return comparison.by_segment(desk.ask(evidence), by, desk.settings)


@of_everybody
def monthly_rates(desk: Desk) -> pd.DataFrame:
    """The average rep's win rate by month of engagement."""
    return comparison.over_time(desk.ask(evidence), desk.settings)


@of_everybody
def values(desk: Desk) -> ValueModel | None:
    """What a won opportunity brings, by segment and rep; None where nothing was won."""
    won = histories(desk)["won_values"]
    segments = desk.at(attributes=()).ask(evidence).segments
    return ValueModel(segments=segments).fit(won) if len(won) else None


def revenue_gaps(desk: Desk) -> pd.DataFrame:
    """Each rep's revenue per won opportunity against that of all in scope, and why it differs."""
    model, won = desk.ask(values), of_team(desk, histories(desk)["won_values"])
    if model is None or won.empty:
        return pd.DataFrame(columns=["rep"])
    chosen = desk.settings
    return value_gaps(model, won, chosen.interval, chosen.draws, chosen.seed)


@of_everybody
def censored(desk: Desk) -> timing.Censoring:
    """How much is still open of each month's opportunities, and which way that bends win rates."""
    past = histories(desk)
    return timing.censoring(past["cohorts"], past["deal_ages"], max_open=desk.settings.max_open)


@of_everybody
def risks(desk: Desk) -> CompetingRisks | None:
    """What becomes of opportunities by age: takes seconds; None where too little was seen."""
    found, ages = desk.ask(evidence), histories(desk)["deal_ages"]
    if found.model is None or not ages[["won", "lost"]].to_numpy().sum():
        return None
    return CompetingRisks(found.model).fit(ages)


def fates(desk: Desk, by: str) -> pd.DataFrame:
    """What becomes within a year of all opportunities that begin, those still open included.

    Parameters
    ----------
    by
        ``rep``, or a segment of the model: then of the average rep in each of its levels.

    Returns
    -------
    One row per value: level (``rep`` too where that is asked for); won as ``mean``, ``low``,
    ``high``; ``lost``, ``still`` (open) and ``extrapolated`` as shares; ``wins``, ``trials`` and
    ``raw`` of closed ones alone.
    """
    found, learnt = desk.ask(evidence), desk.ask(risks)
    known = found.cells.dropna(subset=[by])
    counts = known.groupby(by)[["wins", "trials"]].sum()
    if learnt is None or counts.empty:
        return pd.DataFrame(columns=["level", *FATES])
    people = pd.DataFrame({"rep": found.reps, "team": found.cells.groupby("rep")["team"].first()})
    mix = typical_mix(found, SMALL_MIX).drop(columns=[by], errors="ignore")
    rows = mix.merge(people, how="cross")
    if by != "rep":
        rows = rows.merge(pd.DataFrame({by: sorted(counts.index)}), how="cross")
    chosen = desk.settings
    course = incidence(
        learnt, rows, by, within=YEAR, level=chosen.interval, random_state=chosen.seed
    ).rename(columns={"won": "mean", "open": "still"})
    course = course.merge(counts.assign(raw=counts["wins"] / counts["trials"]), on=by)
    course = course.assign(level=course[by])
    return of_team(desk, course) if by == "rep" else course


def open_chances(desk: Desk) -> pd.DataFrame:
    """The chance that each open opportunity of the scope is won in the end, given its age.

    Its stage has a say where earlier exports show what became of others in that stage. Columns
    ``OPEN_CHANCES``, after those of ``open_items``.
    """
    learnt, items = desk.ask(risks), desk.ask(open_items)
    if learnt is None or items.empty:
        return pd.DataFrame(columns=[*items.columns, *OPEN_CHANCES[1:]])
    stages = desk.at(team="").ask(stage_says)
    chosen = desk.settings
    found = open_win_chance(
        learnt, items, stages=stages, level=chosen.interval, random_state=chosen.seed
    )
    return items.merge(found, on="opportunity_id")


@of_everybody
def stage_says(desk: Desk) -> pd.Series:
    """What the stage of an open opportunity says of its end, by stage; may be empty."""
    learnt = desk.ask(risks)
    assert learnt is not None
    return stage_effects(learnt, histories(desk)["past_stages"])


@of_everybody
def calibration(desk: Desk) -> Calibration:
    """How well the model foretold what came after, cut by cut, against simpler ones."""
    return calibrated(histories(desk)["win_history"], desk.ask(evidence), desk.settings)


@of_everybody
def drifting(desk: Desk) -> pd.DataFrame:
    """Reps and segments whose win rate has changed over the quarters, and by how much."""
    return drift(desk.ask(evidence), desk.settings)


@of_everybody
def weighting(desk: Desk) -> HalfLife:
    """After how many months an outcome should count half, if that foretells better."""
    return half_life(histories(desk)["win_history"], desk.ask(evidence), desk.settings)
