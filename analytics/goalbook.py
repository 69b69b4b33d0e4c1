"""A goal that was set here: its parts, its versions, and what is done where they do not add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from analytics.cascade import split
from analytics.scope import Period
from analytics.targets import KEY, SHARES

HUNDRED = 100
"""Hundredths in one of what is counted."""

State = Literal["proposed", "approved", "declined", "withdrawn"]
Way = Literal["", "reserve", "spread", "raise"]

WAYS: tuple[Way, ...] = ("reserve", "spread", "raise")
"""What may be done with a difference: keep it as a reserve (or accept that it is missing), spread
it over the others, or let the whole become what the parts sum to."""

ROWS = (*KEY, "ends_on", "amount", "version", "from_on")


@dataclass(frozen=True)
class Part:
    """What one person of a team gets, in hundredths; ``touched`` once it was adjusted by hand."""

    rep: str
    team: str
    amount: int
    touched: bool = False

    @property
    def value(self) -> float:
        """The amount in what is counted."""
        return self.amount / HUNDRED


@dataclass(frozen=True)
class Goal:
    """A target of the company or a team for a period, and how it is divided.

    Attributes
    ----------
    total
        In hundredths of what is counted, and of a share of its per cent.
    months
        First days of the months of the period, and what each weighs; empty where the period has
        none.
    settled
        What was decided about the difference between the whole and its parts.
    state
        ``declined`` drops a proposal, ``withdrawn`` takes back what had been approved, from
        ``effective_on`` of its own on.
    version
        Number of the entry in the journal; 0 before it is written.
    """

    kpi: str
    tier: str
    period: Period
    unit_kind: Literal["company", "team"]
    unit: str
    total: int
    method: str
    parts: tuple[Part, ...]
    months: tuple[tuple[date, float], ...]
    effective_on: date
    note: str = ""
    state: State = "proposed"
    settled: Way = ""
    version: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def subject(self) -> str:
        """What entries of the journal about this goal are about."""
        where = f"|{self.unit}" if self.unit_kind == "team" else ""
        return f"{self.kpi}|{self.tier}|{self.period.kind}|{self.period.start}{where}"

    @property
    def value(self) -> float:
        """The total in what is counted; of a share, 0.3 for 30 %."""
        return self.total / HUNDRED / (100 if self.kpi in SHARES else 1)

    @property
    def divided(self) -> float:
        """What the parts sum to, in what is counted."""
        return sum(part.amount for part in self.parts) / HUNDRED

    @property
    def difference(self) -> int:
        """What the parts are more than the whole, in hundredths."""
        return sum(part.amount for part in self.parts) - self.total if self.parts else 0

    @property
    def excess(self) -> float:
        """The difference in what is counted."""
        return self.difference / HUNDRED

    def share(self, part: Part) -> float:
        """What somebody's part is of the whole; 0 of nothing."""
        return part.amount / self.total if self.total else 0.0


def record(goal: Goal) -> dict[str, Any]:
    """A goal as the journal keeps it."""
    return {
        "kpi": goal.kpi,
        "tier": goal.tier,
        "period": [goal.period.kind, f"{goal.period.start}", goal.period.first_month],
        "unit": [goal.unit_kind, goal.unit],
        "total": goal.total,
        "method": goal.method,
        "parts": [[part.rep, part.team, part.amount, part.touched] for part in goal.parts],
        "months": [[f"{day}", weight] for day, weight in goal.months],
        "effective_on": f"{goal.effective_on}",
        "note": goal.note,
        "state": goal.state,
        "settled": goal.settled,
    }


def recorded(content: Mapping[str, Any], version: int, by: str, at: datetime) -> Goal:
    """The goal that an entry of the journal holds."""
    kind, start, first_month = content["period"]
    return Goal(
        kpi=content["kpi"],
        tier=content["tier"],
        period=Period.containing(date.fromisoformat(start), kind, first_month),
        unit_kind=content["unit"][0],
        unit=content["unit"][1],
        total=content["total"],
        method=content["method"],
        parts=tuple(Part(*part) for part in content["parts"]),
        months=tuple((date.fromisoformat(day), weight) for day, weight in content["months"]),
        effective_on=date.fromisoformat(content["effective_on"]),
        note=content["note"],
        state=content["state"],
        settled=content["settled"],
        version=version,
        by=by,
        at=at,
    )


