"""Questions about open work of every kind: what there is, what comes first, who should take it.

What has been given out or decided here counts as held before the CRM knows of it. ``said`` is the
number of the newest such entry in the journal, by which answers are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from analytics import assigning, priority, workload
from analytics.abilities import evidence
from analytics.assigning import Given
from analytics.batch import Batch
from analytics.desk import Desk, of_everybody
from analytics.eligibility import barred
from analytics.odds import odds, owners_chance
from analytics.policies import Policy
from analytics.rules import RuleSet
from analytics.workflow import marts, of_team, workings
from analytics.workload import Norms
from data import journal
from data.log import standing_decisions

KIND = "assignment"
"""What entries of the journal about new work are called."""

WORDS = (KIND, "fix", "decision")
"""Kinds of entries by which somebody gets work."""


@dataclass(frozen=True)
class NewLead:
    """A lead that is in no file yet, as somebody types it in; what is not known is empty.

    ``value`` is what it would bring if it were won (money).
    """

    name: str
    account: str = ""
    product: str = ""
    region: str = ""
    value: float = 0.0


def open_work(desk: Desk) -> pd.DataFrame:
    """Open work of every kind that the scope's team has, and what nobody has."""
    work = workings(desk)["open_work"]
    if not desk.scope.team:
        return work
    return work[(work["team"] == desk.scope.team) | work["rep"].isna()]


def assigned(desk: Desk) -> pd.DataFrame:
    """What was given out here and not taken back: item, who said so and when, what was recorded.

    Read anew each time: it does not change the data, by which answers are kept.
    """
    said = journal.newest(desk.warehouse, KIND)
    contents = pd.DataFrame(
        list(said["content"]), index=said.index, columns=["item", *assigning.RECORDED]
    )
    rows = said[["entry", "at", "by"]].join(contents)
    return rows[rows["to_rep"] != ""].reset_index(drop=True)


def give(desk: Desk, given: Iterable[Given], policy: Policy, by: str, at: datetime) -> None:
    """Write down who was given what."""
    for one in given:
        _say(desk, one.item, assigning.record(one, policy), by, at)


def take_back(desk: Desk, rows: pd.DataFrame, by: str, at: datetime) -> None:
    """Undo these rows of ``assigned``."""
    for row in rows.itertuples():
        _say(desk, str(row.item), {"kind": row.kind, "to_rep": ""}, by, at)


def _say(desk: Desk, item: str, content: dict[str, Any], by: str, at: datetime) -> None:
    # A lead and an opportunity may have the same id.
    subject, content = f"{content['kind']} {item}", content | {"item": item}
    journal.append(desk.warehouse, kind=KIND, subject=subject, content=content, by=by, at=at)


def newest_word(desk: Desk) -> int:
    """The number of the newest entry by which somebody gets work, 0 before the first."""
    return journal.last_entry(desk.warehouse, WORDS)


@of_everybody
def held_work(desk: Desk, said: int) -> pd.DataFrame:
    """Open work with whoever has it, as soon as the CRM does what was said here.

    What was given out, and accepted moves and fixes of items that still have the owner they had.
    """
    work, given = workings(desk)["open_work"], assigned(desk).assign(from_rep="")
    moved = standing_decisions(desk.warehouse).assign(kind="opportunity")
    fixed = pd.DataFrame(list(journal.newest(desk.warehouse, "fix")["content"]))
    words = [given, moved[moved["verdict"] == "accept"]]
    if len(fixed):
        words.append(fixed[(fixed["verdict"] == "accept") & (fixed["to_rep"] != "")])
    keys, columns = ["kind", "item"], ["kind", "item", "from_rep", "to_rep"]
    newest = pd.concat([rows[columns] for rows in words]).drop_duplicates(keys, keep="last")
    found = work[keys].merge(newest, on=keys, how="left").set_axis(work.index)
    waits = found["to_rep"].notna() & (found["from_rep"] == work["rep"].fillna(""))
    return work.assign(rep=work["rep"].mask(waits, found["to_rep"]))


@of_everybody
def work_norms(desk: Desk) -> Norms:
    """What an open opportunity takes by stage and size (hours a week)."""
    active = int(desk.ask(marts)["rep_results"]["active"].sum())
    return workload.norms(workings(desk)["open_work"], active)


@of_everybody
def held_hours(desk: Desk, rules: RuleSet, said: int) -> pd.Series:
    """Hours a week that each piece of ``held_work`` takes."""
    return workload.effort(desk.ask(held_work, said), desk.ask(work_norms), rules)


