"""The sample company as the export files of any CRM that ``data.formats`` knows."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from data.contracts import CONTRACTS, Column
from data.synthetic.company import Company
from data.synthetic.containers import Cell, csv_bytes, xlsx_bytes
from data.synthetic.dialects import Dialect, Language, Style, dialect
from data.synthetic.names import STAGES

_IN_WORDS = re.compile("status|(状态)", re.IGNORECASE)


def write(
    company: Company, folder: Path, format_name: str = "evenhand", language: Language = "en"
) -> list[Path]:
    """Write the company as the files that a CRM would export; their paths.

    Each entity of which the CRM has the required columns becomes ``<entity>.csv`` or
    ``.xlsx``. What it has no column for is left out.

    Parameters
    ----------
    format_name
        A name of ``data.formats.formats()``.
    language
        Of headers and stages, where the format has them in that language.
    """
    spoken = dialect(format_name, language)
    style = spoken.style
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for entity, table in company.tables.items():
        if not spoken.headers(entity):
            continue
        rows = _rows(_facts(table, entity, spoken), entity, spoken)
        if style.container == "xlsx":
            content = xlsx_bytes(rows, entity)
        else:
            content = csv_bytes(
                rows, style.encoding, quote_all=style.quote_all, line_end=style.line_end
            )
        path = folder / f"{entity}.{style.container}"
        path.write_bytes(content)
        paths.append(path)
    return paths


def _facts(table: pd.DataFrame, entity: str, spoken: Dialect) -> pd.DataFrame:
    """What the files of a CRM say of an entity: the table in its words."""
    for column, value in spoken.constants(entity).items():
        table = table[table[column] == value]
    if entity != "opportunities" or spoken.is_ours:
        return table
    closed = table["closed_on"]
    outcome = table["stage"].str.lower().where(closed.notna(), "open")
    days = {"close_date": closed.fillna(table["expected_on"])}
    if spoken.style.closed_on_is_won:
        days = {"closed_on": closed[outcome == "won"], "close_date": closed[outcome == "lost"]}
    return table.assign(
        stage=_stages(table, outcome, spoken),
        status=outcome.map(spoken.status),
        is_won=outcome == "won",
        is_closed=outcome != "open",
        **days,
    )


def _stages(table: pd.DataFrame, outcomes: pd.Series, spoken: Dialect) -> list[str]:
    """Stages in the CRM's words: as many of its open ones as there are, evenly.

    Where it has no stage for an end, an opportunity stays in one of the others.
    """
    stages, ends = spoken.stages()
    found = []
    for id_, stage, outcome in zip(table["opportunity_id"], table["stage"], outcomes, strict=True):
        place = STAGES.index(stage) if outcome == "open" else int(id_[1:]) % len(STAGES)
        found.append(ends.get(outcome) or stages[place * len(stages) // len(STAGES)])
    return found


def _rows(table: pd.DataFrame, entity: str, spoken: Dialect) -> list[Sequence[Cell]]:
    """Every line of a file."""
    contract, style = CONTRACTS[entity], spoken.style
    headers = {name: header for name, header in spoken.headers(entity).items() if name in table}
    beside = spoken.beside(entity)
    columns = [
        _cells(table[name], contract.column(name), header, style)
        for name, header in headers.items()
    ]
    columns += [[text] * len(table) for text in beside.values()]
    header = (*headers.values(), *beside)
    return [
        *([line] for line in style.above),
        header,
        *([[style.hint] * len(header)] if style.hint else []),
        *zip(*columns, strict=True),
        *([line] if line else [] for line in style.below),
    ]


def _cells(values: pd.Series, column: Column, header: str, style: Style) -> list[Cell]:
    """A column of a file; a flag whose header is a status is written in words."""
    shown: Callable[[Any], Cell] | None = None
    if column.name.endswith("_id"):
        shown = style.spelled
    elif column.type in ("date", "time"):
        is_time = column.type == "time" or column.name in style.times
        form = style.time if is_time else style.date
        shown = pd.Timestamp.to_pydatetime if form == "cell" else form.format
    elif column.type == "flag":
        yes, no = style.yes, style.no
        if words := _IN_WORDS.search(header):
            yes, no = ("启用", "停用") if words[1] else ("Active", "Inactive")
        shown = {True: yes, False: no}.__getitem__
    return [
        style.blank if missing else shown(value) if shown else value
        for value, missing in zip(values.tolist(), values.isna(), strict=True)
    ]
