"""Questions about people: who wins what, what a win brings, and how sure that is."""

import pandas as pd

from analytics import comparison, timing
from analytics.calibration import Calibration
from analytics.calibration import calibration as calibrated
from analytics.comparison import Comparison
from analytics.desk import Desk, of_everybody
from analytics.drift import drift
from analytics.recency import HalfLife, half_life
from analytics.study import Study, study, win_rates
from analytics.value import ValueModel, value_gaps
from analytics.workflow import histories, marts, of_team


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