def capacities(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """What each person of the team has for open work, and who can be given more."""
    reps = of_team(desk, desk.ask(marts)["rep_results"])
    return workload.capacity(reps, workings(desk)["absences"], rules, desk.scope.as_of)


def loads(desk: Desk, rules: RuleSet, said: int) -> pd.DataFrame:
    """What each person of the team holds: hours a week, items, and items of each kind."""
    held = workload.load(desk.ask(held_work, said), desk.ask(held_hours, rules, said))
    return held.reindex(desk.ask(capacities, rules)["rep"], fill_value=0)


def room(desk: Desk, rules: RuleSet, said: int) -> pd.DataFrame:
    """Everybody of the team who is still there: what each has, holds, and can still take.

    Returns
    -------
    The columns of ``capacities`` and ``loads`` (``held`` for the hours of the latter), and free:
    there, and with hours left where they are known; who uses most of the capacity first.
    """
    rows = desk.ask(capacities, rules).set_index("rep")
    rows = rows.join(desk.ask(loads, rules, said).rename(columns={"hours": "held"}))
    rows = rows[rows["active"]].assign(used=rows["held"] / rows["hours"].clip(lower=1e-9))
    # Hours that nobody logged are made up, and bar nobody.
    fits = (rows["held"] < rows["hours"]) | (not desk.ask(work_norms).logged)
    rows["free"] = rows["available"] & fits
    return rows.sort_values("used", ascending=False, kind="stable").reset_index()


def priorities(desk: Desk, said: int) -> pd.DataFrame:
    """The team's open work and what nobody has, by urgency times importance."""
    work = desk.ask(held_work, said)
    work = work.loc[desk.ask(open_work).index]
    chance = owners_chance(described(work), desk.ask(evidence))
    return priority.priorities(work, chance, desk.scope.as_of)


def unowned(desk: Desk, said: int) -> pd.DataFrame:
    """Opportunities, leads and tasks that nobody has; an account alone is no work."""
    work = desk.ask(held_work, said)
    return work[work["rep"].isna() & (work["kind"] != "account")]


def to_give(desk: Desk, rules: RuleSet, said: int) -> Batch:
    """What nobody has, the most valuable first, and the people of the team it may go to."""
    waiting = desk.ask(unowned, said)
    worth = (waiting["value"] * waiting["reach"]).sort_values(ascending=False, kind="stable")
    return _batch(desk, rules, said, waiting.loc[worth.index[: assigning.AT_ONCE]])


def assignments(
    desk: Desk, rules: RuleSet, said: int, policy: Policy = "evenhand"
) -> tuple[Given, ...]:
    """Who should get each piece of work that nobody has."""
    batch = desk.ask(to_give, rules, said)
    return assigning.assign(batch, policy, np.random.default_rng(desk.settings.seed))


def policies_compared(desk: Desk, rules: RuleSet, said: int) -> pd.DataFrame:
    """The same work given out in the ways that are in use."""
    batch = desk.ask(to_give, rules, said)
    return assigning.compare(batch, desk.settings.seed, desk.settings.interval)


def candidates(
    desk: Desk, rules: RuleSet, said: int, what: tuple[str, str] | NewLead
) -> tuple[Given, pd.DataFrame]:
    """Who should take one piece of work, and how everybody compares for it.

    Parameters
    ----------
    what
        Kind and id of a piece of open work, whoever has it, or a lead that is in no file yet.
    """
    batch = _batch(desk, rules, said, _one(desk, said, what))
    [given] = assigning.assign(batch, "evenhand", np.random.default_rng(desk.settings.seed))
    return given, assigning.ranking(batch, given, desk.settings.interval)


def described(work: pd.DataFrame) -> pd.DataFrame:
    """Open work with the attributes of opportunities by their own names: ``kind`` is new or
    existing business, and the kind of work is ``work``."""
    return work.rename(columns={"kind": "work", "business": "kind"})


def _one(desk: Desk, said: int, what: tuple[str, str] | NewLead) -> pd.DataFrame:
    work = desk.ask(held_work, said)
    leads = (work["kind"] == "lead").any()
    if isinstance(what, NewLead):
        known = work[(work["account"] == what.account) & work["account_id"].notna()].head(1)
        row = dict.fromkeys(work.columns) | {
            "kind": "lead",
            "item": what.name,
            "name": what.name,
            "account": what.account or None,
            "account_id": known["account_id"].squeeze() if len(known) else None,
            "sector": known["sector"].squeeze() if len(known) else None,
            "region": what.region or (known["region"].squeeze() if len(known) else None),
            "product": what.product or None,
            "value": what.value,
            # As the leads that there are: most never become opportunities.
            "reach": float(work.loc[work["kind"] == "lead", "reach"].mean()) if leads else 1.0,
        }
        return pd.DataFrame([row], index=[-1])
    kind, item = what
    return work[(work["kind"] == kind) & (work["item"] == item)]


def _batch(desk: Desk, rules: RuleSet, said: int, items: pd.DataFrame) -> Batch:
    """These items, and everybody of the team who is still there, without what they hold of them."""
    study, tables, settings = desk.ask(evidence), workings(desk), desk.settings
    people = desk.ask(capacities, rules)
    people = people[people["active"]].reset_index(drop=True)
    work, hours = desk.ask(held_work, said), desk.ask(held_hours, rules, said)
    others = ~work.index.isin(items.index)
    held = workload.load(work[others], hours[others]).reindex(people["rep"], fill_value=0)
    known = described(items)
    deals = work["kind"] == "opportunity"
    hour_price = work["value"][deals].sum() * study.win_rate / max(hours[deals].sum(), 1e-9)
    share = items["importance"].map(priority.TASK_SHARE).astype(float).fillna(1.0)
    return Batch(
        items=pd.DataFrame(
            {
                "item": items["item"],
                "kind": items["kind"],
                "value": (items["value"] * items["reach"] * share).astype(float),
                "hours": workload.effort(items.assign(rep=None), desk.ask(work_norms), rules),
                "account_id": items["account_id"],
            }
        ).reset_index(drop=True),
        people=people,
        held=held,
        barred=barred(
            known.rename(columns={"rep": "owner"}),
            people.assign(away=~people["available"]),
            rules,
            skills=tables["skill_levels"],
            past_owners=tables["past_owners"],
        ),
        odds=odds(known, people, study, settings),
        owed=assigning.owed(assigned(desk).to_dict("records"), people["rep"]),
        hour_price=hour_price * rules.overload_weight,
        sure=settings.p_gain_min,
        explore=rules.explore,
        holder=assigning.holders(work),
        hours_known=desk.ask(work_norms).logged,
    )
