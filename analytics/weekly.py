"""What the command line prints of a manager's week: goals, forecast, risks and changes."""

import argparse
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics import attaining, committing, outlook, proving, watching
from analytics.aiming import attainment, measures_known, target_problems, whole_of
from analytics.desk import Desk
from analytics.flags import COLUMNS, EVIDENCE
from analytics.proving import TWO_YEARS
from analytics.reports import records
from analytics.ruling import current_rules
from analytics.scope import Period
from data.errors import SettingError

DEAL = ("opportunity_id", "rep", "stage", "value", "p_period", "if_won", "if_not")
"""What is printed of each opportunity that carries a forecast."""


def goals(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    kpi, tier = options.kpi, options.tier
    if kpi not in (known := desk.ask(measures_known)):
        raise SettingError(
            f"There is no measure {kpi}, only {', '.join(known)}.", setting="kpi", value=kpi
        )
    period = desk.scope.period
    lost, by = desk.ask(attaining.lost_on, kpi, tier)
    return {
        "as_of": desk.scope.as_of,
        "period": _span(period),
        "elapsed": period.elapsed(desk.scope.as_of),
        "kpi": kpi,
        "tier": tier,
        "units": records(desk.ask(attaining.chances, kpi, tier)),
        "out_of_reach_from": lost,
        "out_of_reach_by": by,
        "problems": records(desk.ask(target_problems)),
        "ratchet": records(pd.DataFrame([asdict(desk.ask(attaining.target_ratchet))]))[0],
    }


def _span(period: Period) -> dict[str, Any]:
    return {"kind": period.kind, "start": period.start, "end": period.end}


def forecast(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    if options.next:
        desk = desk.at(period=desk.scope.period.after())
    period, found = desk.scope.period, desk.ask(outlook.forecast)
    targets = desk.ask(attainment).set_index(["unit_kind", "unit"])["target"]
    unit = desk.ask(whole_of)
    target = float(targets.get(unit, np.nan))
    years = desk.ask(proving.past_seasons)
    known = {
        "as_of": desk.scope.as_of,
        "period": _span(period),
        "years": years,
        "seasons_known": years >= TWO_YEARS,
    }
    if found is None:
        return known | {"status": "too_little_data"}
    aim = target if target > 0 else float(np.median(found.samples(*unit)))
    names = zip(found.units["unit_kind"], found.units["unit"], strict=True)
    rows = found.units.assign(target=[targets.get(name) for name in names])
    rows["p_target"] = [
        found.p_reach(row.target, row.unit_kind, row.unit) if row.target > 0 else None
        for row in rows.itertuples()
    ]
    tried = desk.ask(proving.backtested)
    return known | {
        "status": "forecast",
        "days_to_go": found.days,
        "units": records(rows),
        "carried_by": records(desk.ask(proving.carried_by, aim)[list(DEAL)]) if found.days else [],
        "others": desk.ask(proving.rivals),
        "commitments": records(committing.commits(desk)),
        "haircuts": {by: asdict(cut) for by, cut in committing.haircuts(desk).items()},
        "backtest": records(tried),
        "scores": records(desk.ask(proving.backtest_scores)),
    }


def flags(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    rows = desk.ask(watching.flags, current_rules(desk), watching.newest_word(desk))
    rows = rows if options.snoozed else rows[rows["state"] != "snoozed"]
    columns = [*COLUMNS, "severity", "state", *EVIDENCE]
    deals = rows[rows["subject_kind"] == "opportunity"]
    open_count = len(desk.ask(outlook.prospects))
    severe = deals.loc[deals["severity"] == "severe", "subject"].nunique()
    return {
        "as_of": desk.scope.as_of,
        "open": open_count,
        "severe_opportunities": severe,
        "severe_share": severe / open_count if open_count else None,
        "not_told": desk.ask(watching.untold),
        "flags": records(rows[columns]),
    }


def changes(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    since: date = options.since or desk.ask(watching.usual_since)
    if since >= desk.scope.as_of:
        raise SettingError(
            f"{since} is not before {desk.scope.as_of}; name an earlier day.",
            setting="since",
            value=since,
        )
    found = desk.ask(watching.changes_since, since, options.due)
    return {
        "since": found.since,
        "as_of": found.as_of,
        "told_by_an_export": found.told,
        "opening": found.opening,
        "closing": found.closing,
        "opened": found.opened,
        "closed": found.closed,
        "compared": found.compared,
        "stayed": found.stayed,
        "bars": records(found.bars),
        "steps": records(found.steps),
        "beside": records(found.beside),
    }