def counting(entries: Sequence[Goal], as_of: date) -> list[Goal]:
    """Of each goal the newest approved version whose day has come, unless it was taken back since.

    ``entries`` are those of all goals, oldest first.
    """
    begun = {
        subject: [goal for goal in said if goal.effective_on <= as_of]
        for subject, said in _lasting(entries).items()
    }
    newest = [said[-1] for said in begun.values() if said]
    return [goal for goal in newest if goal.state == "approved"]


def _lasting(entries: Sequence[Goal]) -> dict[str, list[Goal]]:
    """What was approved and taken back of each goal, but versions gone before they had begun.

    Whoever takes back a version that has not begun leaves the one before it as it is.
    """
    found: dict[str, list[Goal]] = {}
    for goal in entries:
        said = found.setdefault(goal.subject, [])
        if goal.state == "approved":
            said.append(goal)
        elif goal.state == "withdrawn" and said:
            if said[-1].effective_on > goal.effective_on:
                said.pop()
            else:
                said.append(goal)
    return found


def spoken_of(entries: Sequence[Goal]) -> list[Goal]:
    """Of each goal what stands: a proposal that waits, else what was approved; the newest first."""
    waiting: dict[str, Goal] = {}
    for goal in entries:
        if goal.state == "proposed":
            waiting[goal.subject] = goal
        else:
            waiting.pop(goal.subject, None)
    approved = {
        subject: said[-1]
        for subject, said in _lasting(entries).items()
        if said and said[-1].state == "approved"
    }
    return sorted((approved | waiting).values(), key=lambda goal: -goal.version)


def target_rows(goals: list[Goal]) -> pd.DataFrame:
    """The targets that goals stand for: ``ROWS``.

    The whole, each person's part, and each part by month. Teams have what their people have.
    """
    rows: list[tuple[object, ...]] = []
    for goal in goals:
        said = (goal.version, goal.effective_on)

        def row(kind: str, unit: str, period: Period, amount: int, goal=goal, said=said) -> None:
            rows.append(
                (kind, unit, goal.kpi, goal.tier, period.kind, period.start, period.end,
                 amount / HUNDRED, *said)
            )  # fmt: skip

        row(goal.unit_kind, goal.unit, goal.period, goal.total)
        for part in goal.parts:
            row("rep", part.rep, goal.period, part.amount)
            weights = [weight for _, weight in goal.months]
            amounts = split(part.amount, weights) if weights else []
            for (day, _), amount in zip(goal.months, amounts, strict=True):
                row("rep", part.rep, Period.containing(day, "month"), amount)
    return pd.DataFrame(rows, columns=list(ROWS))


def adjusted(goal: Goal, rep: str, amount: int) -> Goal:
    """The goal with another part for one person; the whole stays, and nothing is decided yet."""
    parts = tuple(
        replace(part, amount=amount, touched=True) if part.rep == rep else part
        for part in goal.parts
    )
    return replace(goal, parts=parts, settled="")


def settled(goal: Goal, way: Way) -> Goal:
    """The goal once it was decided what is done with the difference.

    Spreading leaves what was adjusted by hand as it is, unless there is nothing else: then
    everybody bears a share. Nobody's part goes below zero.
    """
    if way == "raise":
        return replace(goal, total=goal.total + goal.difference, settled=way)
    if way == "spread" and goal.difference:
        free = [part for part in goal.parts if not part.touched] or list(goal.parts)
        names = {part.rep for part in free}
        fixed = sum(part.amount for part in goal.parts if part.rep not in names)
        left = goal.total - fixed
        if left < 0:
            names, left = {part.rep for part in goal.parts}, goal.total
        shared = [part for part in goal.parts if part.rep in names]
        amounts = iter(split(left, [part.amount for part in shared]))
        parts = tuple(
            replace(part, amount=next(amounts)) if part.rep in names else part
            for part in goal.parts
        )
        return replace(goal, parts=parts, settled=way)
    return replace(goal, settled=way)
