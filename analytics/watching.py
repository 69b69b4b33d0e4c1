"""Questions about what may go wrong and what has changed; and what people said of a risk.

What was said is in the journal. It does not change the data, by which answers are kept: ``said``
is the number of its newest entry.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics import changes, company_flags, deal_flags, following, lateness, people_flags
from analytics import flags as rules_of_flags
from analytics.abilities import drifting
from analytics.aiming import attainment
from analytics.books import MIX, concentration, single_experts
from analytics.changes import Changes
from analytics.desk import Desk
from analytics.flags import none
from analytics.outlook import prospects
from analytics.rules import RuleSet
from analytics.workflow import (
    SEGMENTS,
    deal_tables,
    goal_tables,
    history,
    marts,
    of_team,
    open_items,
    people,
    pipeline_moves,
)
from data import journal

SNOOZE, HANDED = "snooze", "handed_over"
"""What entries of the journal about risks are called."""

MOST_EXPERTS = 20
"""Segments with one expert that are looked at, those with most open value."""

NO_TASKS = pd.DataFrame(columns=["item", "name", "rep", "team", "due_on", "value"])
"""Tasks of the CRM stand on the page Follow-up; only what was agreed here is a risk of its own."""

SIGNALS = ("stalled", "overdue", "slipped", "silent", "goal_gap", "loads", "stake")
"""What can only be told with data that not every CRM has."""


def newest_word(desk: Desk) -> int:
    """The number of the newest entry about risks and follow-ups, 0 before the first."""
    words = (SNOOZE, HANDED, following.FOLLOW_UP, following.SAID)
    return journal.last_entry(desk.warehouse, words)


def flags(desk: Desk, rules: RuleSet, said: int, looked: bool = False) -> pd.DataFrame:
    """Every risk of the scope's team, the gravest first, with what was said of it.

    Parameters
    ----------
    said
        ``newest_word``.
    looked
        Tell falling win rates too, which takes a model: ``desk.knows(drifting)`` where nobody is
        to wait for it.

    Returns
    -------
    The columns of ``flags.weighed`` and ``flags.snoozed``.
    """
    parts = [
        desk.ask(deal_risks),
        desk.ask(people_risks),
        desk.ask(hanging_risks, rules),
        people_flags.overdue_follow_ups(
            lateness.overdue(following.follow_ups(desk), NO_TASKS, desk.scope.as_of),
            desk.ask(prospects).set_index("opportunity_id")["expected"],
        ),
    ]
    if looked:
        parts.append(_mine(desk, company_flags.drifts(desk.ask(drifting), desk.ask(prospects))))
    found = [part for part in parts if len(part)]
    together = pd.concat(found, ignore_index=True) if found else none()
    # By what the company expects, whichever team looks: else looking alone would change a weight.
    weighed = rules_of_flags.weighed(together, desk.at(team="").ask(prospects)["expected"])
    return rules_of_flags.snoozed(weighed, put_aside(desk), desk.scope.as_of)


def deal_risks(desk: Desk) -> pd.DataFrame:
    """Flags on the open opportunities of the scope's team."""
    tables = deal_tables(desk)
    return deal_flags.deal_flags(
        desk.ask(prospects), tables["deal_signals"], tables["stage_ages"], desk.scope.as_of
    )


def people_risks(desk: Desk) -> pd.DataFrame:
    """Flags on people and goals of the scope's team."""
    scope, reached = desk.scope, desk.ask(attainment)
    gaps = none()
    if reached["target"].notna().any():
        daily = goal_tables(desk)["daily_results"]
        gaps = people_flags.goal_gaps(reached, daily, scope.period, scope.as_of)
    return _together(gaps, people_flags.loads(desk.ask(people), desk.ask(prospects)))


def hanging_risks(desk: Desk, rules: RuleSet) -> pd.DataFrame:
    """Flags on what hangs on one person or customer, of the scope's team."""
    items, reps = desk.ask(prospects), desk.ask(marts)["rep_results"]
    measures = [
        concentration(items.groupby(column)["expected"].sum(), of, "open")
        for of, column in company_flags.COLUMN_OF.items()
    ]
    active = reps.loc[reps["active"], "rep"].tolist()
    experts = single_experts(
        deal_tables(desk, SEGMENTS)["segment_wins"], desk.ask(open_items), active, MIX
    )
    return _together(
        company_flags.concentrated([one for one in measures if one], items),
        company_flags.sole_experts(of_team(desk, experts).head(MOST_EXPERTS), items),
        company_flags.without_backup(items, [line.subject for line in rules.of("backup")]),
    )


def _together(*parts: pd.DataFrame) -> pd.DataFrame:
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else none()


def _mine(desk: Desk, rows: pd.DataFrame) -> pd.DataFrame:
    """Of the scope's team: its people, and what is nobody's."""
    if not desk.scope.team:
        return rows
    return rows[rows["rep"].isin(["", *desk.ask(people)["rep"]])]


