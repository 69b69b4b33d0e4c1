"""Three years of opportunities: what came in, who took it, how it ended.

Who takes an opportunity depends only on what the CRM shows (territory, habit, and stronger reps
getting easier segments), so an honest estimate can undo it.
"""

from datetime import date

import numpy as np
import pandas as pd

from data.synthetic.names import (
    CURRENCY,
    LOSS_REASONS,
    NEXT_STEPS,
    PRODUCTS,
    SECTORS,
    SOURCES,
    SPRING_FESTIVALS,
    STAGES,
)
from data.synthetic.people import HISTORY, days_of, draw, on_workday
from data.synthetic.truth import Truth, positions

OPPORTUNITIES = 9_000
NEW_FOR = 365
"""Days for which an account's business counts as new."""
OTHER_TEAM, OTHER_REGION = -2.5, -4.5
"""How unlikely a rep outside the account's team, or region, takes it (log odds)."""
HOME = 2.2
"""How much likelier the account's own rep takes it (log odds)."""
STEERING = 0.5
"""How far stronger reps get easier opportunities (log odds per sd of ease and of strength)."""
NOTICE = 30
"""Days before the last day from which a leaver takes nothing new."""
LEFT_BEHIND = 4
"""Open opportunities that each leaver still owns."""
UNOWNED = 6
CONTESTED = 8
"""Accounts whose open opportunities have two owners."""


def leads(accounts: pd.DataFrame, end: date, rng: np.random.Generator) -> pd.DataFrame:
    """What came in, by day: account, product, sector, source, kind, amount."""
    n, today = OPPORTUNITIES, np.datetime64(end, "D")
    days = np.arange(today - HISTORY + 1, today + 1)
    by_age = accounts.sort_values("since", kind="stable", ignore_index=True)
    since = days_of(by_age["since"])
    weight = by_age["weight"].cumsum().to_numpy()

    created = np.sort(rng.choice(days, n, p=_busyness(days)))
    reached = weight[np.searchsorted(since, created, side="right") - 1]
    account = by_age.iloc[np.searchsorted(weight, rng.random(n) * reached)].reset_index(drop=True)

    products = list(PRODUCTS)
    catalogue = pd.DataFrame.from_dict(
        {name: vars(product) for name, product in PRODUCTS.items()}, orient="index"
    )
    taste = rng.normal(0, 0.4, (len(SECTORS), len(products)))
    appetite = np.log(catalogue["share"].to_numpy()) + taste
    product = np.array(products)[
        draw(appetite[positions(pd.Index(list(SECTORS)), account["sector"])], rng)
    ]
    sold = catalogue.loc[product]
    quantity = 1 + rng.poisson(sold["quantity"] - 1)
    size = (account["employees"].to_numpy() / accounts["employees"].median()) ** 0.12
    price = sold["list_price"].to_numpy() * np.exp(rng.normal(-0.06, 0.22, n))
    return pd.DataFrame(
        {
            "opportunity_id": [f"O{100001 + i}" for i in range(n)],
            "name": account["account"].to_numpy() + " · " + product,
            "account_id": account["account_id"],
            "account": account["account"],
            "team": account["team"],
            "region": account["region"],
            "sector": account["sector"],
            "product": product,
            "source": rng.choice(list(SOURCES), n, p=list(SOURCES.values())),
            "kind": np.where(
                (created - days_of(account["since"])).astype(int) < NEW_FOR, "New", "Existing"
            ),
            "amount": (quantity * size * price).round(-2).astype("int64"),
            "currency": CURRENCY,
            "created_on": created,
            "cycle": sold["cycle"].to_numpy(),
        }
    )


