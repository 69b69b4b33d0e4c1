"""Questions about goals: the targets in force, what was reached, and how that stands.

Targets approved here live in the journal; approving one moves the data version, as a file of
targets does, so that everything that was worked out from targets is worked out anew.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics import goals, misfits, pace, targets
from analytics.desk import Desk, of_everybody
from analytics.goalbook import Goal, counting, recorded, target_rows
from analytics.pace import Course
from analytics.scope import PERIOD_KINDS, Period
from analytics.targets import FLOWS, is_rate
from analytics.workflow import alone, goal_tables, kept_accounts, of_team, period_deals
from data import journal
from data.terms import plain, term

KIND, ADJUSTMENT = "goal", "goal_adjustment"
"""What entries of the journal about goals, and about wishes to change one's part, are called."""


def goal_entries(desk: Desk) -> list[Goal]:
    """Every version of every goal set here, oldest first; read anew each time."""
    said = journal.entries(desk.warehouse, KIND)
    return [recorded(row.content, row.entry, row.by, row.at) for row in said.itertuples()]


@of_everybody
def targets_in_force(desk: Desk) -> pd.DataFrame:
    """The targets that count on the as-of date: ``targets.COLUMNS``."""
    files = desk.ask(file_targets)
    here = target_rows(counting(goal_entries(desk), desk.scope.as_of))
    return targets.in_force(files, here, desk.scope.as_of, _means(desk, files, here))


@of_everybody
def file_targets(desk: Desk) -> pd.DataFrame:
    """The mart ``goal_targets``, its measures by the names that all of them have here."""
    files = desk.ask(goal_tables)["goal_targets"]
    return files.assign(kpi=_named(files["kpi"]))


@of_everybody
def own_measures(desk: Desk) -> pd.DataFrame:
    """The mart ``measured``, its measures by their names here, and ``mean``: not summed."""
    rows = alone(desk, "measured")
    kpi = _named(rows["kpi"])
    mean = (kpi.map(is_rate).astype(bool) & (rows["how"] != "sum")) | (rows["how"] == "mean")
    return rows.assign(kpi=kpi, mean=mean)


@of_everybody
def is_mean(desk: Desk, kpi: str) -> bool:
    """Whether a measure is an average, by what files say of theirs, else by its name."""
    if kpi in FLOWS:
        return False
    rows = desk.ask(own_measures)
    rows = rows[rows["kpi"] == kpi]
    return bool(rows["mean"].any()) if len(rows) else is_rate(kpi)


def _means(desk: Desk, *rows: pd.DataFrame) -> list[str]:
    """Those measures of targets that are averages."""
    kpis = {kpi for part in rows for kpi in part["kpi"]}
    return sorted(kpi for kpi in kpis if desk.ask(is_mean, kpi))


def _named(kpis: pd.Series) -> pd.Series:
    # A sheet loaded before a word was known keeps the word.
    return kpis.map({kpi: term(plain(kpi), "kpi") for kpi in kpis.unique()}).astype(object)


def measures_known(desk: Desk) -> tuple[str, ...]:
    """Measures that there is something to say about: ours, then those of files, by name."""
    asked = {*desk.ask(targets_in_force)["kpi"], *desk.ask(own_measures)["kpi"]}
    ours = ("revenue", "deals", "new_accounts", "conversion", "retention", "activities", "pipeline")
    return (*ours, *sorted(asked - {*ours}))


def attainment(desk: Desk) -> pd.DataFrame:
    """Attainment and pace of the revenue target of each person, team and the company.

    Returns
    -------
    unit_kind, unit, team, target, won, deals, how, source, attainment, gap, pace; see
    ``goals.attainment``.
    """
    rows = desk.ask(attained, "revenue", "base")
    rows = rows[rows["unit_kind"] != "region"]
    return rows.rename(columns={"value": "won", "n": "deals"})


def attained(desk: Desk, kpi: str, tier: str) -> pd.DataFrame:
    """Attainment and pace of one measure and tier in the scope's period; see ``goals.attainment``.

    With a team in the scope, of it and its people.
    """
    rows = desk.at(team="").ask(_attained, kpi, tier)
    return of_team(desk, rows)


def _attained(desk: Desk, kpi: str, tier: str) -> pd.DataFrame:
    period, spells = desk.scope.period, desk.ask(goal_tables)["team_spells"]
    mean = desk.ask(is_mean, kpi)
    aims = targets.of_period(desk.ask(targets_in_force), spells, period, kpi, tier, mean)
    reached, elapsed = desk.ask(reached_so_far, kpi), period.elapsed(desk.scope.as_of)
    return goals.attainment(goals.units(spells), reached, aims, elapsed, kpi, mean=mean)


