"""The rest of what the sample company keeps: targets, tasks, leave, answers and the like."""

from datetime import date

import numpy as np
import pandas as pd

from data.synthetic.names import COMPANY, CURRENCY, PRODUCTS, QUESTIONS, RATES, TASKS
from data.synthetic.people import days_of, on_workday
from data.synthetic.truth import REP_PRODUCT_SD, REP_SECTOR_SD, Truth

TASK_COUNT, TASK_DAYS = 1_500, 150
ACTIVITY_COUNT, ACTIVITY_DAYS = 12_000, 365
RAMP_DAYS = 150
"""Days until the full target is asked of a newcomer."""
PRIOR_MONTHS = 4
"""How many months of an average rep a target leans on, so newcomers have one too."""
MONTH_SHARES = np.array([0.7, 0.95, 1.05, 0.8, 1, 1.2, 0.9, 1.05, 1.2, 0.85, 1.05, 1.25]) / 12
PULSE_MONTHS = 12
RATE_YEARS = 3
ACTIVITIES = {
    "call": (0.40, 0.4),
    "mail": (0.27, 0.25),
    "meeting": (0.18, 1.2),
    "visit": (0.15, 3.5),
}
"""Share of the activities and typical hours of each kind."""


def targets(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Revenue targets of this year and the last: reps by month, teams by quarter, the company."""
    years = [_rep_targets(opportunities, reps, year, end, rng) for year in (end.year - 1, end.year)]
    of_reps = pd.concat(years, ignore_index=True)
    start = of_reps["period_start"]
    quarter = start.dt.to_period("Q").dt.start_time
    year = start.dt.to_period("Y").dt.start_time
    parts = [
        ("rep", "month", of_reps["name"], start),
        ("team", "quarter", of_reps["team"], quarter),
        ("company", "year", pd.Series(COMPANY, of_reps.index), year),
    ]
    tables = []
    for unit_kind, period, unit, period_start in parts:
        keys = [unit.rename("unit"), period_start.rename("period_start")]
        sums = of_reps["amount"].groupby(keys, sort=False).sum().reset_index()
        tables.append(sums.assign(unit_kind=unit_kind, period=period))
    return pd.concat(tables, ignore_index=True).assign(
        kpi="revenue", tier="base", currency=CURRENCY
    )


def _rep_targets(
    opportunities: pd.DataFrame,
    reps: pd.DataFrame,
    year: int,
    end: date,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Monthly targets (CNY) of one year, around what each rep won in the year up to its end."""
    last = min(pd.Timestamp(end), pd.Timestamp(year, 12, 31))
    first = last - pd.Timedelta(days=365)
    won = opportunities[
        (opportunities["stage"] == "Won") & opportunities["closed_on"].between(first, last)
    ]
    revenue = won.groupby("owner")["amount"].sum().reindex(reps["name"]).fillna(0).to_numpy()
    until = reps["left_on"].where(reps["left_on"] < last, last)
    days = until - reps["started_on"].where(reps["started_on"] > first, first)
    months = (days.dt.days / 30.4).clip(lower=0).to_numpy()
    typical = revenue.sum() / months.sum()
    monthly = (revenue + PRIOR_MONTHS * typical) / (months + PRIOR_MONTHS)
    asked = monthly * 12 * np.exp(rng.normal(0, 0.12, len(reps)))

    starts = pd.date_range(pd.Timestamp(year, 1, 1), periods=12, freq="MS")
    grid = pd.DataFrame(
        {
            "name": np.repeat(reps["name"].to_numpy(), 12),
            "team": np.repeat(reps["team"].to_numpy(), 12),
            "started_on": np.repeat(reps["started_on"].to_numpy(), 12),
            "left_on": np.repeat(reps["left_on"].to_numpy(), 12),
            "period_start": np.tile(starts, len(reps)),
        }
    )
    here = (grid["period_start"] - grid["started_on"]).dt.days
    ramp = (here / RAMP_DAYS).clip(0.3, 1).to_numpy()
    amount = np.outer(asked, MONTH_SHARES).ravel() * ramp
    grid["amount"] = amount.round(-3).astype("int64")
    return grid[(here >= 0) & ~(grid["left_on"] < grid["period_start"])]


def tasks(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """What was to be done on the opportunities of the last months, some of it overdue."""
    n, today = TASK_COUNT, np.datetime64(end, "D")
    pool = _worked_on(opportunities, reps, end, TASK_DAYS)
    share = (1.0 + 2.0 * pool["closed_on"].isna()).to_numpy()
    of = pool.iloc[np.sort(rng.choice(len(pool), n, p=share / share.sum()))]
    created = _days_within(of, rng)
    due = on_workday(created + rng.integers(2, 35, n))
    is_open = of["closed_on"].isna().to_numpy() & (rng.random(n) < np.where(due < today, 0.13, 0.8))
    done = np.maximum(created, due - rng.integers(-3, 8, n))
    done = np.minimum(done, days_of(of["until"]))
    return pd.DataFrame(
        {
            "task_id": [f"T{20001 + i}" for i in range(n)],
            "subject": rng.choice(TASKS, n),
            "owner": of["owner"].to_numpy(),
            "opportunity_id": of["opportunity_id"].to_numpy(),
            "account": of["account"].to_numpy(),
            "importance": rng.choice(["high", "normal", "low"], n, p=[0.2, 0.6, 0.2]),
            "status": np.where(is_open, "Open", "Done"),
            "due_on": due,
            "done_on": np.where(is_open, np.datetime64("NaT"), done),
            "created_on": created,
        }
    )


def activities(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Calls, mails, meetings and visits of the last year, more of them for greater products."""
    n = ACTIVITY_COUNT
    pool = _worked_on(opportunities, reps, end, ACTIVITY_DAYS)
    effort = pool["product"].map({name: product.effort for name, product in PRODUCTS.items()})
    days = (pool["until"] - pool["since"]).dt.days
    share = effort * ((days + 5) / pool["cycle"]).clip(upper=1)
    of = pool.iloc[rng.choice(len(pool), n, p=share / share.sum())]
    kinds = list(ACTIVITIES)
    kind = rng.choice(kinds, n, p=[ACTIVITIES[k][0] for k in kinds])
    typical = pd.Series({k: ACTIVITIES[k][1] for k in kinds})[kind].to_numpy()
    return (
        pd.DataFrame(
            {
                "owner": of["owner"].to_numpy(),
                "opportunity_id": of["opportunity_id"].to_numpy(),
                "kind": kind,
                "happened_on": _days_within(of, rng),
                "hours": (typical * np.exp(rng.normal(0, 0.4, n)) * 4).round().clip(1) / 4,
            }
        )
        .sort_values("happened_on", kind="stable", ignore_index=True)
        .assign(activity_id=[f"C{300001 + i}" for i in range(n)])
    )


def leave(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Days away: past holidays, some who are away now, short leave ahead, one long leave ahead.

    The long one takes away somebody with a full book.
    """
    today = np.datetime64(end, "D")
    settled = reps["name"][reps["active"] & (reps["started_on"] < today - 300)].to_numpy()
    book = opportunities["owner"][opportunities["closed_on"].isna()].value_counts()
    fullest = book.reindex(settled).nlargest(3).index[-1]
    people = [fullest, *rng.permutation(settled[settled != fullest])]
    # Each: who, first day counted from today, days, kind.
    plan = [(people[0], 17, 120, "parental"), (people[1], -4, 11, "holiday")]
    plan += [(people[2], -9, 18, "illness"), (people[3], 6, 9, "holiday")]
    plan += [(people[4], 24, 2, "training"), (people[5], 38, 11, "holiday")]
    for days_ago in (rng.integers(170, 290, len(people)), rng.integers(40, 150, len(people))):
        plan += [
            (name, -ago, length, "holiday")
            for name, ago, length in zip(
                people, days_ago, rng.choice([2, 4, 8, 11], len(people)), strict=True
            )
        ]
    table = pd.DataFrame(plan, columns=["owner", "days", "length", "kind"])
    starts = on_workday(today + table["days"].to_numpy())
    ends = on_workday(starts + table["length"].to_numpy(), "backward")
    return table.assign(starts_on=starts, ends_on=ends).sort_values("starts_on", ignore_index=True)


def skills(reps: pd.DataFrame, truth: Truth, end: date, rng: np.random.Generator) -> pd.DataFrame:
    """Ratings (1 to 5) of each rep on all products and two sectors: the truth, with much noise."""
    rated = np.maximum(np.datetime64(end, "D") - 140, days_of(reps["started_on"]) + 21)
    parts = []
    for effects, sd, count in (
        (truth.rep_product, REP_PRODUCT_SD, len(PRODUCTS)),
        (truth.rep_sector, REP_SECTOR_SD, 2),
    ):
        ratings = 3 + 0.8 * effects.loc[reps["name"]] / sd
        ratings += rng.normal(0, 0.8, ratings.shape)
        asked = rng.random(ratings.shape).argsort(axis=1) < count
        rep, skill = np.nonzero(asked)
        parts.append(
            pd.DataFrame(
                {
                    "owner": reps["name"].to_numpy()[rep],
                    "skill": ratings.columns.to_numpy()[skill],
                    "level": ratings.to_numpy()[asked].round().clip(1, 5).astype(int),
                    "rated_on": on_workday(rated, "backward")[rep],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def pulse(reps: pd.DataFrame, end: date, rng: np.random.Generator) -> pd.DataFrame:
    """Answers of a year of monthly questions; a third of the people leave their name out."""
    asked = on_workday(
        (np.datetime64(end, "M") - np.arange(PULSE_MONTHS, 0, -1)).astype("datetime64[D]")
    )
    here = reps[reps["active"]].reset_index(drop=True)
    shape = (len(here), len(asked), len(QUESTIONS))
    mood = rng.normal(3.5, 0.6, (len(here), 1, 1)) + rng.normal(0, 0.3, (1, 1, len(QUESTIONS)))
    answers = (mood + rng.normal(0, 0.7, shape)).round().clip(1, 5).astype(int)
    answered = (rng.random(shape[:2]) < 0.9) & (asked > days_of(here["started_on"])[:, None])
    month, person, question = np.nonzero(np.repeat(answered.T[:, :, None], shape[2], axis=2))
    nameless = rng.random(len(here)) < 1 / 3
    return pd.DataFrame(
        {
            "owner": here["name"].where(~nameless).to_numpy()[person],
            "team": here["team"].to_numpy()[person],
            "question": np.array(QUESTIONS)[question],
            "answer": answers[person, month, question],
            "asked_on": asked[month],
        }
    )


def measures(reps: pd.DataFrame, end: date, rng: np.random.Generator) -> pd.DataFrame:
    """A year of customers' answers by person and month: their mean (1 to 5), and how many."""
    months = np.datetime64(end, "M") - np.arange(PULSE_MONTHS, 0, -1)
    asked = on_workday(months.astype("datetime64[D]"))
    here = reps[reps["active"]].reset_index(drop=True)
    usual = rng.normal(4.2, 0.2, (len(here), 1))
    answers = 3 + rng.poisson(5, (len(here), len(asked)))
    mean = (usual + rng.normal(0, 0.8, answers.shape) / np.sqrt(answers)).clip(1, 5).round(2)
    person, month = np.nonzero(asked > days_of(here["started_on"])[:, None])
    return pd.DataFrame(
        {
            "owner": here["name"].to_numpy()[person],
            "kpi": "satisfaction",
            "measured_on": asked[month],
            "value": mean[person, month],
            "n": answers[person, month],
            "how": "mean",
        }
    )


def rates(end: date, rng: np.random.Generator) -> pd.DataFrame:
    """What one of each foreign currency was worth on the first day of the last three years."""
    years = [date(year, 1, 1) for year in range(end.year - RATE_YEARS, end.year + 1)]
    return pd.DataFrame(
        [
            (currency, CURRENCY, round(rate * np.exp(rng.normal(0, 0.02)), 4), year)
            for currency, rate in RATES.items()
            for year in years
        ],
        columns=["currency", "per", "rate", "valid_from"],
    ).astype({"valid_from": "datetime64[s]"})


def _worked_on(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, days: int
) -> pd.DataFrame:
    """Owned opportunities on which their owner worked in the last ``days``, ``since`` to ``until``.

    An owner who came later began on the first day, and one who left ended on the last.
    """
    today = pd.Timestamp(end)
    earliest = today - pd.Timedelta(days=days)
    by_name = reps.set_index("name")
    pool = opportunities[opportunities["owner"].notna()]
    pool = pool[pool["closed_on"].isna() | (pool["created_on"] >= earliest)]
    started = pool["owner"].map(by_name["started_on"])
    left = pool["owner"].map(by_name["left_on"])
    since = pd.concat([pool["created_on"], started], axis=1).max(axis=1)
    until = pd.concat([pool["closed_on"], left], axis=1).min(axis=1).fillna(today)
    return pool.assign(since=since.where(since > earliest, earliest), until=until)


def _days_within(worked_on: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """A workday between ``since`` and ``until`` of each row (datetime64[D])."""
    since = days_of(worked_on["since"])
    until = days_of(worked_on["until"])
    span = (until - since).astype(int) + 1
    days = since + (rng.random(len(since)) * span).astype(int)
    return on_workday(days, "backward")
