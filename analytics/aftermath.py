"""What a number did after somebody had talked about it, and whether that is more than chance.

A number that moved is no proof that the talk moved it. One that stood out when it was talked about
tends to come back by itself (regression to the mean), so that is said beside it.
"""

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from analytics.calibration import wilson
from analytics.followups import ACTIVITY_DAYS, RATE_DAYS, About, Measure, Toward
from analytics.spans import FLOWS, day_number, earlier, levels

Moved = Literal["up", "down", "same", "unknown"]
Verdict = Literal["beyond", "within", "few", ""]

MIN_DAYS = 7
"""Days after which something is said of the time since; a week has every weekday once."""

MIN_CLOSED = 10
"""Closed opportunities on either side below which two win rates are not compared."""

MIN_SPANS = 20
"""Earlier spans below which nobody can tell what is usual."""

OUTER = 0.1
"""Share of a unit's own history at either end that counts as standing out."""

STEADY = 0.1
"""Part of a number within which it has been held."""

LEVEL = 0.9
"""Coverage of the interval of a difference, and the middle share of what is called usual."""


@dataclass(frozen=True)
class Outcome:
    """What a number did since.

    Attributes
    ----------
    then, now
        The number when it was written down and today, as its page shows it.
    days
        Days of which the data tells between the two.
    since_days
        The last of them that ``since`` looks at.
    before, since
        What can be compared: the number over the span up to that day, and over the days since
        alone. Speeds are per 28 days. Equal to ``then`` and ``now`` where only a state is known.
    moved
        Which way it went, whether more than chance or not.
    as_agreed
        It went the way that was agreed; None where nobody can tell yet.
    low, high
        Of a win rate the 90 % interval of its difference; of a speed the middle 90 % of the
        differences between as long spans of the unit's past. Not numbers where too few are known.
    verdict
        ``beyond`` or ``within`` that; ``few``: too little to tell; empty where there is no test.
    spans
        Earlier spans that ``low`` and ``high`` come from.
    stood_out
        ``high`` or ``low`` where the number then was in the outer tenth of the unit's own past.
    """

    then: Measure
    now: Measure
    days: int
    before: Measure
    since: Measure
    since_days: int = 0
    moved: Moved = "unknown"
    as_agreed: bool | None = None
    low: float = math.nan
    high: float = math.nan
    verdict: Verdict = ""
    spans: int = 0
    stood_out: Literal["high", "low", ""] = ""

    @property
    def difference(self) -> float:
        return self.since.value - self.before.value


def look_back(about: About, as_of_then: date) -> int:
    """Days up to that day which the time since is compared with."""
    if about.number == "win_rate":
        return RATE_DAYS
    if about.number == "activities" or not about.period_start:
        return ACTIVITY_DAYS
    over = (as_of_then - date.fromisoformat(about.period_start)).days + 1
    return int(np.clip(over, ACTIVITY_DAYS, RATE_DAYS))


def outcome(
    about: About, toward: Toward, then: Measure, now: Measure, spans: tuple[date, date],
    flow: pd.DataFrame,
) -> Outcome:  # fmt: skip
    """What a number did between two days.

    Parameters
    ----------
    toward
        Which way it should have gone.
    spans
        The last day known when it was written down, and the newest day that the data tells of:
        a day without an upload is none without results.
    flow
        The daily results of the unit: day, won, lost, won_amount, activities; empty for a number
        that is no flow.
    """
    days = (spans[1] - spans[0]).days
    plain = Outcome(then, now, days, then, now, days)
    if about.number == "deal":
        return _of_deal(plain)
    if about.number in FLOWS or about.number == "win_rate":
        plain = _of_flow(plain, about, spans[0], flow)
        if plain.verdict == "few" and days < MIN_DAYS:
            return plain
    elif days < 1:
        return plain
    moved = direction(plain.before.value, plain.since.value)
    return replace(plain, moved=moved, as_agreed=_as_agreed(toward, plain, moved))


