"""Won, lost, open or void: what the stage, status and flags of an opportunity mean."""

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import duckdb
import pandas as pd

from data.formats import Format, normalise
from data.mapping import WITHIN, Caution, Mapping

FEW_WON = 5
"""Won opportunities from which on it is odd that none was lost."""


@dataclass(frozen=True)
class StageUse:
    """A stage, with the status beside it, and what it was taken to mean.

    Attributes
    ----------
    known
        False where nothing says what it means; it then counts as open.
    by_stage
        False where a status or flag decided: what the stage is said to mean changes nothing.
    pipeline
        Empty unless the stage is in several pipelines: it may mean something else in each.
    """

    stage: str
    status: str
    count: int
    outcome: str
    known: bool
    by_stage: bool
    pipeline: str = ""

    @property
    def key(self) -> str:
        """What a mapping calls the stage."""
        return f"{self.pipeline}{WITHIN}{self.stage}" if self.pipeline else self.stage


class _Meaning(NamedTuple):
    outcome: str
    known: bool
    by_stage: bool


FACTS = ("pipeline", "stage", "status", "is_won", "is_closed")
"""Columns of an opportunity that say, together, what became of it."""


def meaning_of(mapping: Mapping, format_: Format) -> Callable[..., _Meaning]:
    """What a combination of ``FACTS``, and whether the record is void, means."""
    stages = dict(format_.stages)
    stages |= {normalise(name): meaning for name, meaning in mapping.stages.items()}
    return partial(_meaning, stages, format_.statuses)


def fill_outcomes(
    db: duckdb.DuckDBPyConnection, mapping: Mapping, format_: Format
) -> tuple[StageUse, ...]:
    """Fill ``outcome`` in table ``typed``, and say what each stage was taken for."""
    db.execute("""
        create table meanings as
        select
            row_number() over () as n, pipeline, stage, status, is_won, is_closed, void,
            count(*) as uses
        from typed
        where i not in (select i from left_out)
        group by pipeline, stage, status, is_won, is_closed, void
    """)
    meaning = meaning_of(mapping, format_)
    groups = db.execute(
        "select n, uses, pipeline, stage, status, is_won, is_closed, void from meanings "
        "order by all"
    ).fetchall()
    meanings = {n: meaning(*facts) for n, _, *facts in groups}
    decided = pd.DataFrame(
        {"n": list(meanings), "outcome": [meaning.outcome for meaning in meanings.values()]}
    )
    db.register("decided", decided.astype({"n": "int64", "outcome": object}))
    db.execute("""
        update typed set outcome = decided.outcome
        from meanings join decided using (n)
        where typed.pipeline is not distinct from meanings.pipeline
            and typed.stage is not distinct from meanings.stage
            and typed.status is not distinct from meanings.status
            and typed.is_won is not distinct from meanings.is_won
            and typed.is_closed is not distinct from meanings.is_closed
            and typed.void = meanings.void
    """)
    pipelines: dict[str, set[str]] = {}
    for _, _, pipeline, stage, *_ in groups:
        pipelines.setdefault(stage, set()).add(pipeline or "")
    uses: Counter[tuple[str, str, str, _Meaning]] = Counter()
    for n, count, pipeline, stage, status, *_ in groups:
        several = len(pipelines[stage]) > 1
        uses[(pipeline or "" if several else "", stage, status or "", meanings[n])] += count
    return tuple(
        StageUse(stage, status, count, *meaning, pipeline=pipeline)
        for (pipeline, stage, status, meaning), count in sorted(uses.items())
    )


def doubts_of(uses: Sequence[StageUse]) -> tuple[Caution, ...]:
    """What the outcomes of a file leave in doubt: stages nobody knows, losses that are not there.

    A list that leaves out what is archived, or what its reader may not see, has won
    opportunities and no lost ones, and every win rate from it is 100 %.
    """
    count = Counter[str]()
    for use in uses:
        count[use.outcome] += use.count
    unknown = sum(use.count for use in uses if not use.known)
    found = []
    if unknown:
        found.append(Caution("unknown_stages", "stage", str(unknown)))
    if count["won"] >= FEW_WON and not count["lost"]:
        found.append(Caution("no_lost", "stage", str(count["won"])))
    return tuple(found)


def _meaning(
    stages: Pairs[str, str],
    statuses: Pairs[str, str],
    pipeline: str | None,
    stage: str,
    status: str | None,
    is_won: bool | None,
    is_closed: bool | None,
    void: bool,
) -> _Meaning:
    """What one combination of facts means.

    A status goes before flags, flags before the stage: a stage says where a deal stood, and
    a deal can be lost in any of them. What is said of a stage in its pipeline goes before what
    is said of it everywhere.
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
    meaning = stages.get(normalise(f"{pipeline}{WITHIN}{stage}")) or stages.get(normalise(stage))
    return _Meaning(meaning or "open", known=meaning is not None, by_stage=True)
