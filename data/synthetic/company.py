"""A sample company as its CRM would export it, together with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.contracts import CONTRACTS
from data.synthetic import people, prospects, sales, work
from data.synthetic.names import PRODUCTS
from data.synthetic.truth import Truth, plant

IN_ACCOUNTS = ("sector", "region")
"""Attributes of an opportunity that the CRM keeps with its account."""


@dataclass(frozen=True)
class Company:
    """The tables of one export by entity, the truth behind them, and the day of the export.

    Columns are named as in ``data.contracts``; days are ``datetime64``, amounts whole CNY.
    """

    tables: dict[str, pd.DataFrame]
    truth: Truth
    as_of: date


def sample_company(seed: int = 7, effects: bool = True, end: date = date(2026, 8, 14)) -> Company:
    """Three years of a fictional vendor of industrial software and instruments.

    Parameters
    ----------
    seed
        The same seed gives the same tables.
    effects
        Without them it makes no difference who works on an opportunity; all else (who, what,
        when, for whom) stays the same.
    end
        Day of the export.
    """
    # A stream for each step, so that a twin without effects differs in outcomes only.
    streams = np.random.default_rng(seed).spawn(7)
    for_people, for_leads, for_truth, for_owners, for_outcomes, for_work, for_more = streams
    reps = people.staff(end, for_people)
    accounts = people.customers(end, for_people)
    deals = sales.leads(accounts, end, for_leads)
    planted = plant(deals, reps["name"].tolist(), for_truth)
    truth = planted if effects else planted.without_reps()

    deals["owner"] = sales.assign(deals, accounts, reps, planted, for_owners)
    deals = sales.run(deals, reps, truth, end, for_outcomes)
    deals = sales.record(deals, reps, end, for_outcomes)
    deals["owner"] = sales.tidy_ownership(deals, reps, for_outcomes)
    by_name = reps.set_index("name")
    deals["owner_id"] = deals["owner"].map(by_name["rep_id"])
    deals["owner_email"] = deals["owner"].map(by_name["email"])
    # An account belongs to whom its newest opportunity does, an open one before a closed one.
    newest = deals.sort_values(["closed_on", "created_on"], kind="stable", na_position="last")
    accounts["owner"] = accounts["account_id"].map(newest.groupby("account_id")["owner"].last())
    products = pd.DataFrame(
        [(name, product.family, product.list_price) for name, product in PRODUCTS.items()],
        columns=["product", "family", "list_price"],
    )

    tables = {
        "opportunities": deals.drop(columns=list(IN_ACCOUNTS)),
        "leads": prospects.leads(deals, reps, end, for_more),
        "accounts": accounts,
        "contacts": prospects.contacts(accounts, for_more),
        "products": products,
        "reps": reps,
        "targets": work.targets(deals, reps, end, for_work),
        "tasks": work.tasks(deals, reps, end, for_work),
        "activities": work.activities(deals, reps, end, for_work),
        "leave": work.leave(deals, reps, end, for_work),
        "skills": work.skills(reps, truth, end, for_work),
        "pulse": work.pulse(reps, end, for_more),
        "rates": work.rates(end, for_more),
        "measures": work.measures(reps, end, for_more),
    }
    return Company({name: _export(name, table) for name, table in tables.items()}, truth, end)


def true_win(company: Company, reps: Sequence[str], opportunity_ids: Sequence[str]) -> np.ndarray:
    """P(win) under the truth of each rep on each opportunity, shape (n_items, n_reps).

    Everything known of the opportunity counts, the month in which its engagement began included.
    """
    deals = company.tables["opportunities"].set_index("opportunity_id").loc[list(opportunity_ids)]
    sector = company.tables["accounts"].set_index("account_id")["sector"][deals["account_id"]]

    def upright(values: pd.Series) -> np.ndarray:
        return values.to_numpy()[:, None]

    return company.truth.win_probability(
        np.asarray(reps),
        upright(deals["product"]),
        upright(sector),
        upright(deals["source"]),
        upright(deals["kind"]),
        upright(deals["created_on"].dt.month),
    )


def _export(entity: str, table: pd.DataFrame) -> pd.DataFrame:
    """The columns that the entity's contract has, in its order."""
    return table[[c.name for c in CONTRACTS[entity].mapped if c.name in table]]