def direction(before: float, since: float) -> Moved:
    """Which way a number went."""
    if math.isnan(before) or math.isnan(since):
        return "unknown"
    if math.isclose(before, since, rel_tol=1e-9, abs_tol=1e-9):
        return "same"
    return "up" if since > before else "down"


def _as_agreed(toward: Toward, found: Outcome, moved: Moved) -> bool | None:
    if moved == "unknown":
        return None
    if toward != "hold":
        return moved == toward
    if found.verdict in ("beyond", "within"):
        return found.verdict == "within"
    return abs(found.difference) <= STEADY * abs(found.before.value)


def _of_deal(found: Outcome) -> Outcome:
    if found.now.outcome in ("won", "lost"):
        won = found.now.outcome == "won"
        return replace(found, moved="up" if won else "down", as_agreed=won)
    return replace(found, moved=direction(found.then.value, found.now.value))


def _of_flow(found: Outcome, about: About, day: date, flow: pd.DataFrame) -> Outcome:
    number, back = about.number, look_back(about, day)
    end = day_number(day)
    [before], [n_before] = levels(flow, number, [end], back)
    found = replace(
        found,
        before=Measure(float(before), int(n_before)),
        stood_out=stands_out(flow, number, day, back),
        since=Measure(),
        verdict="few",
    )
    if found.days < 1:
        return found
    since_days = min(found.days, RATE_DAYS) if number == "win_rate" else found.days
    [since], [n_since] = levels(flow, number, [end + found.days], since_days)
    found = replace(found, since=Measure(float(since), int(n_since)), since_days=since_days)
    if found.days < MIN_DAYS:
        return found
    if number == "win_rate":
        if min(n_before, n_since) < MIN_CLOSED:
            return found
        low, high = difference_interval(found.before, found.since)
        return replace(
            found, low=low, high=high, verdict="within" if low <= 0 <= high else "beyond"
        )
    usual = _usual_differences(flow, number, end, back, since_days)
    found = replace(found, spans=len(usual))
    if len(usual) < MIN_SPANS:
        return found
    low, high = (float(one) for one in np.quantile(usual, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    verdict: Verdict = "within" if low <= found.difference <= high else "beyond"
    return replace(found, low=low, high=high, verdict=verdict)


def _usual_differences(
    flow: pd.DataFrame, number: str, end: int, back: int, since: int
) -> np.ndarray:
    """Differences between a span of the past and the one before it, as long as those compared."""
    ends = earlier(flow, number, end - since, back)
    after, _ = levels(flow, number, ends + since, since)
    before, _ = levels(flow, number, ends, back)
    return after - before


def stands_out(flow: pd.DataFrame, number: str, day: date, back: int) -> Literal["high", "low", ""]:
    """Whether a number was in the outer tenth of the unit's own earlier ones, a week apart."""
    end = day_number(day)
    [value], _ = levels(flow, number, [end], back)
    past, counted = levels(flow, number, earlier(flow, number, end - 7, back), back)
    past = past[~np.isnan(past) & (counted >= 1)]
    if len(past) < MIN_SPANS or np.isnan(value):
        return ""
    if np.mean(past < value) >= 1 - OUTER:
        return "high"
    return "low" if np.mean(past > value) >= 1 - OUTER else ""


def difference_interval(
    before: Measure, since: Measure, level: float = LEVEL
) -> tuple[float, float]:
    """Interval of the second rate less the first, of independent counts.

    Newcombe's hybrid of two Wilson intervals (Statistics in Medicine 17, 1998, method 10).
    """
    shares = np.array([before.value, since.value])
    closed = np.array([before.n, since.n], float)
    (low1, low2), (high1, high2) = wilson(shares * closed, closed, level)
    gap = since.value - before.value
    return (
        float(gap - math.hypot(since.value - low2, high1 - before.value)),
        float(gap + math.hypot(high2 - since.value, before.value - low1)),
    )
