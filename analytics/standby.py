"""Questions about plans kept for the day they are needed, and the standing backups of accounts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import pandas as pd

from analytics.allocation import Interval
from analytics.contingency import Scenario, difference
from analytics.continuity import Contingency, contingency
from analytics.desk import Desk
from analytics.rules import Line, RuleSet
from analytics.ruling import current_rules, save_rules
from data import journal
from data.errors import SettingError
from data.warehouse import Warehouse

COVER = ("item", "name", "account", "from_rep", "to_rep", "value", "expected")


@dataclass(frozen=True, eq=False)
class SavedPlan:
    """A scenario as it was worked out when somebody kept it under a name.

    Attributes
    ----------
    at, by
        When (UTC) and by whom.
    as_of, data_version
        The day looked at, and the state of the data.
    cover
        Who was to take what then: the columns ``COVER``.
    """

    name: str
    scenario: Scenario
    at: datetime
    by: str
    as_of: date
    data_version: int
    book: Interval
    at_risk: Interval
    cover: pd.DataFrame


def save_plan(desk: Desk, name: str, found: Contingency, by: str, at: datetime) -> int:
    """Keep a scenario under a name; under the same name it replaces the plan before.

    Returns
    -------
    The number of its entry in the journal.

    Raises
    ------
    SettingError
        There is no name.
    """
    if not name.strip():
        raise SettingError("A plan is kept under a name.", setting="name", value=name)
    impact = found.impact
    content = {
        "scenario": impact.scenario.to_dict(),
        "as_of": desk.scope.as_of.isoformat(),
        "data_version": desk.warehouse.data_version,
        "book": asdict(impact.book),
        "at_risk": asdict(impact.at_risk),
        "cover": impact.items[list(COVER)].to_dict("records"),
    }
    return journal.append(
        desk.warehouse, kind="scenario", subject=name.strip(), content=content, by=by, at=at
    )


def saved_plans(warehouse: Warehouse) -> tuple[SavedPlan, ...]:
    """The newest plan under each name, in the order in which they were kept."""
    return tuple(
        SavedPlan(
            name=entry.subject,
            scenario=Scenario.of_dict(entry.content["scenario"]),
            at=entry.at,
            by=entry.by,
            as_of=date.fromisoformat(entry.content["as_of"]),
            data_version=entry.content["data_version"],
            book=Interval(**entry.content["book"]),
            at_risk=Interval(**entry.content["at_risk"]),
            cover=pd.DataFrame(entry.content["cover"], columns=list(COVER)),
        )
        for entry in journal.newest(warehouse, "scenario").itertuples()
    )


def worked_out_again(
    desk: Desk, rules: RuleSet, plan: SavedPlan
) -> tuple[Contingency | None, pd.DataFrame]:
    """A kept plan on the data and rules of today, and what is other than it was."""
    found = desk.ask(contingency, rules, plan.scenario)
    now = plan.cover.iloc[:0] if found is None else found.impact.items
    return found, difference(plan.cover, now)


def name_backups(
    desk: Desk, backups: Iterable[tuple[str, str]], why: str, by: str, at: datetime
) -> None:
    """Lay down who stands in for the owners of accounts, as a new version of the rules.

    Parameters
    ----------
    backups
        Id of an account and name of the person; a backup named before is replaced.
    """
    rules, named = current_rules(desk), dict(backups)
    others = tuple(
        line for line in rules.lines if line.kind != "backup" or line.subject not in named
    )
    lines = tuple(Line("backup", rep=rep, subject=account) for account, rep in named.items())
    save_rules(desk.warehouse, replace(rules, lines=others + lines), why, by, at)