def differences(desk: Desk, kpi: str, tier: str) -> pd.DataFrame:
    """Units of the scope whose target is not what their people's sum to, the widest apart first.

    Returns
    -------
    unit_kind, unit, team, target, people, difference (people - target).
    """
    known, period = desk.ask(targets_in_force), desk.scope.period
    spells = desk.ask(goal_tables)["team_spells"]
    alone = known[known["unit_kind"] == "rep"]
    below = targets.of_period(alone, spells, period, kpi, tier, desk.ask(is_mean, kpi))
    keys = ["unit_kind", "unit"]
    rows = desk.ask(attained, kpi, tier)[[*keys, "team", "target"]]
    sums = below.rename(columns={"target": "people"})[[*keys, "people"]]
    rows = rows[rows["unit_kind"] != "rep"].merge(sums, on=keys)
    rows["difference"] = rows["people"] - rows["target"]
    apart = rows["difference"].abs() > targets.TOLERANCE * rows["target"]
    return rows[apart].sort_values("difference", key=abs, ascending=False, ignore_index=True)


def reached_so_far(desk: Desk, kpi: str) -> pd.DataFrame:
    """value and n of a measure in the scope's period, by unit_kind and unit; of all teams."""
    tables, period = desk.ask(goal_tables), desk.scope.period
    spells = tables["team_spells"]
    if kpi in (*FLOWS, "conversion"):
        return goals.values(goals.results(tables["daily_results"], spells, period), kpi)
    if kpi == "retention":
        kept = kept_accounts(desk).rename(columns={"kept": "total", "customers": "weight"})
        return goals.means(goals.by_unit(kept, spells, ["total", "weight"]))
    rows = desk.ask(own_measures)
    rows = rows[rows["kpi"] == kpi]
    inside = rows["day"].between(str(period.start), str(period.end), inclusive="left")
    sums = goals.by_unit(rows[inside], spells, ["total", "weighted", "weight"])
    if desk.ask(is_mean, kpi):
        return goals.means(sums.assign(total=sums["weighted"]))
    return pd.DataFrame({"value": sums["total"], "n": sums["weight"]})


def whole_of(desk: Desk) -> tuple[str, str]:
    """The unit that the scope looks at: a team, or the company."""
    return ("team", desk.scope.team) if desk.scope.team else ("company", "")


def daily_of(desk: Desk, kpi: str) -> pd.DataFrame:
    """What came on which day, by rep and team of that day: rep, team, day, amount; of all teams."""
    if kpi in FLOWS:
        rows, column = desk.ask(goal_tables)["daily_results"], goals.SUMS[kpi]
    else:
        rows, column = desk.ask(own_measures), "total"
        rows = rows[rows["kpi"] == kpi]
    return rows[["rep", "team", "day"]].assign(amount=rows[column].astype(float))


@dataclass(frozen=True)
class Way:
    """How a measure came in the scope's period so far, and how it usually comes.

    Attributes
    ----------
    days
        day and amount, cumulated, from the day before the period to the as-of date.
    course
        The usual course of such a period.
    due
        Share that has usually come by the as-of date.
    """

    days: pd.DataFrame
    course: Course
    due: float

    def usual(self, target: float) -> float:
        """What has usually come by the as-of date of a target."""
        return self.due * target


def way_of(desk: Desk, kpi: str) -> Way:
    """The way of the scope's team, or the company, through the period; of what is summed."""
    period, as_of = desk.scope.period, desk.scope.as_of
    daily = of_team(desk, desk.ask(daily_of, kpi))
    last = min(as_of, period.end - timedelta(days=1))
    came = pace.by_day(daily["day"], daily["amount"], period.start, last)
    days = pd.date_range(period.start - timedelta(days=1), periods=len(came) + 1)
    found = pace.course(daily["day"], daily["amount"], period, as_of)
    rows = pd.DataFrame({"day": days, "amount": np.concatenate([[0.0], came.cumsum()])})
    return Way(rows, found, found.at(len(came)))


def target_problems(desk: Desk) -> pd.DataFrame:
    """What in the targets does not fit, with line and file; see ``misfits.problems``."""
    spells, known = desk.ask(goal_tables)["team_spells"], desk.ask(targets_in_force)
    means = _means(desk, known)
    return misfits.problems(desk.ask(file_targets), spells, known, desk.scope.period, means)


def deals_behind(desk: Desk, unit_kind: str, unit: str) -> pd.DataFrame:
    """What a unit won in the scope's period, the largest first: the mart ``period_deals``."""
    return rows_of_unit(desk, period_deals(desk), unit_kind, unit)


def rows_of_unit(desk: Desk, rows: pd.DataFrame, unit_kind: str, unit: str) -> pd.DataFrame:
    """The rows of a rep, team, region or the company, by their columns ``rep`` and ``team``."""
    if unit_kind == "region":
        spells = desk.ask(goal_tables)["team_spells"]
        return rows[rows["rep"].isin(spells.loc[spells["region"] == unit, "rep"])]
    return rows if unit_kind == "company" else rows[rows[unit_kind] == unit]


def period_choices(desk: Desk) -> tuple[Period, ...]:
    """The periods that a goal is set for: of each kind the running one and the next."""
    scope = desk.scope
    found = []
    for kind in PERIOD_KINDS:
        now = Period.containing(scope.as_of, kind, scope.period.first_month)
        found += [now, now.after()]
    return tuple(found)
