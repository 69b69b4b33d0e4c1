"""What is at stake if somebody leaves or is away, a segment gets harder, or a product stops."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import Interval, Problem, Reason
from analytics.allocation.move import summary
from analytics.cover import UNCOVERED, Suits, cover, in_draws, losses, reason_for, refusal, worth
from data.errors import SettingError

ScenarioKind = Literal["leaves", "away", "segment_drop", "product_stops"]
SCENARIO_KINDS: tuple[ScenarioKind, ...] = get_args(ScenarioKind)

HANDING_OVER = ("leaves", "away")
"""The kinds in which work has to go to other people."""

HALVING_DAYS = 30
"""Days to the expected close in which what is at stake counts half as urgent."""


@dataclass(frozen=True)
class Scenario:
    """Something that may happen.

    Attributes
    ----------
    rep
        Who leaves, or is away from ``starts_on`` to ``ends_on``, both included.
    field, level
        The attribute and value of the segment, or ``product`` and its name.
    drop
        Share of its win rate that the segment loses, above 0 to 1.

    Raises
    ------
    SettingError
        The days are missing or in the wrong order, or the share is out of range.
    """

    kind: ScenarioKind
    rep: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    field: str = ""
    level: str = ""
    drop: float = 0.0

    def __post_init__(self) -> None:
        if self.kind == "away" and not (
            self.starts_on and self.ends_on and self.starts_on <= self.ends_on
        ):
            days = f"{self.starts_on} to {self.ends_on}"
            raise SettingError(f"Nobody is away from {days}.", setting="away", value=days)
        if self.kind == "segment_drop" and not 0 < self.drop <= 1:
            raise SettingError(
                f"A win rate cannot drop by {self.drop}.", setting="drop", value=self.drop
            )

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        days = {name: day and day.isoformat() for name, day in self._days().items()}
        return asdict(self) | days

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> "Scenario":
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        for name in ("starts_on", "ends_on"):
            known[name] = known.get(name) and date.fromisoformat(known[name])
        return cls(**known)

    def _days(self) -> dict[str, date | None]:
        return {"starts_on": self.starts_on, "ends_on": self.ends_on}


@dataclass(frozen=True, eq=False)
class Impact:
    """What a scenario puts at stake, and what is left of it.

    Attributes
    ----------
    book
        What the open opportunities concerned bring as things are (money, 90 % range).
    kept
        What they bring still: with those who take them, hand-overs paid, or at the lower rate.
    at_risk
        The difference, from the same draws.
    items
        One row per opportunity concerned, most urgent first: item, name, account_id, account,
        from_rep, value, due_on, age_days, expected (money), to_rep (empty where nobody takes it
        or nobody has to), reason (a ``Reason``, missing where nobody has to take it).
    """

    scenario: Scenario
    book: Interval
    kept: Interval
    at_risk: Interval
    items: pd.DataFrame

    @property
    def hands_over(self) -> bool:
        """Whether the work has to go to other people."""
        return self.scenario.kind in HANDING_OVER

    @property
    def covered(self) -> int:
        """Opportunities that somebody takes over."""
        return int((self.items["to_rep"] != "").sum())

    @property
    def uncovered(self) -> pd.DataFrame:
        """What should go to somebody and cannot."""
        return self.items[(self.items["to_rep"] == "") & self.hands_over]


def concerned(scenario: Scenario, items: pd.DataFrame) -> NDArray[np.intp]:
    """The rows of the open opportunities that a scenario is about.

    Of who is away those that are due before the end, are overdue, or have no day at all.

    Parameters
    ----------
    items
        Rows of the mart ``open_items``.
    """
    if scenario.kind in ("segment_drop", "product_stops"):
        field = scenario.field or "product"
        return np.flatnonzero((items[field] == scenario.level).to_numpy(bool))
    theirs = items["rep"] == scenario.rep
    if scenario.kind == "away":
        theirs &= ~(pd.to_datetime(items["expected_on"]) > pd.Timestamp(scenario.ends_on))
    return np.flatnonzero(theirs.to_numpy(bool))


def assess(
    scenario: Scenario, problem: Problem, items: pd.DataFrame, suits: Suits, as_of: date
) -> Impact:
    """What is at stake, who takes what, and how much of it they keep.

    Parameters
    ----------
    problem
        The open opportunities of active people.
    items
        Their rows of the mart ``open_items``, in the same order.
    suits
        Of the rows of ``concerned``, in their order.
    """
    rows = concerned(scenario, items)
    book = worth(problem, rows, problem.owner[rows])
    takers = np.full(len(rows), UNCOVERED, np.intp)
    reasons: list[Reason | None] = [None] * len(rows)
    if scenario.kind in HANDING_OVER:
        takers = cover(problem, rows, suits)
        taken = np.flatnonzero(takers != UNCOVERED)
        cost = losses(problem, rows, suits)[taken, takers[taken]]
        kept = worth(problem, rows[taken], takers[taken])
        kept = kept - in_draws(problem, rows[taken]) @ cost
        reasons = [
            reason_for(problem, suits, at, rep) if rep != UNCOVERED else refusal(problem, rows[at])
            for at, rep in enumerate(takers.tolist())
        ]
    else:
        kept = book * (0.0 if scenario.kind == "product_stops" else 1 - scenario.drop)
    return Impact(
        scenario,
        book=Interval(*summary(book)),
        kept=Interval(*summary(kept)),
        at_risk=Interval(*summary(book - kept)),
        items=_listed(
            items.iloc[rows],
            expected=(problem.draws.mean(axis=0)[problem.owner, problem.segment] * problem.value)[
                rows
            ],
            to_rep=[problem.reps[rep] if rep != UNCOVERED else "" for rep in takers],
            reasons=reasons,
            as_of=as_of,
        ),
    )


def _listed(
    items: pd.DataFrame,
    expected: NDArray[np.float64],
    to_rep: list[str],
    reasons: list[Reason | None],
    as_of: date,
) -> pd.DataFrame:
    """The items with who takes them, the most urgent first."""
    days = (pd.to_datetime(items["expected_on"]) - pd.Timestamp(as_of)).dt.days
    # Without a day nobody knows how soon: as if it were due in one halving.
    soon = 0.5 ** (days.fillna(HALVING_DAYS).clip(lower=0) / HALVING_DAYS)
    listed = pd.DataFrame(
        {
            "item": items["opportunity_id"],
            "name": items["name"],
            "account_id": items["account_id"],
            "account": items["account"],
            "from_rep": items["rep"],
            "value": items["value"].astype(float),
            "due_on": items["expected_on"],
            "age_days": items["age_days"],
            "expected": expected,
            "urgency": expected * soon,
            "to_rep": to_rep,
            "reason": pd.Series(reasons, index=items.index, dtype=object),
        }
    )
    ordered = listed.sort_values(["urgency", "age_days"], ascending=False, kind="stable")
    return ordered.drop(columns="urgency").reset_index(drop=True)


def besides(
    scenario: Scenario, work: pd.DataFrame, takes: pd.DataFrame, first: str
) -> pd.DataFrame:
    """Leads, tasks and accounts of who is missing, and who takes them.

    A task goes with its opportunity, an account with the most valuable of its opportunities, and
    what is left to ``first``. Of who is away only tasks due before the end; his leads and accounts
    are still his.

    Parameters
    ----------
    work
        The mart ``open_work``.
    takes
        ``Impact.items``.

    Returns
    -------
    kind, item, name, account, due_on, to_rep; by kind, the first due first.
    """
    theirs = work[(work["rep"] == scenario.rep) & (work["kind"] != "opportunity")]
    if scenario.kind == "away":
        late = pd.to_datetime(theirs["due_on"]) > pd.Timestamp(scenario.ends_on)
        theirs = theirs[(theirs["kind"] == "task") & ~late]
    taken = takes[takes["to_rep"] != ""].sort_values("value", kind="stable")
    of_deal = taken.set_index("item")["to_rep"]
    of_account = taken.drop_duplicates("account_id", keep="last").set_index("account_id")["to_rep"]
    to = theirs["opportunity_id"].map(of_deal).fillna(theirs["account_id"].map(of_account))
    rows = theirs.assign(to_rep=to.astype(object).fillna(first))
    ordered = rows.sort_values(["kind", "due_on", "item"], ignore_index=True)
    return ordered[["kind", "item", "name", "account", "due_on", "to_rep"]]


def by_person(impact: Impact) -> pd.DataFrame:
    """Whom it concerns: who takes what, or whose opportunities are at stake.

    Returns
    -------
    rep (empty: nobody takes it), items, value, expected (money); the most expected first.
    """
    name = "to_rep" if impact.hands_over else "from_rep"
    rows = impact.items.groupby(name, as_index=False).agg(
        items=("item", "size"), value=("value", "sum"), expected=("expected", "sum")
    )
    rows = rows.rename(columns={name: "rep"})
    return rows.sort_values(["expected", "rep"], ascending=[False, True], ignore_index=True)


def difference(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """What is other than when a plan was saved.

    Parameters
    ----------
    before, now
        item, name, to_rep: as saved, and as worked out again.

    Returns
    -------
    item, name, was, to_rep, change: ``new``, ``gone`` (closed, or with another owner) or
    ``taker``; the rest is as it was.
    """
    was = before.set_index("item").add_suffix("_was")[["name_was", "to_rep_was"]]
    both = now.set_index("item")[["name", "to_rep"]].join(was, how="outer")
    new, gone = both["to_rep_was"].isna(), both["to_rep"].isna()
    change = np.select(
        [new, gone, both["to_rep"] != both["to_rep_was"]], ["new", "gone", "taker"], ""
    )
    rows = pd.DataFrame(
        {
            "item": both.index,
            "name": both["name"].fillna(both["name_was"]).to_numpy(),
            "was": both["to_rep_was"].fillna("").to_numpy(),
            "to_rep": both["to_rep"].fillna("").to_numpy(),
            "change": change,
        }
    )
    return rows[rows["change"] != ""].reset_index(drop=True)