def assign(
    leads: pd.DataFrame,
    accounts: pd.DataFrame,
    reps: pd.DataFrame,
    truth: Truth,
    rng: np.random.Generator,
) -> np.ndarray:
    """Who took each of the ``leads``: names (n_leads,)."""
    left = days_of(reps["left_on"])
    created = days_of(leads["created_on"])[:, None]
    present = created >= days_of(reps["started_on"])
    present &= np.isnat(left) | (created <= left - NOTICE)

    volume = np.log(reps["weekly_hours"].to_numpy() / 40) + rng.normal(0, 0.25, len(reps))
    habit = rng.normal(0, 0.5, (len(PRODUCTS), len(reps)))
    ease = _standard(
        truth.lead_logit(leads["product"], leads["sector"], leads["source"], leads["kind"])
    )
    strength = _standard(truth.rep[reps["name"]].to_numpy())
    score = (
        volume
        + habit[positions(pd.Index(list(PRODUCTS)), leads["product"])]
        + STEERING * ease[:, None] * strength
        + OTHER_TEAM * _differ(leads["team"], reps["team"])
        + (OTHER_REGION - OTHER_TEAM) * _differ(leads["region"], reps["region"])
    )
    home, successor = _keepers(accounts, reps, volume, rng)
    at = positions(pd.Index(accounts["account_id"]), leads["account_id"])
    row = np.arange(len(leads))
    score[row, np.where(present[row, home[at]], home[at], successor[at])] += HOME
    return reps["name"].to_numpy()[draw(np.where(present, score, -np.inf), rng)]


