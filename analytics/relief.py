"""Work that must move and that nobody may take: the fewest rules to relax so that somebody may."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import BarReason
from analytics.eligibility import all_reasons
from analytics.rules import Change, Line, LineKind, RuleSet

Way = frozenset[Change]
"""Changes that together let one person take an item."""

MOST_TOGETHER = 3
"""Changes up to which every combination is tried."""
MOST_CHOICES = 40
"""Changes among which all combinations are tried; of more, each alone."""
MOST_WAYS = 40
"""Ways kept of each kind of stuck work, those of the fewest changes."""
MOST_PATTERNS = 200
"""Kinds of stuck work looked at together; the rest shows when these are freed."""

GENTLENESS = (
    "not_back", "territory", "requires", "no_go", "across_teams", "protect", "lock"
)  # fmt: skip
"""What is relaxed rather, where the count is the same."""

_BIT = {reason: 1 << reason for reason in BarReason}


@dataclass(frozen=True)
class Stuck:
    """Work that must move and that no active person may take.

    Attributes
    ----------
    rows
        Positions of the items.
    relax
        What has to be changed; empty where only time helps, as all who may take it are away.
    exact
        No smaller set of changes frees all stuck work: every one was tried.
    """

    rows: tuple[int, ...]
    relax: tuple[Change, ...]
    exact: bool = True


def stuck(
    items: pd.DataFrame,
    reps: pd.DataFrame,
    rules: RuleSet,
    *,
    skills: pd.DataFrame | None = None,
    past_owners: pd.DataFrame | None = None,
) -> tuple[Stuck, ...]:
    """Work of nobody and of people who left that nobody may take; parameters as of ``barred``.

    Returns
    -------
    One entry for each set of changes that frees something, the first freeing most. Together they
    are the smallest set that frees everything, where ``exact`` says so, and otherwise a small one.
    """
    active = reps[reps["active"].to_numpy(bool)].reset_index(drop=True)
    rows = np.flatnonzero(~items["owner"].isin(active["rep"]).to_numpy(bool))
    waiting = items.iloc[rows].reset_index(drop=True)
    if active.empty or waiting.empty:
        return ()
    bits = all_reasons(waiting, active, rules, skills=skills, past_owners=past_owners)
    lasting = bits & ~_BIT[BarReason.AWAY]
    nobody = (bits != 0).all(axis=1)
    nobody_ever = (lasting != 0).all(axis=1)
    away = rows[nobody & ~nobody_ever]
    held = items["owner"].value_counts()
    idle_first = active["rep"].map(held).astype(float).fillna(0).argsort(kind="stable").to_numpy()
    laws = _Laws(waiting, active, rules, skills, past_owners, idle_first)
    known: dict[tuple[object, ...], tuple[Way, ...]] = {}
    members: dict[tuple[Way, ...], list[int]] = {}
    for row in np.flatnonzero(nobody_ever).tolist():
        key = laws.alike(row, lasting[row])
        if key not in known:
            if len(known) == MOST_PATTERNS:
                continue
            known[key] = laws.ways(row, lasting[row])
        members.setdefault(known[key], []).append(int(rows[row]))
    chosen, exact = smallest(list(members))
    freed: dict[Way, list[int]] = {}
    for ways, at in members.items():
        way = _settled(next(way for way in ways if way <= chosen), chosen)
        freed.setdefault(way, []).extend(at)
    found = [Stuck(tuple(sorted(at)), _in_order(way), exact) for way, at in freed.items()]
    found.sort(key=lambda one: (-len(one.rows), one.rows))
    return (*found, *([Stuck(tuple(map(int, away)), ())] if len(away) else []))


def smallest(patterns: Sequence[tuple[Way, ...]]) -> tuple[Way, bool]:
    """The fewest changes that hold one way of each pattern, and whether fewer are impossible.

    What every way of a pattern needs is taken at once. Of the rest all combinations of up to
    ``MOST_TOGETHER`` are tried, as long as there are no more than ``MOST_CHOICES`` changes to
    choose from; beyond that each pattern in turn takes its way with the fewest new changes.
    """
    needed = frozenset[Change]().union(*(frozenset.intersection(*ways) for ways in patterns))
    rest = [tuple(way - needed for way in ways) for ways in patterns]
    rest = [ways for ways in rest if frozenset() not in ways]
    if not rest:
        return needed, True
    choices = sorted(
        dict.fromkeys(change for ways in rest for way in ways for change in _in_order(way)),
        key=_gentleness,
    )
    together = MOST_TOGETHER if len(choices) <= MOST_CHOICES else 1
    for size in range(1, together + 1):
        for combination in combinations(choices, size):
            chosen = frozenset(combination)
            if all(any(way <= chosen for way in ways) for ways in rest):
                return needed | chosen, True
    chosen = frozenset()
    for ways in sorted(rest, key=len):
        chosen |= min(ways, key=lambda way: len(way - chosen))
    return needed | chosen, len(chosen) == together + 1


def _settled(way: Way, chosen: Way) -> Way:
    """The way where a person has no territory any more: a region added would be one again."""
    gone = [change for change in chosen if _is_territory(change.before)]
    free = {change.before.rep for change in gone}
    added = {change for change in way if _is_territory(change.after) and change.after.rep in free}
    theirs = {change.after.rep for change in added}
    return (way - added) | {change for change in gone if change.before.rep in theirs}


def _is_territory(line: object) -> bool:
    return isinstance(line, Line) and line.kind == "territory"


def _gentleness(change: Change) -> int:
    line = change.before or change.after
    return GENTLENESS.index(line.kind if isinstance(line, Line) else change.setting)


def _in_order(way: Way) -> tuple[Change, ...]:
    """The changes of a way in an order that does not change from run to run."""
    return tuple(sorted(way, key=lambda change: (_gentleness(change), repr(change))))


@dataclass(frozen=True, eq=False)
class _Laws:
    """What keeps which of the waiting items from whom, as rules that can be changed."""

    waiting: pd.DataFrame
    active: pd.DataFrame
    rules: RuleSet
    skills: pd.DataFrame | None
    past_owners: pd.DataFrame | None
    idle_first: NDArray[np.intp]

    def alike(self, row: int, bits: NDArray[np.int32]) -> tuple[object, ...]:
        """Equal for items that the same rules keep from the same people."""
        item = self.waiting.iloc[row]
        some = int(np.bitwise_or.reduce(bits))
        single = some & (_BIT[BarReason.LOCKED] | _BIT[BarReason.RECENT_OWNER])
        account = some & (_BIT[BarReason.PROTECTED] | _BIT[BarReason.NO_GO])
        return (
            bits.tobytes(),
            item["item"] if single else None,
            (str(item.get("account_id")), str(item.get("account"))) if account else None,
            str(item.get("region")),
            tuple(str(item.get(line.field)) for line in self.rules.of("requires")),
        )

    def ways(self, row: int, bits: NDArray[np.int32]) -> tuple[Way, ...]:
        """Ways to let somebody take the item: of the fewest changes first, then to who has room."""
        item = self.waiting.iloc[row]
        account = {item.get("account_id"), item.get("account")}
        about = {
            BarReason.LOCKED: self._lines("lock", {item["item"]}),
            BarReason.PROTECTED: self._lines("protect", account),
            BarReason.NO_GO: self._lines("no_go", account),
        }
        found = {
            frozenset(self._changes(item, about, int(column), int(bits[column]))): None
            for column in self.idle_first
        }
        ranked = sorted(found, key=lambda way: (len(way), sum(map(_gentleness, way))))
        return tuple(ranked[:MOST_WAYS])

    def _lines(self, kind: LineKind, names: set[object]) -> list[Line]:
        return [line for line in self.rules.of(kind) if line.subject in names]

    def _changes(
        self, item: pd.Series, about: Mapping[BarReason, Sequence[Line]], column: int, bits: int
    ) -> Iterator[Change]:
        """What has to change for one person to take one item; ``about`` are lines that name it."""
        rep = self.active["rep"].iloc[column]
        for reason, lines in about.items():
            if bits & _BIT[reason]:
                theirs = [line for line in lines if line.kind != "no_go" or line.rep == rep]
                yield from (Change("line", line, None) for line in theirs)
        if bits & _BIT[BarReason.OTHER_TEAM]:
            yield Change("across_teams", False, True)
        if bits & _BIT[BarReason.TERRITORY]:
            yield from self._wider(rep, item)
        if bits & _BIT[BarReason.SKILL]:
            yield from self._lower(rep, item)
        if bits & _BIT[BarReason.RECENT_OWNER] and self.past_owners is not None:
            past = self.past_owners
            own = past[(past["item"] == item["item"]) & (past["rep"] == rep)]
            yield Change("not_back", self.rules.not_back, int(own["nth"].min()) - 1)

    def _wider(self, rep: str, item: pd.Series) -> Iterator[Change]:
        """The region into the person's territory; no territory where the region is not known."""
        if pd.notna(region := item.get("region")):
            yield Change("line", None, Line("territory", rep=rep, subject=str(region)))
            return
        own = [line for line in self.rules.of("territory") if line.rep == rep]
        yield from (Change("line", line, None) for line in own)

    def _lower(self, rep: str, item: pd.Series) -> Iterator[Change]:
        """The person's own level enough; no skill needed where the person has none of it."""
        for line in self.rules.of("requires"):
            if item.get(line.field) != line.subject:
                continue
            level = best_level(line.skill, [rep], self.skills)
            if level < (line.number or 0):
                yield Change("line", line, replace(line, number=level) if level >= 1 else None)


def best_level(skill: str, names: Sequence[str], skills: pd.DataFrame | None) -> float:
    """The highest level of a skill among these people; 0 where nobody has it."""
    if skills is None:
        return 0.0
    theirs = skills[(skills["skill"] == skill) & skills["rep"].isin(names)]
    return float(theirs["level"].max()) if len(theirs) else 0.0
