"""Every threshold of the product, with its unit and its reason."""

from dataclasses import dataclass

ATTRIBUTES = ("product", "sector", "source", "kind", "region", "size_band")
"""Attributes a CRM may know of an opportunity, in the order in which they are preferred."""


@dataclass(frozen=True)
class Settings:
    """The numbers a statement or a plan hangs on.

    Attributes
    ----------
    seed
        Of every random draw; the same data and seed give the same plan.
    interval
        Coverage of every interval shown.
    alpha
        Largest p value called evidence in a verdict.
    alpha_to_act
        Largest p value on which work is moved. Stricter than ``alpha``: a note costs nothing
        when it is wrong, a hand-over does.
    power
        Probability with which the stated detectable effect would have been found.
    bootstrap
        Simulated data sets behind each p value; its resolution is one over that.
    min_wins, min_losses
        Closed opportunities below which nothing is said about reps.
    draws
        Joint posterior draws behind plans and rankings.
    min_coverage
        Share of closed opportunities that must carry an attribute for it to be used.
    max_levels, max_by_levels
        Most distinct values of an attribute in the model, and of the one that is crossed with
        the reps.
    crossed
        Attributes that are crossed with the reps where nobody has chosen. With more of them each
        shows less: the same opportunities are spread over more combinations.
    max_combinations
        Most combinations of the attributes crossed with the reps.
    max_open
        Share of a month's opportunities still open beyond which their win rate may be bent.
    p_gain_min
        Least probability that a move pays. It costs little of the uplift and spares most of the
        moves that would have harmed.
    capacity_factor
        Open opportunities a rep may hold, as a multiple of the team's mean.
    clear
        Probability from which a rep is called clearly above or below the others.
    stale_days
        Age of the newest event beyond which the data, not the calendar, gives the as-of date.
    """

    seed: int = 20260814
    interval: float = 0.9
    alpha: float = 0.05
    alpha_to_act: float = 0.01
    power: float = 0.8
    bootstrap: int = 999
    min_wins: int = 40
    min_losses: int = 40
    draws: int = 800
    min_coverage: float = 0.6
    max_levels: int = 60
    max_by_levels: int = 25
    crossed: int = 2
    max_combinations: int = 500
    max_open: float = 0.2
    p_gain_min: float = 0.8
    capacity_factor: float = 1.2
    clear: float = 0.95
    stale_days: int = 45


SETTINGS = Settings()
