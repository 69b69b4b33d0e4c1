"""Names in the lines of a rule set that nobody and nothing has: typing mistakes, mostly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from analytics.rules import Line, RuleSet

SUBJECTS = {
    "protect": "account",
    "no_go": "account",
    "backup": "account",
    "territory": "region",
    "hand_over": "stage",
    "effort": "stage",
}
"""What the subject of a line of each kind is the name of."""


@dataclass(frozen=True)
class Misspelt:
    """A name that is not there, and the one that is most like it, empty where none is."""

    line: Line
    field: str
    value: str
    near: str


def misspelt(
    rules: RuleSet, items: pd.DataFrame, people: Iterable[str], skills: Iterable[str]
) -> Iterator[Misspelt]:
    """Unknown people, and other unknown names where one nearly the same exists.

    A line about a customer or a region without open work is no mistake.
    """
    people, skills = set(people), set(skills)
    pools = {name: _values(items, name) for name in ("region", "stage")}
    pools["account"] = _values(items, "account") | _values(items, "account_id")
    for line in rules.lines:
        if line.rep and line.rep not in people:
            yield Misspelt(line, "rep", line.rep, nearest(line.rep, people))
        named = {"subject": pools[SUBJECTS[line.kind]]} if line.kind in SUBJECTS else {}
        if line.kind == "requires":
            named = {
                "field": set(items.columns),
                "subject": _values(items, line.field),
                "skill": skills,
            }
        for name, known in named.items():
            value = getattr(line, name)
            if value not in known and (near := nearest(value, known)):
                yield Misspelt(line, name, value, near)


def nearest(value: str, names: Iterable[str]) -> str:
    """The name most like another one; empty where none is."""
    by_fold = {name.casefold().strip(): name for name in names}
    wanted = value.casefold().strip()
    # A quick look at the lengths first: there may be 50,000 customers.
    alike = [fold for fold in by_fold if abs(len(fold) - len(wanted)) <= 2]
    close = get_close_matches(wanted, sorted(alike), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else ""


def called(name: str, items: pd.DataFrame) -> tuple[str, ...]:
    """Ids of the items of this name, alone or with the account behind it as pages show it."""
    if "name" not in items:
        return ()
    names = items["name"].fillna("").astype(str)
    shown = names + " · " + items["account"].fillna("").astype(str)
    return tuple(items.loc[((names == name) | (shown == name)).to_numpy(bool), "item"].astype(str))


def _values(items: pd.DataFrame, column: str) -> set[str]:
    return set(items[column].dropna().astype(str)) if column in items else set()