def untold(desk: Desk) -> dict[str, int]:
    """Signals that this data cannot give, with the number that shows it (see ``SIGNALS``).

    stalled: closed opportunities, too few; overdue: open ones, none with a close date; slipped:
    exports of opportunities, fewer than two; silent: open ones, none with activity, task or next
    step; goal_gap: 0 targets; loads: people, none of them in a table of people; stake: open ones
    without a chance.
    """
    items, tables = desk.ask(prospects), deal_tables(desk)
    signals, ages = tables["deal_signals"], tables["stage_ages"]
    closed = int(ages.loc[ages["stage"] == "", "deals"].sum())
    found = {}
    if closed < rules_of_flags.THRESHOLDS.least_closed:
        found["stalled"] = closed
    if not items["expected_on"].notna().any():
        found["overdue"] = len(items)
    if len(exports(desk)) < 2:
        found["slipped"] = len(exports(desk))
    seen = signals["last_activity"].notna() | (signals["tasks"] > 0) | signals["next_step"]
    if not seen.any():
        found["silent"] = len(items)
    if not desk.ask(attainment)["target"].notna().any():
        found["goal_gap"] = 0
    if not desk.ask(people)["listed"].any():
        found["loads"] = len(desk.ask(people))
    if unknown := int(items["expected"].isna().sum()):
        found["stake"] = unknown
    return found


def exports(desk: Desk) -> tuple[date, ...]:
    """The days of which an export of opportunities tells, up to the as-of date, oldest first."""
    past = desk.ask(history)
    days = past.loc[(past["entity"] == "opportunities") & past["undone_at"].isna(), "as_of"]
    dates = {day.date() for day in pd.to_datetime(days)}
    return tuple(sorted(day for day in dates if day <= desk.scope.as_of))


def usual_since(desk: Desk) -> date:
    """The day compared with until somebody chooses one: that of the export before the newest.

    Without one, the last day before the period.
    """
    known = exports(desk)
    return known[-2] if len(known) > 1 else desk.scope.period.start - timedelta(days=1)


def changes_since(desk: Desk, since: date, only_due: bool = False) -> Changes:
    """What became of the team's open pipeline since the end of a day.

    Parameters
    ----------
    only_due
        Look at what is or was due in the scope's period.
    """
    scope, known = desk.scope, exports(desk)
    return changes.changes(
        pipeline_moves(desk, since),
        since,
        scope.as_of,
        team=scope.team,
        due=scope.period if only_due else None,
        told=bool(known) and known[0] <= since,
    )


def put_aside(desk: Desk) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What stands put aside: by kind, kind of subject and subject, as it was said.

    What was said looking at a later day than the as-of date is left out. Read anew each time.
    """
    rows, day = journal.entries(desk.warehouse, SNOOZE), desk.scope.as_of.isoformat()
    past = [content.get("as_of", "") <= day for content in rows["content"]]
    rows = rows[np.array(past, bool)].drop_duplicates("subject", keep="last")
    return {
        (content["kind"], content["subject_kind"], content["subject"]): content
        | {"by": by, "at": at}
        for content, by, at in zip(rows["content"], rows["by"], rows["at"], strict=True)
        if content["until"]
    }


def snooze(desk: Desk, rows: pd.DataFrame, until: date, why: str, by: str, at: datetime) -> None:
    """Put these rows of ``flags`` aside until a day, or until they grow worse."""
    for row in rows.to_dict("records"):
        stake = 0.0 if pd.isna(row["stake"]) else float(row["stake"])
        content = {
            "until": until.isoformat(), "why": why.strip(), "stake": stake,
            "severity": row["severity"], "grade": int(row["grade"]),
            "as_of": desk.scope.as_of.isoformat(),
        }  # fmt: skip
        _say(desk, SNOOZE, row, content, by, at)


def wake(desk: Desk, rows: pd.DataFrame, by: str, at: datetime) -> None:
    """Take these rows of ``flags`` up again."""
    for row in rows.to_dict("records"):
        content = {"until": "", "as_of": desk.scope.as_of.isoformat()}
        _say(desk, SNOOZE, row, content, by, at)


def hand_over(desk: Desk, rows: pd.DataFrame, by: str, at: datetime) -> None:
    """Write down that somebody else is being looked for because of these rows of ``flags``."""
    for row in rows.to_dict("records"):
        _say(desk, HANDED, row, {}, by, at)


def handed_over(desk: Desk, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """For which of these subjects (kind, subject) an owner was looked for: by whom and when.

    Read anew each time.
    """
    wanted, rows = set(keys), journal.newest(desk.warehouse, HANDED)
    return {
        subject: {"by": row.by, "at": row.at}
        for row in rows.itertuples()
        if (subject := (row.content["subject_kind"], row.content["subject"])) in wanted
    }


def _say(
    desk: Desk, kind: str, row: dict[str, Any], content: dict[str, Any], by: str, at: datetime
) -> None:
    names = {name: str(row[name]) for name in ("kind", "subject_kind", "subject")}
    journal.append(
        desk.warehouse, kind=kind, subject="|".join(names.values()), content=names | content,
        by=by, at=at,
    )  # fmt: skip
