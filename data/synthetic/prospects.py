"""Who may buy one day and whom one talks to: the leads and contacts of the sample company."""

from datetime import date

import numpy as np
import pandas as pd

from data.synthetic.names import PRODUCTS, SECTOR_SHARES, SECTORS, SOURCES, account_names
from data.synthetic.people import days_of, on_workday

CONVERTED, OTHERS = 160, 240
"""Leads that became opportunities, and those that did not, or not yet."""
LEAD_DAYS = 300
"""Days within which the leads came in."""
UNCLAIMED = 5
"""New leads that nobody has taken yet."""
MORE_CONTACTS = 200
"""Contacts beyond the one that each account has."""


def leads(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Inquiries of the last months, by day; opportunities came of some.

    Parameters
    ----------
    opportunities
        With the sector and region of their account.
    """
    both = [_converted(opportunities, reps, end, rng), _others(reps, end, rng)]
    table = pd.concat(both, ignore_index=True).sort_values(
        "created_on", kind="stable", ignore_index=True
    )
    newest = table.index[table["status"] == "New"][-UNCLAIMED:]
    table.loc[newest, "owner"] = None
    by_name = reps.set_index("name")
    clock = rng.integers(8 * 60, 18 * 60, len(table)).astype("timedelta64[m]")
    return table.assign(
        lead_id=[f"L{500001 + i}" for i in range(len(table))],
        name=table["account"] + " · " + table["product"],
        owner_id=table["owner"].map(by_name["rep_id"]),
        owner_email=table["owner"].map(by_name["email"]),
        converted=table["converted_opportunity_id"].notna(),
        modified_at=(table["touched_on"].to_numpy("datetime64[m]") + clock).astype("datetime64[s]"),
    )


def contacts(accounts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Somebody at each account, and at some accounts more: whose they are, and no more of them."""
    more = rng.choice(len(accounts), MORE_CONTACTS)
    of = np.sort(np.concatenate([np.arange(len(accounts)), more]))
    table = accounts[["account_id", "account", "owner"]].iloc[of].reset_index(drop=True)
    return table.assign(contact_id=[f"P{400001 + i}" for i in range(len(table))])


def _converted(
    opportunities: pd.DataFrame, reps: pd.DataFrame, end: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Leads of new customers' opportunities, days before each of them began."""
    earliest = pd.Timestamp(end) - pd.Timedelta(days=LEAD_DAYS)
    new = opportunities["kind"].eq("New") & opportunities["created_on"].ge(earliest)
    of = opportunities[new & opportunities["owner"].notna()]
    of = of.sample(min(CONVERTED, len(of)), random_state=rng).sort_index()
    became = days_of(of["created_on"])
    came_in = on_workday(became - rng.integers(2, 40, len(of)), "backward")
    started = days_of(of["owner"].map(reps.set_index("name")["started_on"]))
    facts = ["account", "owner", "sector", "region", "source", "product"]
    return of[facts].assign(
        status="Converted",
        converted_opportunity_id=of["opportunity_id"],
        created_on=np.maximum(came_in, np.minimum(started, became)),
        touched_on=became,
    )


def _others(reps: pd.DataFrame, end: date, rng: np.random.Generator) -> pd.DataFrame:
    """Leads that are still new or being worked on, and those that came to nothing."""
    n, today = OTHERS, np.datetime64(end, "D")
    staff = reps[reps["active"]].iloc[rng.integers(0, reps["active"].sum(), n)]
    here_for = (today - days_of(staff["started_on"])).astype(int)
    age = (rng.random(n) ** 2 * np.minimum(LEAD_DAYS, here_for)).astype(int)
    created = on_workday(today - age, "backward")
    quiet = np.minimum(rng.exponential(12, n).astype(int), (today - created).astype(int))
    sector = rng.choice(list(SECTORS), n, p=SECTOR_SHARES)
    region = staff["region"].to_numpy()
    working = np.where(rng.random(n) < 0.5, "Contacted", "Qualified")
    status = np.select([age < 7, age > 60], ["New", "Disqualified"], working)
    return pd.DataFrame(
        {
            "account": account_names(sector, region, rng),
            "owner": staff["name"].to_numpy(),
            "sector": sector,
            "region": region,
            "source": rng.choice(list(SOURCES), n, p=list(SOURCES.values())),
            "product": rng.choice(list(PRODUCTS), n),
            "status": status,
            "converted_opportunity_id": None,
            "created_on": created,
            "touched_on": today - quiet,
        }
    )