def _keepers(
    accounts: pd.DataFrame, reps: pd.DataFrame, volume: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Who of its team keeps each account, and who would after them: rows of ``reps``."""
    focus = rng.normal(0, 0.5, (len(SECTORS), len(reps)))
    score = volume + focus[positions(pd.Index(list(SECTORS)), accounts["sector"])]
    score[_differ(accounts["team"], reps["team"])] = -np.inf
    long_here = reps["started_on"] < reps["started_on"].max() - pd.Timedelta(days=HISTORY)
    home = draw(np.where(long_here, score, -np.inf), rng)
    return home, draw(np.where(reps["active"], score, -np.inf), rng)


def run(
    leads: pd.DataFrame, reps: pd.DataFrame, truth: Truth, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """The ``leads`` of these owners with how they ended: ``won``, ``closed_on``, ``forgotten``.

    ``closed_on`` is missing while open, and ``won`` then says nothing.
    """
    n, today = len(leads), np.datetime64(end, "D")
    created = days_of(leads["created_on"])
    chance = truth.win_probability(
        leads["owner"],
        leads["product"],
        leads["sector"],
        leads["source"],
        leads["kind"],
        leads["created_on"].dt.month,
    )
    won = rng.random(n) < chance
    # Winning takes a little longer than losing.
    took = rng.gamma(2.2, leads["cycle"] * np.where(won, 1.08, 0.94) / 2.2)
    closed = _closing_days(created + took.astype("timedelta64[D]"), created, rng)
    left = days_of(reps.set_index("name")["left_on"][leads["owner"]])
    wrapped_up = on_workday(left - rng.integers(0, 12, n), "backward")
    closed = np.where(closed > left, wrapped_up, closed)

    age = (today - created).astype(int)
    forgotten = (age > 120) & (age < 420) & (rng.random(n) < 0.015) & np.isnat(left)
    is_open = (closed > today) | forgotten
    is_open |= _left_behind(leads, left, is_open, rng)
    closed_on = np.where(is_open, np.datetime64("NaT"), closed)
    return leads.assign(won=won, closed_on=closed_on, forgotten=forgotten)


def record(
    deals: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """The ``deals`` with what people wrote about them: stage, expected close, next step."""
    n, today = len(deals), np.datetime64(end, "D")
    created, closed = days_of(deals["created_on"]), days_of(deals["closed_on"])
    cycle = deals["cycle"].to_numpy()
    won, forgotten = deals["won"].to_numpy(), deals["forgotten"].to_numpy()
    left = days_of(reps.set_index("name")["left_on"][deals["owner"]])
    is_open = np.isnat(closed)
    age = (today - created).astype(int)

    progress = age / cycle * np.exp(rng.normal(0, 0.35, n))
    stage = np.array(STAGES)[np.digitize(progress, (0.3, 0.75, 1.3))]
    expected = created + (cycle * np.exp(rng.normal(0.1, 0.4, n))).astype("timedelta64[D]")
    postponed = is_open & ~forgotten & (expected < today) & (rng.random(n) < 0.7)
    expected = np.where(postponed, today + rng.integers(3, 75, n), expected)
    quiet = np.where(forgotten, rng.integers(70, 120, n), rng.exponential(9, n).astype(int))
    last_seen = np.where(np.isnat(left), today - np.minimum(quiet, age), left)
    touched = np.where(is_open, last_seen, closed)
    clock = rng.integers(8 * 60, 18 * 60, n).astype("timedelta64[m]")
    return deals.assign(
        stage=np.where(is_open, stage, np.where(won, "Won", "Lost")),
        expected_on=on_workday(expected),
        modified_at=(touched.astype("datetime64[m]") + clock).astype("datetime64[s]"),
        next_step=pd.Series(rng.choice(NEXT_STEPS, n)).where(is_open & (rng.random(n) < 0.6)),
        loss_reason=pd.Series(rng.choice(LOSS_REASONS, n)).where(~is_open & ~won),
    )


def tidy_ownership(
    opportunities: pd.DataFrame, reps: pd.DataFrame, rng: np.random.Generator
) -> pd.Series:
    """Owners once each account's open opportunities are with one rep, but for some.

    A few accounts stay contested between two reps, and a few new opportunities have no owner.
    """
    owner = opportunities["owner"].copy()
    book = opportunities[opportunities["closed_on"].isna()]
    owner[book.index] = book.groupby("account_id")["owner"].transform("last")

    oldest = ~book.duplicated("account_id") & book.duplicated("account_id", keep="last")
    contested = book[oldest].sample(min(CONTESTED, int(oldest.sum())), random_state=rng)
    for deal in contested.index:
        rival = (
            reps["active"]
            & (reps["region"] == contested["region"][deal])
            & (reps["started_on"] < contested["created_on"][deal])
            & (reps["name"] != owner[deal])
        )
        owner[deal] = rng.choice(reps["name"][rival])

    newest = book[~book.duplicated("account_id", keep=False)].tail(5 * UNOWNED)
    owner[newest.sample(min(UNOWNED, len(newest)), random_state=rng).index] = None
    return owner


def _left_behind(
    leads: pd.DataFrame, left: np.ndarray, is_open: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A few late opportunities of the leavers, in accounts that have no other open one."""
    late = ~np.isnat(left) & (days_of(leads["created_on"]) > left - 120)
    free = late & ~leads["account_id"].isin(leads["account_id"][is_open])
    candidates = leads[free].sample(int(free.sum()), random_state=rng).drop_duplicates("account_id")
    kept = candidates.groupby("owner").head(LEFT_BEHIND)
    return leads.index.isin(kept.index)


def _busyness(days: np.ndarray) -> np.ndarray:
    """How much of the business comes in on each of the days: probabilities."""
    month = days.astype("datetime64[M]").astype(int) % 12 + 1
    weight = np.exp(0.07 * (days - days[0]).astype(int) / 365)
    weight *= np.where(np.isin(month, (3, 6, 9, 12)), 1.15, 1.0)
    for festival in SPRING_FESTIVALS:
        weight[np.abs((days - festival).astype(int)) <= 9] *= 0.2
    national_week = (month == 10) & (days <= days.astype("datetime64[M]") + np.timedelta64(6, "D"))
    weight[national_week] *= 0.1
    weight[~np.is_busday(days)] = 0
    return weight / weight.sum()


def _closing_days(days: np.ndarray, created: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Closing days, moved off the Spring Festival and often to the last week of a quarter."""
    n = len(days)
    for festival in SPRING_FESTIVALS:
        away = np.abs((days - festival).astype(int)) <= 7
        days = np.where(away, festival + rng.integers(8, 22, n), days)
    quarter = (days - 14).astype("datetime64[M]").astype(int) // 3
    quarter_end = ((quarter + 1) * 3).astype("datetime64[M]").astype("datetime64[D]") - 1
    rushed = (days > quarter_end - 25) & (rng.random(n) < 0.4)
    days = np.where(rushed, quarter_end - rng.integers(0, 7, n), days)
    return on_workday(np.maximum(days, created + 1), "modifiedfollowing")


def _differ(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Where the values differ, shape (len(left), len(right))."""
    return left.to_numpy()[:, None] != right.to_numpy()


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()
