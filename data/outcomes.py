"""Won, lost, open or void: what the stage, status and flags of an opportunity mean."""

from collections import Counter
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pandas as pd

from data.formats import Format, normalise
from data.mapping import Mapping


@dataclass(frozen=True)
class StageUse:
    """A stage, with the status beside it, and what it was taken to mean.

    Attributes
    ----------
    known
        False where nothing says what it means; it then counts as open.
    by_stage
        False where a status or flag decided: what the stage is said to mean changes nothing.
    """

    stage: str
    status: str
    count: int
    outcome: str
    known: bool
    by_stage: bool


class _Meaning(NamedTuple):
    outcome: str
    known: bool
    by_stage: bool


def fill_outcomes(
    db: duckdb.DuckDBPyConnection, mapping: Mapping, format_: Format
) -> tuple[StageUse, ...]:
    """Fill ``outcome`` in table ``typed``, and say what each stage was taken for."""
    db.execute("""
        create table meanings as
        select
            row_number() over () as n, stage, status, is_won, is_closed, void, count(*) as uses
        from typed
        where i not in (select i from left_out)
        group by stage, status, is_won, is_closed, void
    """)
    stages = dict(format_.stages)
    stages |= {normalise(name): meaning for name, meaning in mapping.stages.items()}
    groups = db.execute(
        "select n, uses, stage, status, is_won, is_closed, void from meanings order by all"
    ).fetchall()
    meanings = {n: _meaning(stages, format_.statuses, *facts) for n, _, *facts in groups}
    decided = pd.DataFrame(
        {"n": list(meanings), "outcome": [meaning.outcome for meaning in meanings.values()]}
    )
    db.register("decided", decided.astype({"n": "int64", "outcome": object}))
    db.execute("""
        update typed set outcome = decided.outcome
        from meanings join decided using (n)
        where typed.stage is not distinct from meanings.stage
            and typed.status is not distinct from meanings.status
            and typed.is_won is not distinct from meanings.is_won
            and typed.is_closed is not distinct from meanings.is_closed
            and typed.void = meanings.void
    """)
    uses: Counter[tuple[str, str, _Meaning]] = Counter()
    for n, count, stage, status, *_ in groups:
        uses[(stage, status or "", meanings[n])] += count
    return tuple(
        StageUse(stage, status, count, *meaning)
        for (stage, status, meaning), count in sorted(uses.items())
    )


def _meaning(
    stages: Pairs[str, str],
    statuses: Pairs[str, str],
    stage: str,
    status: str | None,
    is_won: bool | None,
    is_closed: bool | None,
    void: bool,
) -> _Meaning:
    """What one combination of facts means.

    A status goes before flags, flags before the stage: a stage says where a deal stood, and
    a deal can be lost in any of them.
    """
    if void:
        return _Meaning("void", known=True, by_stage=False)
    if meaning := statuses.get(normalise(status or "")):
        return _Meaning(meaning, known=True, by_stage=False)
    if is_won:
        return _Meaning("won", known=True, by_stage=False)
    if is_closed is False:
        return _Meaning("open", known=True, by_stage=False)
    if is_closed and is_won is False:
        return _Meaning("lost", known=True, by_stage=False)
    meaning = stages.get(normalise(stage))
    return _Meaning(meaning or "open", known=meaning is not None, by_stage=True)
