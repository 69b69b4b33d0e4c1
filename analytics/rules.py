"""What a manager lays down about who may work on what: one set of rules, whole, with its versions.

A rule set is plain data. It is stored as one entry of the journal for each version, and every
answer that hangs on it takes it as an argument.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from data.errors import SettingError

LineKind = Literal[
    "lock", "protect", "no_go", "territory", "requires", "capacity", "hand_over", "effort", "backup"
]
LINE_KINDS: tuple[LineKind, ...] = get_args(LineKind)
CAPACITY_OF = ("hours", "items", "opportunity", "lead", "task", "account")
"""What a capacity can be counted in: hours a week, items of any kind, items of one kind."""
NEEDS: dict[LineKind, tuple[str, ...]] = {
    "lock": ("subject",),
    "protect": ("subject",),
    "no_go": ("rep", "subject"),
    "territory": ("rep", "subject"),
    "requires": ("field", "subject", "skill", "number"),
    "capacity": ("field", "number"),
    "hand_over": ("subject", "number"),
    "effort": ("subject", "number"),
    "backup": ("subject", "rep"),
}
"""What a line of each kind has to name."""
LINE_RANGES: dict[LineKind, tuple[float, float]] = {
    "requires": (1, 5),
    "capacity": (0, 10_000),
    "hand_over": (0, 1),
    "effort": (0, 168),
}
"""The least and the greatest that the number of a line may be."""


@dataclass(frozen=True)
class Line:
    """One line of the rule set about single people, customers or stages.

    Attributes
    ----------
    kind
        ``lock``: the item with id ``subject`` stays with its owner.
        ``protect``: all work of the account ``subject`` stays with its owners.
        ``no_go``: ``rep`` gets no work of the account ``subject``.
        ``territory``: ``rep`` gets only work of the regions he has lines for, as ``subject``.
        ``requires``: work whose attribute ``field`` is ``subject`` needs the skill ``skill`` at
        the level ``number`` or above; a language is a skill.
        ``capacity``: ``rep`` (empty: everybody) may hold ``number`` of ``field``, one of
        ``CAPACITY_OF``.
        ``hand_over``: with an item in stage ``subject``, the share ``number`` of its expected
        value is lost in a hand-over.
        ``effort``: an item in stage ``subject`` takes ``number`` hours a week.
        ``backup``: ``rep`` stands in for whoever holds the account ``subject``.

    Raises
    ------
    SettingError
        The line is not whole; ``setting`` names the field, ``problem`` is ``unknown``,
        ``missing`` or ``range``.
    """

    kind: LineKind
    rep: str = ""
    subject: str = ""
    field: str = ""
    skill: str = ""
    number: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LINE_KINDS:
            raise self._fault("kind", "unknown")
        for name in NEEDS[self.kind]:
            if getattr(self, name) in ("", None):
                raise self._fault(name, "missing")
        if self.kind == "capacity" and self.field not in CAPACITY_OF:
            raise self._fault("field", "unknown")
        least, most = LINE_RANGES.get(self.kind, (-math.inf, math.inf))
        if self.number is not None and not least <= self.number <= most:
            raise self._fault("number", "range")

    def _fault(self, name: str, problem: str) -> SettingError:
        value = getattr(self, name)
        return SettingError(
            f"{name} of a line of the kind {self.kind} cannot be {value!r}.",
            setting=name,
            value=value,
            kind=self.kind,
            problem=problem,
        )


@dataclass(frozen=True)
class RuleSet:
    """Everything that a recommendation has to respect and that people may change.

    Attributes
    ----------
    max_moves
        Hand-overs one plan may ask for.
    items
        Open opportunities a rep may hold; zero takes ``Settings.capacity_factor`` times the mean
        of the team.
    hours_share
        Share of the contracted hours that is there for open work.
    ramp_weeks
        Weeks after the first day in which a newcomer's capacity grows to the full one.
    leave_days
        Days before a leave from which nothing new is given.
    not_back
        How many former owners an item does not go back to.
    across_teams
        Work may move to another team.
    accounts_together
        The open opportunities that one owner has with one account move together or not at all.
    hand_over_customer, hand_over_new
        Share of an opportunity's expected value lost when its owner changes, with an account that
        has bought within a year and with any other; a stage with a line of its own has that.
        13-18 % of yearly sales were lost when customers changed rep in the one firm studied by
        Shi et al. (2017), Journal of Marketing 81(2); less is at stake without a relationship.
    overload_weight
        What an hour above capacity costs, in what an hour of open work brings on average.
    band
        How far from his fair share of the open opportunities' value a rep may lie, as a share of
        it, before that costs anything.
    band_weight
        What one unit of money outside the band costs.
    goal_weight
        What one unit of expected value is worth more with a rep who is behind his target, up to
        the gap.
    explore
        Share of new work that is given by lot among those who are about equally good.
    hold_out
        Share of the recommended bundles that is withheld at random, so that they can be compared.
    two_person
        An acceptance holds only when a second person accepts too.
    lines
        The lines about single people, customers and stages.

    Raises
    ------
    SettingError
        A number is outside its range; ``setting`` names it.
    """

    max_moves: int = 20
    items: int = 0
    hours_share: float = 0.6
    ramp_weeks: int = 13
    leave_days: int = 2
    not_back: int = 1
    across_teams: bool = False
    accounts_together: bool = False
    hand_over_customer: float = 0.15
    hand_over_new: float = 0.05
    overload_weight: float = 0.2
    band: float = 0.3
    band_weight: float = 0.02
    goal_weight: float = 0.0
    explore: float = 0.1
    hold_out: float = 0.2
    two_person: bool = False
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise SettingError(
                    f"{name} cannot be {value}; it lies between {least} and {most}.",
                    setting=name,
                    value=value,
                )

    def of(self, kind: LineKind) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """The rule set as plain data, as the journal keeps it."""
        return asdict(self)

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> "RuleSet":
        """A stored rule set; what it does not know yet has its default."""
        known = {field.name for field in fields(cls)}
        lines = tuple(Line(**line) for line in stored.get("lines", ()))
        return cls(**{k: v for k, v in stored.items() if k in known} | {"lines": lines})

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "RuleSet":
        return cls.of_dict(json.loads(text))


RANGES: dict[str, tuple[float, float]] = {
    "max_moves": (1, 1000),
    "items": (0, 10_000),
    "hours_share": (0.05, 1),
    "ramp_weeks": (0, 104),
    "leave_days": (0, 60),
    "not_back": (0, 50),
    "hand_over_customer": (0, 1),
    "hand_over_new": (0, 1),
    "overload_weight": (0, 100),
    "band": (0.01, 10),
    "band_weight": (0, 10),
    "goal_weight": (0, 1),
    "explore": (0, 1),
    "hold_out": (0, 0.9),
}
"""The least and the greatest that each number may be."""


@dataclass(frozen=True)
class Change:
    """One thing in which two rule sets differ.

    Attributes
    ----------
    setting
        Name of a number of the rule set, or ``line``.
    before, after
        The number, or the line; None for a line that is not there.
    """

    setting: str
    before: Any
    after: Any


def changes(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """What has to be done to ``before`` to have ``after``: numbers, then lines gone and new."""
    numbers = [
        Change(field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(RuleSet)
        if field.name != "lines" and getattr(before, field.name) != getattr(after, field.name)
    ]
    gone, new = list(before.lines), []
    for line in after.lines:
        if line in gone:
            gone.remove(line)
        else:
            new.append(line)
    return (
        *numbers,
        *(Change("line", line, None) for line in gone),
        *(Change("line", None, line) for line in new),
    )


def changed(rules: RuleSet, by: Iterable[Change]) -> RuleSet:
    """The rule set after these changes; a line that takes another's place stands where it stood."""
    for change in by:
        if change.setting != "line":
            rules = replace(rules, **{change.setting: change.after})
            continue
        lines = list(rules.lines)
        if change.before is None:
            lines.append(change.after)
        elif change.before in lines:
            place = lines.index(change.before)
            lines[place : place + 1] = [] if change.after is None else [change.after]
        rules = replace(rules, lines=tuple(lines))
    return rules
