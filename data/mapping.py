"""Which header of a file is which column of a contract, and how its values are to be read."""

import json
import tomllib
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Self, TypeVar
from zoneinfo import available_timezones

from data.contracts import CONTRACTS, OUTCOMES
from data.errors import SettingError
from data.formats import formats, normalise
from data.values import DATE_FORMS

T = TypeVar("T")

MOSTLY = 0.8
"""Share of a remembered header that must be in a file for its mapping to be used again."""

ACROSS = ("period", "period_start", "amount")
"""What the headers and cells of a wide table of targets give."""

WITHIN = " › "
"""Between pipeline and stage, where a stage means something in one pipeline alone."""


@dataclass(frozen=True)
class Caution:
    """Something that a person should know before trusting a file; ``code`` names a sentence."""

    code: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Mapping:
    """How a file is read: everything a person may confirm or change.

    Attributes
    ----------
    columns
        Contract column to header. One header may serve two columns.
    constants
        Contract column to the value it has in every row.
    date_formats
        Contract column to the ``strptime`` form of its dates that could be read otherwise
        (``%m/%d/%Y``). Where a column is missing, the values decide.
    decimals
        Contract column to its decimal mark, ``.`` or ``,``. Where missing, the values decide.
    scales
        Contract column to what its numbers are multiplied by: 10,000 where the header says 万元.
    stages
        Stage, as the CRM names it, to ``won``, ``lost``, ``open`` or ``void``; goes before
        what the format says. ``Renewals › Won`` speaks of one pipeline, and goes before ``Won``.
    time_zone
        IANA name of the clock to which times with an offset are moved; empty to leave them.
    across
        Header to the code of its period, where targets stand side by side (``data.periods``).
    year
        The year of periods that name none, or the header of the column that has it.
    fiscal_start
        Month in which the year begins: 4 April of it, -8 April of the year before.
    """

    format: str
    entity: str
    columns: Pairs[str, str]
    constants: Pairs[str, str] = field(default_factory=dict)
    date_formats: Pairs[str, str] = field(default_factory=dict)
    decimals: Pairs[str, str] = field(default_factory=dict)
    scales: Pairs[str, float] = field(default_factory=dict)
    stages: Pairs[str, str] = field(default_factory=dict)
    time_zone: str = ""
    across: Pairs[str, str] = field(default_factory=dict)
    year: str = ""
    fiscal_start: int = 1

    @property
    def filled(self) -> frozenset[str]:
        """Columns that the file, or a constant, gives a value."""
        across = ACROSS if self.across else ()
        return frozenset({*self.columns, *self.constants, *across})

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns of the entity that nothing fills and nothing stands in for."""
        contract = CONTRACTS[self.entity]
        given = self.filled | ({*contract.key} if self.composed else set())
        return tuple(
            column.name
            for column in contract.columns
            if column.required and not {column.name, column.falls_back} & given
        )

    @property
    def composed(self) -> tuple[str, ...]:
        """The columns that together are the key; empty where the file has ids."""
        contract = CONTRACTS[self.entity]
        if not contract.composed or self.filled.issuperset(contract.key):
            return ()
        *needed, welcome = contract.composed
        if not self.filled.issuperset(needed):
            return ()
        return (*needed, welcome) if welcome in self.filled else (*needed,)

    def rewired(self, columns: Pairs[str, str]) -> Self:
        """The mapping with other headers; what it says of the values of the old ones goes."""

        def kept(said: Pairs[str, T]) -> dict[str, T]:
            return {name: value for name, value in said.items() if name not in changed}

        changed = {
            name
            for name, header in self.columns.items()
            if normalise(columns.get(name, "")) != normalise(header)
        }
        return replace(
            self,
            columns=columns,
            date_formats=kept(self.date_formats),
            decimals=kept(self.decimals),
            scales=kept(self.scales),
        )

    def to_json(self) -> str:
        """One line, the same for equal mappings."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_toml(cls, content: bytes) -> Self:
        """A mapping that a person wrote: ``entity``, ``[columns]`` and, if needed, the rest.

        Raises
        ------
        SettingError
            No TOML, or an entity or column that there is not.
        """
        try:
            mapping = cls(**({"format": "generic"} | tomllib.loads(content.decode("utf-8"))))
            unknown = ", ".join(sorted(mapping._unknown()))
        except (ValueError, TypeError, AttributeError) as error:
            raise SettingError(f"The mapping cannot be read: {error}.", value=str(error)) from error
        if unknown:
            raise SettingError(f"The mapping names {unknown}, which there is not.", value=unknown)
        return mapping

    def _unknown(self) -> set[str]:
        """Names in the mapping that neither contracts nor formats have."""
        if self.entity not in CONTRACTS:
            return {self.entity}
        columns = {column.name for column in CONTRACTS[self.entity].mapped}
        said = {*self.filled, *self.date_formats, *self.decimals, *self.scales}
        return (
            said - columns
            | {self.format} - formats().keys()
            | {*self.date_formats.values()} - {*DATE_FORMS}
            | {*self.decimals.values()} - {".", ","}
            | {str(scale) for scale in self.scales.values() if not scale > 0}
            | {*self.stages.values()} - {*OUTCOMES}
            | {self.time_zone} - {"", *available_timezones()}
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


def nearest(
    header: Sequence[str], remembered: Sequence[tuple[Sequence[str], Mapping]], entity: str = ""
) -> tuple[Mapping, dict[str, str], frozenset[str]] | None:
    """The mapping of the remembered layout that is most like a header, as far as it still fits.

    Parameters
    ----------
    remembered
        Headers and the mapping that was confirmed for them; the last of equals is taken.
    entity
        What the table was taken for: a layout of anything else is not looked at. Empty where
        that is not known.

    Returns
    -------
    The mapping without the columns whose header has gone, in the spelling of this header; those
    columns with the header they had; and the remembered header, normalised. None where less
    than ``MOSTLY`` of every remembered header is there.
    """
    spelled = {normalise(name): name for name in header}
    likeness = [
        (len({*map(normalise, names)} & spelled.keys()) / max(len(names), 1), index)
        for index, (names, mapping) in enumerate(remembered)
        if entity in ("", mapping.entity)
    ]
    share, index = max(likeness, default=(0.0, 0))
    if share < MOSTLY:
        return None
    mapping = remembered[index][1]
    gone = {name: old for name, old in mapping.columns.items() if normalise(old) not in spelled}
    left = {
        name: spelled[normalise(old)] for name, old in mapping.columns.items() if name not in gone
    }
    return mapping.rewired(left), gone, frozenset(map(normalise, remembered[index][0]))
