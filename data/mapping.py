"""Which header of a file is which column of a contract, and how its values are to be read."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import asdict, dataclass, field
from typing import Self

from data.contracts import CONTRACTS, OUTCOMES
from data.errors import SettingError
from data.formats import formats, normalise
from data.values import DATE_ORDERS


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
    stages
        Stage, as the CRM names it, to ``won``, ``lost``, ``open`` or ``void``; goes before
        what the format says.
    """

    format: str
    entity: str
    columns: Pairs[str, str]
    constants: Pairs[str, str] = field(default_factory=dict)
    date_formats: Pairs[str, str] = field(default_factory=dict)
    decimals: Pairs[str, str] = field(default_factory=dict)
    stages: Pairs[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns of the entity that nothing fills."""
        contract = CONTRACTS[self.entity]
        return tuple(
            column.name
            for column in contract.columns
            if column.required and column.name not in {*self.columns, *self.constants}
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
        said = {*self.columns, *self.constants, *self.date_formats, *self.decimals}
        return (
            said - columns
            | {self.format} - formats().keys()
            | {*self.date_formats.values()} - DATE_ORDERS.keys()
            | {*self.decimals.values()} - {".", ","}
            | {*self.stages.values()} - {*OUTCOMES}
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


def fingerprint(header: Iterable[str]) -> str:
    """A name for a layout: the same whatever the order of its columns and their spelling."""
    return hashlib.sha256("\n".join(sorted(map(normalise, header))).encode()).hexdigest()[:16]
