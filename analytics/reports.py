"""What the command line prints of the questions: plain dictionaries and lists of them."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any

import pandas as pd

from analytics import abilities, auditing, continuity, plans, work
from analytics.allocation import Move, Reason
from analytics.contingency import Scenario
from analytics.deciding import kept_back
from analytics.desk import Desk
from analytics.fixes import SEVERAL
from analytics.policies import POLICY_NAMES
from analytics.rules import RuleSet
from analytics.ruling import current_rules, rule_conflicts
from analytics.selection import move_tipping_gap
from analytics.settings import ATTRIBUTES
from data.errors import SettingError

OPEN = (
    *("opportunity_id", "rep", "stage", "age_days", "value"),
    *("won", "low", "high", "extrapolated", "stage_used"),
)
"""What is printed of each open opportunity."""


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
        "placebo": _placebo(desk, current_rules(desk), options.shuffles),
        "calibration": _calibration(desk),
    }


def winrates(desk: Desk, options: argparse.Namespace) -> list[dict[str, Any]]:
    by = desk.ask(abilities.evidence).by
    if options.with_open:
        return records(desk.ask(abilities.fates, "rep"))
    if options.open:
        return records(desk.ask(abilities.open_chances)[list(OPEN)])
    rows = desk.ask(abilities.rates).rename(columns={"level": by or "level"})
    return records(rows)


def recommend(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    rules = current_rules(desk)
    rules = replace(
        rules,
        max_moves=rules.max_moves if options.max_moves is None else options.max_moves,
        across_teams=options.across_teams or rules.across_teams,
    )
    plan, readings = (
        desk.ask(plans.recommendation, rules).plan,
        desk.ask(plans.plan_readings, rules),
    )
    aside, claims = desk.ask(kept_back, rules), plan.status == "plan"
    moves = [_move(move, withheld=move.item in aside) for move in plan.moves]
    uplift = plan.uplift if plan.status != "relief" else None
    return {
        "as_of": desk.scope.as_of,
        "status": "plan" if claims else "keep_owners",
        "why": plan.why,
        "conflicts": [asdict(one) for one in desk.ask(rule_conflicts, rules)],
        "moves": moves if claims else [],
        "relief_moves": [] if claims else moves,
        "hold_out": rules.hold_out,
        "seed": desk.settings.seed,
        "uplift": {
            "posterior": uplift.mean if uplift else None,
            "low": uplift.low if uplift else None,
            "high": uplift.high if uplift else None,
            "cross_fitted": plan.cross_fitted,
        },
        "relief": asdict(plan.relief) if plan.relief else None,
        "readings": asdict(readings) if readings else None,
        "placebo": _placebo(desk, rules, options.shuffles),
        "bound": plan.bound,
        "gap_uplift": plan.gap_uplift,
        "solver_status": plan.solver_status,
    }


def _move(move: Move, *, withheld: bool) -> dict[str, Any]:
    return {
        "item": move.item,
        "from": move.from_rep,
        "to": move.to_rep,
        "gain": move.gain,
        "gain_low": move.gain_low,
        "gain_high": move.gain_high,
        "p_gain": move.p_gain,
        "n_from": move.p_from.n,
        "n_to": move.p_to.n,
        "bundle": move.bundle,
        "withheld": withheld,
        "parts": move.parts,
        "tipping_gap": move_tipping_gap(move),
        "reasons": [{"code": reason.code, **reason.facts} for reason in move.reasons],
    }


def assign(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    if options.policy not in POLICY_NAMES:
        raise SettingError(
            f"There is no policy {options.policy}, only {', '.join(POLICY_NAMES)}.",
            setting="policy",
            value=options.policy,
        )
    rules, said = current_rules(desk), work.newest_word(desk)
    given = desk.ask(work.assignments, rules, said, options.policy)
    return {
        "as_of": desk.scope.as_of,
        "policy": options.policy,
        "waiting": len(desk.ask(work.unowned, said)),
        "assignments": [
            {
                "item": one.item,
                "kind": one.kind,
                "to": one.rep or None,
                "reason": one.code,
                "expected": one.worth,
                "owed_before": one.owed_before,
                "owed_after": one.owed_after,
                "about_equal": one.near,
                "propensity": one.propensity,
            }
            for one in given
        ],
        "policies": records(desk.ask(work.policies_compared, rules, said)),
    }


def audit(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    stages, rules = tuple(options.stage), current_rules(desk)
    if unknown := [stage for stage in stages if stage not in desk.ask(auditing.stages)]:
        known = ", ".join(desk.ask(auditing.stages))
        raise SettingError(
            f"No open opportunity is in the stage {unknown[0]}, only in {known}.",
            setting="stage",
            value=unknown[0],
        )
    said = work.newest_word(desk)
    fixes = desk.ask(auditing.fixes, rules, options.together, stages, said)
    return {
        "as_of": desk.scope.as_of,
        "stages": stages,
        "findings": [asdict(finding) for finding in desk.ask(auditing.ownership, stages).findings],
        "several": SEVERAL[options.together],
        "fixes": [asdict(fix) for fix in fixes],
    }


def contingency(desk: Desk, options: argparse.Namespace) -> dict[str, Any]:
    rules, scenario = current_rules(desk), scenario_of(options)
    _require_known(desk, rules, scenario)
    found = desk.ask(continuity.contingency, rules, scenario)
    impact = found.impact if found else None
    return {
        "as_of": desk.scope.as_of,
        "scenario": scenario.to_dict(),
        "reps_differ": found.differ if found else None,
        "book": asdict(impact.book) if impact else None,
        "kept": asdict(impact.kept) if impact else None,
        "at_risk": asdict(impact.at_risk) if impact else None,
        "items": records(impact.items) if impact else [],
        "besides": records(found.besides) if found else [],
        "people": records(found.people) if found else [],
        "backups": records(found.backups) if found else [],
        "single_experts": records(desk.ask(continuity.single_experts)),
        "concentration": [
            asdict(one) | {"much": one.much} for one in desk.ask(continuity.concentrations, rules)
        ],
        "key_accounts": records(desk.ask(continuity.key_accounts, rules)),
    }


def _require_known(desk: Desk, rules: RuleSet, scenario: Scenario) -> None:
    """
    Raises
    ------
    SettingError
        The scenario is about somebody or something that no open opportunity has to do with.
    """
    known: Sequence[str] = desk.ask(continuity.most_at_stake, rules)
    name = scenario.rep
    if not scenario.rep:
        footing, name = desk.ask(continuity.footing, rules), scenario.level
        known = sorted(footing.items[scenario.field].dropna().unique()) if footing else ()
    if name not in known:
        raise SettingError(
            f"No open opportunity is of {name}, only of {', '.join(known) or 'nobody'}.",
            setting="rep" if scenario.rep else scenario.field,
            value=name,
        )


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The scenario that the command line asks for.

    Raises
    ------
    SettingError
        None is named, a segment has no attribute, or its days or share are out of range.
    """
    if options.rep and (options.away_from or options.away_to):
        days = {"starts_on": options.away_from, "ends_on": options.away_to}
        return Scenario("away", rep=options.rep, **days)
    if options.rep:
        return Scenario("leaves", rep=options.rep)
    if options.product:
        return Scenario("product_stops", field="product", level=options.product)
    field, _, level = (options.segment or "").partition("=")
    if field not in ATTRIBUTES or not level:
        raise SettingError(
            f"A scenario is one of --rep, --segment attribute=value and --product; "
            f"attributes are {', '.join(ATTRIBUTES)}.",
            setting="segment",
            value=options.segment,
        )
    return Scenario("segment_drop", field=field, level=level, drop=options.drop)


def _placebo(desk: Desk, rules: RuleSet, shuffles: int) -> dict[str, Any] | None:
    found = desk.ask(plans.plan_placebo, rules, shuffles) if shuffles else None
    return asdict(found) if found else None


def _calibration(desk: Desk) -> dict[str, Any]:
    found = desk.ask(abilities.calibration)
    facts = {field.name: getattr(found, field.name) for field in fields(found)}
    return {
        name: records(value) if isinstance(value, pd.DataFrame) else value
        for name, value in facts.items()
    }


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: what is missing or without end as nothing, reasons by code."""
    known = rows.notna() & ~rows.isin([math.inf, -math.inf])
    plain = rows.astype(object).where(known, None).to_dict("records")
    return [
        {name: asdict(of) if isinstance(of, Reason) else of for name, of in row.items()}
        for row in plain
    ]
