"""Risk flags: what may go wrong, with its evidence, since when, and the money it puts in question.

A flag is a row, one for each kind and subject. Several flags on one opportunity are told together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DEAL_KINDS = ("stalled", "slipped", "overdue", "silent", "grown")
PEOPLE_KINDS = (
    "goal_gap", "overloaded", "starved", "sole_expert", "concentrated", "no_backup", "drift",
    "follow_up_overdue",
)  # fmt: skip
KINDS = (*DEAL_KINDS, *PEOPLE_KINDS)

SEVERITIES = ("note", "watch", "severe")
"""What a flag weighs, from the least on."""

COLUMNS = (
    "kind", "subject_kind", "subject", "name", "account", "rep", "team", "since", "stake",
    "strong", "grade",
)  # fmt: skip
"""What every flag has; evidence follows in columns of its own, missing where it is of other kinds.

subject_kind  opportunity, rep, team, account, segment, company or follow_up
account       of an opportunity; missing for others
rep           whom it concerns; empty where nobody owns it
since         first day on which it held; missing where the data does not tell
stake         expected money in question (currency); missing where no chance is known
strong        whether the evidence is more than a hint
grade         of evidence that grows in steps (times slipped), the step; else 0
"""


EVIDENCE = (
    "days", "limit", "n", "count", "share", "before", "after", "of",
)  # fmt: skip
"""What the sentence about a flag needs, besides the name.

stalled            days (age), limit (age by which ``late_share`` of the closed ones were through),
                   n (closed ones behind that), of (stage), share
slipped            count (times), days (in all)
overdue            days (past the close date), share
silent             days (since the last sign), count (1 where the data has activities), share
grown              before, after (currency), days (from the growth to the close date)
goal_gap           share (attainment), limit (share of the period over), count (won), before (won),
                   after (target)
overloaded         share (own over middle), limit (the middle), count (open), n (people)
starved            share (own over middle), limit (the middle, currency), count (open), n (people)
sole_expert        count (wins), n (opportunities closed by others who are there)
concentrated       share (of all expected money), limit (threshold), n (with any), of (rep, account)
no_backup          n (key accounts), count (open opportunities), share
drift              before, after (win rates), share (their difference), n (closed)
follow_up_overdue  days (past its day), of (follow_up or task)

Where a share is told of opportunities or accounts, it is that of those which give the same signal;
it is missing unless they are so many that only those that go furthest are listed.
"""


@dataclass(frozen=True)
class Thresholds:
    """From where on something is a risk.

    Attributes
    ----------
    late_share
        An open opportunity is stalled when it is older than this share of the closed ones were
        when they ended or left its stage: what nearly always had moved by then.
    least_closed
        Closed opportunities below which such a share is too coarse.
    usual_share
        A signal that more than this share of the open opportunities give tells none from another.
        They are ranked then.
    ranked_share
        Share of them that is flagged then, those that go furthest.
    least_ranked
        Opportunities, people or accounts below which there is no tenth of them to speak of: each
        is looked at by itself.
    slips, strong_slips
        Times a close date moved back: once happens to most, twice is a habit, and forecasts
        seldom hold from the third time on.
    overdue_days
        Days past the close date beyond which it was not just forgotten to be updated.
    quiet_days
        Days without an activity, where nothing is planned: three weeks outlast most holidays.
    grown, strong_growth
        Growth of an amount (share) late in its course: at least a quarter, so that rounding and
        a small addition do not count.
    near_days
        Days before the close date that count as late in its course.
    severe_share
        Severe are at most this share of the open opportunities, those with most expected money.
        More than that nobody can look after in a week.
    overload, strong_overload
        Open opportunities held, as a multiple of the middle of the team: half as many again is
        more than chance gives to a book of twenty, twice as many more than anybody works off.
    starved
        Expected money held, as a share of the middle of the team.
    least_people
        People below which there is no middle to speak of.
    behind, far_behind
        Pace (attainment over time elapsed) below which a goal is in danger.
    least_elapsed
        Share of the period before which its pace says little.
    key_accounts
        Accounts, those with most expected money, for which somebody should stand in.
    severe_part, watch_part
        Parts of all expected money from which what is no opportunity is severe, and worth
        watching: what the company would feel.
    worse
        Growth of the stake (share) that brings a snoozed flag back before its day.
    """

    late_share: float = 0.9
    least_closed: int = 40
    usual_share: float = 0.5
    ranked_share: float = 0.1
    least_ranked: int = 10
    slips: int = 2
    strong_slips: int = 3
    overdue_days: int = 30
    quiet_days: int = 21
    grown: float = 0.25
    strong_growth: float = 0.5
    near_days: int = 30
    severe_share: float = 0.05
    overload: float = 1.5
    strong_overload: float = 2.0
    starved: float = 0.5
    least_people: int = 4
    behind: float = 0.8
    far_behind: float = 0.6
    least_elapsed: float = 0.2
    key_accounts: int = 20
    severe_part: float = 0.03
    watch_part: float = 0.01
    worse: float = 0.5


THRESHOLDS = Thresholds()


def none() -> pd.DataFrame:
    """No flags."""
    return pd.DataFrame(columns=[*COLUMNS, *EVIDENCE])


def rows_of(rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Flags, one for each of ``rows``: ``columns`` by name, the others missing."""
    grade = np.zeros(len(rows))
    found = pd.DataFrame({"grade": grade}, index=rows.index).assign(**columns)
    return found.reindex(columns=[*COLUMNS, *EVIDENCE])


