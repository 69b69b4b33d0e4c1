"""Questions about the rules: those that hold, how they came to be, and laying down new ones."""

from datetime import datetime

import pandas as pd

from analytics import workload
from analytics.conflicts import Company, Conflict, conflicts
from analytics.desk import Desk, of_everybody
from analytics.rules import RuleSet, changes
from analytics.workflow import marts, workings
from data import journal
from data.errors import SettingError
from data.warehouse import Warehouse

NAMED = ("product", "sector", "source", "business", "size_band")
"""Attributes of work, besides region and stage, that may need a skill."""

VERSION_COLUMNS = ("version", "at", "by", "why", "changes", "rules")


def current_rules(desk: Desk) -> RuleSet:
    """The rules that hold: the newest version, or the defaults where nobody has saved any.

    It is read anew each time: a new version does not change the data, by which answers are kept.
    """
    newest = journal.newest(desk.warehouse, "rules")
    return RuleSet() if newest.empty else _stored(newest["content"].iloc[-1])


def rule_versions(desk: Desk) -> pd.DataFrame:
    """Every version, oldest first.

    Returns
    -------
    version (from 1), at (UTC), by, why, changes (tuple of ``Change`` against the version before),
    rules (the ``RuleSet`` itself).
    """
    before, rows = RuleSet(), []
    for number, entry in enumerate(journal.entries(desk.warehouse, "rules").itertuples(), 1):
        rules = _stored(entry.content)
        rows.append(
            (number, entry.at, entry.by, entry.content["why"], changes(before, rules), rules)
        )
        before = rules
    return pd.DataFrame(rows, columns=list(VERSION_COLUMNS))


def save_rules(warehouse: Warehouse, rules: RuleSet, why: str, by: str, at: datetime) -> int:
    """Lay down a new version, which holds from now on.

    Returns
    -------
    Its number, from 1.

    Raises
    ------
    SettingError
        No reason is given: a change that nobody can explain later helps nobody.
    """
    if not why.strip():
        raise SettingError("A change of the rules needs a reason.", setting="why", value=why)
    content = {"rules": rules.to_dict(), "why": why.strip()}
    entry = journal.append(warehouse, kind="rules", subject="rules", content=content, by=by, at=at)
    return int((journal.entries(warehouse, "rules")["entry"] <= entry).sum())


@of_everybody
def rule_conflicts(desk: Desk, rules: RuleSet) -> tuple[Conflict, ...]:
    """What in these rules does not fit: each other, the people, or the open work of all teams."""
    return conflicts(rules, _company(desk, rules))


def _company(desk: Desk, rules: RuleSet) -> Company:
    tables, reps = workings(desk), desk.ask(marts)["rep_results"]
    work = tables["open_work"]
    norms = workload.norms(work, int(reps["active"].sum()))
    # Kinds of which the CRM never says who owns them, and owners whom no list knows, are no
    # question of the rules.
    owned = work.loc[work["rep"].notna(), "kind"].unique()
    work = work[work["rep"].isin(reps["rep"]) | (work["rep"].isna() & work["kind"].isin(owned))]
    # Of the work of a person on leave as much is locked as before the leave.
    nobody_away = tables["absences"][:0]
    room = workload.capacity(reps, nobody_away, rules, desk.scope.as_of)
    return Company(
        items=work.rename(columns={"rep": "owner"}).assign(
            effort=workload.effort(work, norms, rules)
        ),
        reps=room.assign(away=reps["away"].to_numpy()),
        skills=tables["skill_levels"],
        past_owners=tables["past_owners"],
    )


@of_everybody
def known_names(desk: Desk) -> dict[str, tuple[str, ...]]:
    """What lines can name: rep, account, region, stage, skill, and values of each attribute."""
    tables, reps = workings(desk), desk.ask(marts)["rep_results"]
    work = tables["open_work"]
    columns = {
        "rep": reps.loc[reps["active"], "rep"],
        "skill": tables["skill_levels"]["skill"],
        **{name: work[name] for name in ("account", "region", "stage", *NAMED)},
    }
    return {name: tuple(sorted(set(column.dropna()))) for name, column in columns.items()}


@of_everybody
def item_names(desk: Desk) -> dict[str, str]:
    """What people call each piece of open work, by its id."""
    work = workings(desk)["open_work"]
    work = work[work["kind"] != "account"]
    calls = [work[name].fillna("") for name in ("name", "account")]
    return {
        item: name if account in name else f"{name} · {account}"
        for item, name, account in zip(work["item"], *calls, strict=True)
    }


@of_everybody
def missing_now(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """Active people who get nothing new, or less, just now: rep, why_not, until, ramp."""
    tables, reps = workings(desk), desk.ask(marts)["rep_results"]
    room = workload.capacity(reps, tables["absences"], rules, desk.scope.as_of)
    less = room["active"] & (~room["available"] | (room["ramp"] < 1))
    return room.loc[less, ["rep", "why_not", "until", "ramp"]]


def _stored(content: dict) -> RuleSet:
    return RuleSet.of_dict(content["rules"])
