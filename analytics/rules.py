"""What a manager lays down about who may work on what: one set of rules, whole, with its versions.

A rule set is plain data. It is stored as one entry of the journal for each version, and every
answer that hangs on it takes it as an argument.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from data.errors import SettingError

LineKind = Literal[
    "lock", "protect", "no_go", "territory", "requires", "capacity", "hand_over", "effort", "backup"
]
LINE_KINDS: tuple[LineKind, ...] = get_args(LineKind)
CAPACITY_OF = ("hours", "items", "opportunity", "lead", "task", "account")
"""What a capacity can be counted in: hours a week, items of any kind, items of one kind."""


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
    """

    kind: LineKind
    rep: str = ""
    subject: str = ""
    field: str = ""
    skill: str = ""
    number: float | None = None
    note: str = ""


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
    overload_weight: float = 1.0
    band: float = 0.3
    band_weight: float = 0.1
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

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "RuleSet":
        """A stored rule set; what it does not know yet has its default."""
        stored: Mapping[str, Any] = json.loads(text)
        known = {field.name for field in fields(cls)}
        lines = tuple(Line(**line) for line in stored.get("lines", ()))
        return cls(**{k: v for k, v in stored.items() if k in known} | {"lines": lines})


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
