"""Rules that contradict each other or the people and the work there are, and what would mend it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.eligibility import names_account
from analytics.relief import best_level, stuck
from analytics.rules import CAPACITY_OF, Change, Line, RuleSet
from analytics.spelling import called, misspelt, nearest

KINDS = (
    "nobody_active",
    "leaver_locked",
    "nobody_may",
    "all_away",
    "capacity_below_locked",
    "skill_nobody_has",
    "skill_not_around",
    "region_uncovered",
    "territory_empty",
    "not_back_too_long",
    "contradictory",
    "backup_no_go",
    "backup_left",
    "unknown_rep",
    "unknown_name",
    "lock_by_name",
    "lock_not_open",
)
"""What can be found, the gravest first."""


@dataclass(frozen=True)
class Conflict:
    """One thing that does not fit.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    facts
        What a sentence about it needs: names and counts; ``items`` are ids.
    relax
        The smallest change of the rules that mends it; empty where no rule can.
    """

    kind: str
    facts: Mapping[str, object]
    relax: tuple[Change, ...] = ()


@dataclass(frozen=True, eq=False)
class Company:
    """The open work and the people that rules are about.

    Attributes
    ----------
    items
        Work as ``eligibility.barred`` takes it, with ``kind``, ``value`` and ``effort`` (hours a
        week).
    reps
        One row per person: ``rep``, ``team``, ``active``, ``away``, ``hours`` (a week) and
        ``limit_<field>`` as ``workload.capacity`` gives them.
    skills, past_owners
        As ``eligibility.barred`` takes them.
    """

    items: pd.DataFrame
    reps: pd.DataFrame
    skills: pd.DataFrame
    past_owners: pd.DataFrame


def conflicts(rules: RuleSet, company: Company) -> tuple[Conflict, ...]:
    """What does not fit, in the order of ``KINDS``; nothing is left out for being one of many."""
    found = [
        *_stuck_work(rules, company),
        *_capacity(rules, company),
        *_skills(rules, company),
        *_regions(rules, company),
        *_former_owners(rules, company),
        *_contradictory(rules),
        *_backups(rules, company),
        *_names(rules, company),
    ]
    return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))


def _stuck_work(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    items, reps = company.items, company.reps
    if len(reps) and not reps["active"].any():
        yield Conflict("nobody_active", {"people": len(reps)})
        return
    for one in stuck(items, reps, rules, skills=company.skills, past_owners=company.past_owners):
        held = items.iloc[list(one.rows)]
        worth = held.loc[(held["kind"] == "opportunity").to_numpy(bool), "value"]
        facts = {
            "items": tuple(held["item"]),
            "count": len(held),
            "value": float(worth.sum()),
            "owners": tuple(sorted(held["owner"].dropna().unique())),
            "unowned": bool(held["owner"].isna().any()),
            "exact": one.exact,
        }
        kept = any(_kind(change) in ("lock", "protect") for change in one.relax)
        kind = "all_away" if not one.relax else "leaver_locked" if kept else "nobody_may"
        yield Conflict(kind, facts, one.relax)


def _capacity(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """People who may hold less than what rules say they have to keep."""
    items = company.items
    kept = names_account(items, [line.subject for line in rules.of("protect")])
    kept = kept | items["item"].isin([line.subject for line in rules.of("lock")]).to_numpy(bool)
    locked = items[kept & (items["kind"] != "account").to_numpy(bool)]
    by_rep = locked.groupby("owner")
    held = pd.DataFrame({"hours": by_rep["effort"].sum(), "items": by_rep.size()})
    counts = pd.crosstab(locked["owner"], locked["kind"])
    limits = company.reps[company.reps["active"].to_numpy(bool)].set_index("rep")
    for rep in held.index.intersection(limits.index):
        for field in CAPACITY_OF:
            load = held.at[rep, field] if field in held else _count(counts, rep, field)
            limit = limits.at[rep, field if field == "hours" else f"limit_{field}"]
            if load <= limit + 1e-9:
                continue
            enough = float(np.ceil(load))
            own = [line for line in rules.of("capacity") if (line.rep, line.field) == (rep, field)]
            wider = Line("capacity", rep=rep, field=field, number=enough)
            relax = (
                Change("line", own[-1], replace(own[-1], number=enough))
                if own
                else Change("line", None, wider)
            )
            facts = {"rep": rep, "field": field, "limit": float(limit), "load": float(load)}
            yield Conflict("capacity_below_locked", facts, (relax,))


def _count(counts: pd.DataFrame, rep: str, kind: str) -> int:
    return int(counts.at[rep, kind]) if kind in counts else 0


def _skills(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """Skills that nobody has, or nobody among those who could take the work otherwise."""
    active = company.reps[company.reps["active"].to_numpy(bool)]
    for line in rules.of("requires"):
        needing = _needing(line, company.items)
        best = best_level(line.skill, active["rep"], company.skills)
        if best < (line.number or 0):
            known = set(company.skills["skill"])
            if line.skill in known or not nearest(line.skill, known):
                facts = {"line": line, "best": best, "count": len(needing)}
                yield Conflict("skill_nobody_has", facts, _lower(line, best))
            continue
        for where, work, around in _neighbourhoods(rules, needing, active):
            around = _covering(rules, around, where["region"])
            best = best_level(line.skill, around["rep"], company.skills)
            if len(around) and best < (line.number or 0):
                facts = {"line": line, "best": best, "count": len(work), **where}
                yield Conflict("skill_not_around", facts, _lower(line, best))


def _needing(line: Line, items: pd.DataFrame) -> pd.DataFrame:
    return (
        items[(items[line.field] == line.subject).to_numpy(bool)]
        if line.field in items
        else items[:0]
    )


def _lower(line: Line, best: float) -> tuple[Change, ...]:
    return (Change("line", line, replace(line, number=best) if best >= 1 else None),)


def _covering(rules: RuleSet, reps: pd.DataFrame, region: object) -> pd.DataFrame:
    """Those of these people whom no territory keeps from the region."""
    lines = rules.of("territory")
    bound = {line.rep for line in lines}
    here = {line.rep for line in lines if line.subject == region}
    return reps[~reps["rep"].isin(bound - here)]


def _neighbourhoods(
    rules: RuleSet, items: pd.DataFrame, reps: pd.DataFrame
) -> Iterator[tuple[dict[str, str], pd.DataFrame, pd.DataFrame]]:
    """Work of one team and region, with the people whom the rule about teams lets have it.

    Team and region are empty where no rule asks for them.
    """
    apart = pd.DataFrame(index=items.index)
    apart["team"] = "" if rules.across_teams else items["team"].fillna("")
    apart["region"] = items["region"].fillna("") if rules.of("territory") else ""
    for (team, region), rows in apart.groupby(["team", "region"]).groups.items():
        around = reps[reps["team"] == team] if team else reps
        yield {"team": team, "region": region}, items.loc[rows], around


def _regions(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """Territories without any open work, and regions that nobody of the team covers."""
    if not rules.of("territory"):
        return
    items, reps = company.items, company.reps
    active = reps[reps["active"].to_numpy(bool)]
    worked = set(items["region"].dropna())
    for rep in active["rep"]:
        own = [line for line in rules.of("territory") if line.rep == rep]
        if own and worked.isdisjoint(line.subject for line in own):
            gone = tuple(Change("line", line, None) for line in own)
            regions = tuple(line.subject for line in own)
            yield Conflict("territory_empty", {"rep": rep, "regions": regions}, gone)
    held = items["owner"].value_counts()
    known = items[items["region"].notna().to_numpy(bool)]
    for where, work, around in _neighbourhoods(rules, known, active):
        if around.empty or len(_covering(rules, around, where["region"])):
            continue
        # Who works there already, else who has least.
        there = around["rep"].map(work["owner"].value_counts()).astype(float).fillna(0)
        everywhere = around["rep"].map(held).astype(float).fillna(0)
        first = np.lexsort((around["rep"], everywhere, -there))[0]
        wider = Line("territory", rep=around["rep"].iloc[first], subject=where["region"])
        worth = work.loc[(work["kind"] == "opportunity").to_numpy(bool), "value"]
        facts = {**where, "count": len(work), "value": float(worth.sum())}
        yield Conflict("region_uncovered", facts, (Change("line", None, wider),))


def _former_owners(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """More former owners barred than a team has other members."""
    reps = company.reps[company.reps["active"].to_numpy(bool)]
    sizes = {"": len(reps)} if rules.across_teams else reps["team"].value_counts().to_dict()
    sizes = {team: size for team, size in sizes.items() if size > 1}
    if not sizes:
        return
    team = min(sizes, key=lambda name: (sizes[name], name))
    if rules.not_back >= sizes[team]:
        facts = {"not_back": rules.not_back, "team": team, "people": sizes[team]}
        yield Conflict(
            "not_back_too_long", facts, (Change("not_back", rules.not_back, sizes[team] - 1),)
        )


def _contradictory(rules: RuleSet) -> Iterator[Conflict]:
    """Lines that give one thing two numbers, or stand there twice; the last of them counts."""
    last: dict[tuple[object, ...], Line] = {}
    for line in rules.lines:
        key = (line.kind, line.rep, line.subject, line.field, line.skill)
        if key in last:
            facts = {"line": last[key], "other": line}
            yield Conflict("contradictory", facts, (Change("line", last[key], None),))
        last[key] = line


def _backups(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """Named backups who may not take the account's work, or do not work here any more."""
    reps, items = company.reps, company.items
    left = set(reps.loc[~reps["active"].to_numpy(bool), "rep"])
    for line in rules.of("backup"):
        if line.rep in left:
            yield Conflict("backup_left", {"line": line}, (Change("line", line, None),))
        theirs = [no_go for no_go in rules.of("no_go") if no_go.rep == line.rep]
        account = names_account(items, [line.subject]) if theirs else np.zeros(len(items), bool)
        for no_go in theirs:
            also = account & names_account(items, [no_go.subject])
            if no_go.subject == line.subject or also.any():
                facts = {"line": line, "other": no_go}
                yield Conflict("backup_no_go", facts, (Change("line", line, None),))