def weighed(flags: pd.DataFrame, expected: pd.Series, of: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """Flags with their severity, the gravest first, then by the money in question.

    An opportunity is severe if its expected money is among the largest ``severe_share`` of all
    open ones and its evidence is strong, or of two kinds; the flags on one opportunity weigh the
    same. Any other subject is if its evidence is strong and ``severe_part`` of all expected money
    is in question. What is not severe for want of one of the two is worth watching.

    Parameters
    ----------
    expected
        Expected money of every open opportunity (currency), those without flags included.

    Returns
    -------
    The rows with ``severity``.
    """
    known = expected.dropna().to_numpy(float)
    # Where nothing is known nothing is much.
    large, middle = np.quantile(known, [1 - of.severe_share, 0.5]) if len(known) else [np.inf] * 2
    total = known.sum() if len(known) else np.inf
    is_deal = (flags["subject_kind"] == "opportunity").to_numpy(bool)
    much = np.where(is_deal, large, of.severe_part * total)
    some = np.where(is_deal, middle, of.watch_part * total)
    subject = flags["subject_kind"].astype(str) + "|" + flags["subject"].astype(str)
    together = flags.groupby(subject)
    strong = together["strong"].transform("any") | (together["kind"].transform("size") > 1)
    stake = together["stake"].transform("max").fillna(0.0)
    # Of equal amounts a quantile may be shared by many: only what lies above it is large.
    severity = np.select(
        [strong & (stake > much), (strong & (stake > some)) | (stake > much)],
        ["severe", "watch"],
        "note",
    )
    rows = flags.assign(severity=severity, weight=[SEVERITIES.index(one) for one in severity])
    rows = rows.assign(most=stake).sort_values(
        ["weight", "most", "subject", "kind"], ascending=[False, False, True, True], kind="stable"
    )
    return rows.drop(columns=["weight", "most"]).reset_index(drop=True)


def snoozed(
    flags: pd.DataFrame,
    said: Mapping[tuple[str, str, str], Mapping[str, object]],
    as_of: date,
    of: Thresholds = THRESHOLDS,
) -> pd.DataFrame:
    """Flags with what was said of them.

    Parameters
    ----------
    said
        By kind, kind of subject and subject: until (ISO date), severity, grade and stake as they
        were when it was put aside, reason, by.

    Returns
    -------
    The rows with ``state``: open; snoozed; back, where it was put aside and has grown worse
    before the day came (graver, a step more, or ``worse`` more money); and ``until``, ``why``,
    ``by`` of what was said, else empty.
    """
    states, found = [], []
    keys = zip(flags["kind"], flags["subject_kind"], flags["subject"], strict=True)
    order = {name: place for place, name in enumerate(SEVERITIES)}
    if not said:
        return flags.assign(state="open", until="", why="", by="")
    places = {place: said[key] for place, key in enumerate(keys) if key in said}
    for place, one in places.items():
        row = flags.iloc[place]
        then, now = float(str(one["stake"])), float(row["stake"])
        worse = (
            order[str(row["severity"])] > order[str(one["severity"])]
            or int(row["grade"]) > int(str(one["grade"]))
            or now > then * (1 + of.worse)
        )
        over = date.fromisoformat(str(one["until"])) <= as_of
        states.append("open" if over else "back" if worse else "snoozed")
        found.append(one)
    rows = flags.assign(state="open", until="", why="", by="")
    at = rows.index[list(places)]
    rows.loc[at, "state"] = states
    for column in ("until", "why", "by"):
        rows.loc[at, column] = [str(one[column]) for one in found]
    return rows


def by_subject(flags: pd.DataFrame) -> pd.DataFrame:
    """One row per subject, in the order of its gravest flag.

    Returns
    -------
    subject_kind, subject, name, account, rep, team, severity, kinds (tuple, as in ``KINDS``), since
    (the earliest), stake (the largest: the same money is in question, not several times),
    state (of its gravest flag).
    """
    keys = ["subject_kind", "subject"]
    # Kinds as bits of a number: rows of tuples would cost more than all the rest.
    bit = flags["kind"].map({kind: 1 << place for place, kind in enumerate(KINDS)})
    grouped = flags.assign(bits=bit.astype(int)).groupby(keys, sort=False)
    sums = grouped.agg(bits=("bits", "sum"), since=("since", "min"), stake=("stake", "max"))
    told = {
        bits: tuple(kind for place, kind in enumerate(KINDS) if bits >> place & 1)
        for bits in sums["bits"].unique()
    }
    sums = sums.assign(kinds=sums["bits"].map(told)).drop(columns="bits")
    first = flags.drop_duplicates(keys)
    names = [*keys, "name", "account", "rep", "team", "severity", "state"]
    return first[names].join(sums, on=keys).reset_index(drop=True)


def ranked(
    holds: NDArray[np.bool_], size: NDArray[np.float64], of: Thresholds
) -> tuple[NDArray[np.bool_], float]:
    """Which of those that give a signal are flagged, and the share that gives it.

    All of them, unless they are more than ``usual_share``: then the ``ranked_share`` of all that
    goes furthest. The share is missing with fewer than ``least_ranked``: all are flagged then.
    """
    if len(holds) < of.least_ranked:
        return holds, np.nan
    share = float(holds.mean())
    if share <= of.usual_share:
        return holds, share
    most = int(len(holds) * of.ranked_share)
    furthest = np.lexsort((np.arange(len(holds)), -np.where(holds, size, -np.inf)))[:most]
    chosen = np.zeros(len(holds), bool)
    chosen[furthest] = True
    return chosen & holds, share
