"""What the command line prints of the questions: plain dictionaries and lists of them."""

import argparse
from dataclasses import asdict, fields, replace
from typing import Any

import pandas as pd

from analytics import abilities, plans
from analytics.desk import Desk
from analytics.reallocation import Terms
from analytics.selection import move_tipping_gap
from analytics.settings import SETTINGS


def evidence(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    study = desk.ask(abilities.evidence)
    signal = study.signal
    return {
        "as_of": desk.scope.as_of,
        "closed": study.closed,
        "won": study.wins,
        "reps": len(study.reps),
        "attributes": study.attributes,
        "verdict_reps": signal.verdict_reps,
        "verdict_segments": signal.verdict_segments,
        "p_reps": signal.p_reps,
        "p_segments": signal.p_segments,
        "detectable_sd_reps": signal.detectable_sd_reps,
        "detectable_sd_segments": signal.detectable_sd_segments,
        "detectable_points_reps": signal.detectable_points_reps,
        "detectable_points_segments": signal.detectable_points_segments,
        "sd": study.model.variance_components_ if study.model else None,
        "placebo": _placebo(desk, Terms.default(SETTINGS), options.shuffles),
        "calibration": _calibration(desk),
    }


def winrates(desk: Desk, options: argparse.Namespace) -> list[dict[str, Any]]:
    by = desk.ask(abilities.evidence).by
    rows = desk.ask(abilities.rates).rename(columns={"level": by or "level"})
    return _records(rows)


def recommend(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    terms = replace(
        Terms.default(SETTINGS), max_moves=options.max_moves, across_teams=options.across_teams
    )
    plan = desk.ask(plans.recommendation, terms).plan
    readings = desk.ask(plans.plan_readings, terms)
    return {
        "as_of": desk.scope.as_of,
        "status": plan.status,
        "why": plan.why,
        "moves": [
            {
                "item": move.item,
                "from": move.from_rep,
                "to": move.to_rep,
                "gain": move.gain,
                "gain_low": move.gain_low,
                "gain_high": move.gain_high,
                "p_gain": move.p_gain,
                "n_from": move.p_from.n,
                "n_to": move.p_to.n,
                "tipping_gap": move_tipping_gap(move),
                "reasons": [{"code": reason.code, **reason.facts} for reason in move.reasons],
            }
            for move in plan.moves
        ],
        "uplift": {
            "posterior": plan.uplift.mean if plan.uplift else None,
            "low": plan.uplift.low if plan.uplift else None,
            "high": plan.uplift.high if plan.uplift else None,
            "cross_fitted": plan.cross_fitted,
        },
        "readings": asdict(readings) if readings else None,
        "placebo": _placebo(desk, terms, options.shuffles),
        "bound": plan.bound,
        "gap_uplift": plan.gap_uplift,
        "handovers": [asdict(handover) for handover in desk.ask(plans.handovers)],
        "split_accounts": _records(desk.ask(plans.split_accounts)),
    }


def _placebo(desk: Desk, terms: Terms, shuffles: int) -> dict[str, Any] | None:
    found = desk.ask(plans.plan_placebo, terms, shuffles) if shuffles else None
    return asdict(found) if found else None


def _calibration(desk: Desk) -> dict[str, Any]:
    found = desk.ask(abilities.calibration)
    facts = {field.name: getattr(found, field.name) for field in fields(found)}
    return {
        name: _records(value) if isinstance(value, pd.DataFrame) else value
        for name, value in facts.items()
    }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return rows.astype(object).where(rows.notna(), None).to_dict("records")
