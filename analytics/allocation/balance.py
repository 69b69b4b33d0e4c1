"""What a plan weighs besides money: nobody overloaded, equal opportunity, targets in reach.

All of it is elastic. A limit may be exceeded at a price, so that the owners of today are always
a possible answer and a plan can say by how much it relieves.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def sums(code: Codes, amounts: Floats, n: int) -> Floats:
    """Amounts summed by code, shape (n,)."""
    return np.bincount(code, amounts, n).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Balance:
    """The elastic limits of the reps, and what one unit beyond them costs.

    Attributes
    ----------
    effort
        Hours a week each item takes, shape (n_items,).
    hours
        Hours a week each rep has for these items, shape (n_reps,).
    opportunity
        What each item is expected to bring whoever holds it (money), shape (n_items,). Neutral
        to the owner: by rep-specific expectation a weak rep would need more to look equal.
    least, most
        The band within which the opportunity that a rep holds should lie (money), (n_reps,).
    behind
        How far what a rep is expected to bring lies behind his target (money), (n_reps,). Who
        is not behind has no part in the goal term.
    overload
        What an hour above ``hours`` costs (money).
    band
        What one unit of money outside the band costs.
    goal
        What one unit of expected value is worth more with a rep who is behind, up to
        ``behind``, in [0, 1].

    Raises
    ------
    ValueError
        A number is negative or not finite, ``least`` exceeds ``most``, or ``goal`` exceeds 1.
    """

    effort: Floats
    hours: Floats
    opportunity: Floats
    least: Floats
    most: Floats
    behind: Floats
    overload: float
    band: float
    goal: float

    def __post_init__(self) -> None:
        for name, numbers in vars(self).items():
            if not (np.isfinite(numbers) & (np.asarray(numbers) >= 0)).all():
                raise ValueError(f"{name} must be finite and at least zero")
        if not (self.least <= self.most).all():
            raise ValueError("the band's least must not exceed its most")
        if self.goal > 1:
            raise ValueError("goal must be at most 1")

    @classmethod
    def none(cls, n_items: int, n_reps: int) -> "Balance":
        """Nothing but money counts."""
        items, reps = np.zeros(n_items), np.zeros(n_reps)
        return cls(items, reps, items, reps, reps, reps, overload=0.0, band=0.0, goal=0.0)

    def within(self, width: float) -> "Balance":
        """The same with a band of plus and minus this share around its middle.

        Whose band holds everything there is has none, and stays without.
        """
        middle, free = (self.least + self.most) / 2, self.most >= self.opportunity.sum()
        free &= self.least == 0
        return replace(
            self,
            least=np.where(free, self.least, middle * max(0.0, 1 - width)),
            most=np.where(free, self.most, middle * (1 + width)),
        )

    def worth(self, hours: Floats, opportunity: Floats, gained: Floats) -> dict[str, Floats]:
        """What each rep's state counts for (money), in the three parts of an explanation.

        Parameters
        ----------
        hours, opportunity
            What each rep holds, shape (n_reps,).
        gained
            What each rep is expected to bring above what he would with today's items (money).
        """
        outside = self.outside(opportunity)
        return {
            "workload": -self.overload * self.over(hours),
            "opportunity": -self.band * outside,
            "goal": self.goal * np.where(self.behind > 0, np.minimum(self.behind, gained), 0.0),
        }

    def over(self, hours: Floats) -> Floats:
        """Hours above what each rep has."""
        return np.maximum(hours - self.hours, 0.0)

    def outside(self, opportunity: Floats) -> Floats:
        """Opportunity by which each rep lies below or above the band (money)."""
        return np.maximum(self.least - opportunity, 0.0) + np.maximum(opportunity - self.most, 0.0)