def _names(rules: RuleSet, company: Company) -> Iterator[Conflict]:
    """Names that nobody and nothing has, and locks of what is not open any more."""
    items = company.items
    for one in misspelt(rules, items, company.reps["rep"], company.skills["skill"]):
        mended = replace(one.line, **{one.field: one.near}) if one.near else None  # type: ignore[arg-type]
        facts = {"line": one.line, "value": one.value, "near": one.near}
        kind = "unknown_rep" if one.field == "rep" else "unknown_name"
        yield Conflict(kind, facts, (Change("line", one.line, mended),))
    open_ids = set(items["item"])
    for line in rules.of("lock"):
        if line.subject not in open_ids:
            yield from _unknown_lock(line, items)


def _unknown_lock(line: Line, items: pd.DataFrame) -> Iterator[Conflict]:
    """A lock of no open item: of one called by its name, as pages show it, or of none at all."""
    if ids := called(line.subject, items):
        first, *others = (replace(line, subject=item) for item in ids)
        relax = (Change("line", line, first), *(Change("line", None, other) for other in others))
        facts = {"line": line, "items": ids, "count": len(ids)}
        yield Conflict("lock_by_name", facts, relax)
    else:
        yield Conflict("lock_not_open", {"line": line}, (Change("line", line, None),))


def _kind(change: Change) -> str:
    line = change.before or change.after
    return line.kind if isinstance(line, Line) else change.setting
