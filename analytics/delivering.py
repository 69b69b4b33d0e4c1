"""Questions about what is handed back: files that a CRM takes in, and what a new owner reads."""

import io
import zipfile
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analytics import exports
from analytics.desk import Desk
from analytics.handback import ENTITIES, HAND_OVER, Form, Sheet, hand_back, way_back
from analytics.workflow import dealings, diary, open_items, workings
from data.formats import OwnerChange, formats
from data.mapping import Mapping
from data.synthetic.containers import csv_bytes, xlsx_bytes
from data.uploads import newest_mappings

TASK_TOOLS = ("worktile", "pingcode")
"""Formats of tools for tasks alone: a task that came from there goes back there."""


@dataclass(frozen=True)
class Outgoing:
    """Files for a CRM, each with the name of its format, and what is in none of them."""

    files: tuple[tuple[str, Sheet], ...]
    refused: pd.DataFrame

    @property
    def changes(self) -> int:
        return sum(len(sheet.rows) for _, sheet in self.files)


def crms(desk: Desk) -> dict[str, str]:
    """Kind of item to the format of its newest upload."""
    return {
        kind: mapping.format
        for kind, entity in ENTITIES.items()
        if (mapping := desk.ask(_mappings).get(entity))
    }


def outgoing(desk: Desk, decided: pd.DataFrame, crm: str, *, back: bool = False) -> Outgoing:
    """The files that make decided changes of owners happen in a CRM, or undo them.

    Parameters
    ----------
    decided
        One row per change: item, kind, name, account, from_rep, to_rep.
    crm
        A name of ``data.formats.formats()``; tasks from a tool of their own go back to that.
    """
    people, work = dealings(desk)["addresses"], workings(desk)["open_work"]
    of_tasks = crms(desk).get("task")
    goes_to = pd.Series(crm, index=decided.index)
    if of_tasks in TASK_TOOLS:
        goes_to[decided["kind"] == "task"] = of_tasks
    files, refused = [], [decided.head(0).assign(reason="")]
    for name, rows in decided.groupby(goes_to, sort=True):
        form = _form(desk, str(name))
        done = (way_back if back else hand_back)(rows, people, work, form)
        files += [(str(name), sheet) for sheet in done.sheets]
        refused.append(done.refused)
    return Outgoing(tuple(files), pd.concat(refused, ignore_index=True))


def as_file(found: Outgoing, stem: str) -> tuple[str, bytes]:
    """Name and content of a download: the one file, or a ZIP of the several."""
    files = {}
    for number, (name, sheet) in enumerate(found.files, start=1):
        wants = formats()[name].owner_change
        content = _written([sheet.header, *sheet.rows], wants, sheet.kind)
        files[f"{stem}_{number}_{ENTITIES[sheet.kind]}.{wants.container}"] = content
    if len(files) == 1:
        [(name, content)] = files.items()
        return name, content
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return f"{stem}.zip", stream.getvalue()


def new_tasks(
    desk: Desk, decided: pd.DataFrame, headings: Pairs[str, str], at: datetime, stem: str
) -> tuple[str, bytes]:
    """A task for each new owner to take over: for the tool that tasks came from, or for people.

    Parameters
    ----------
    decided
        One row per change: to_rep, and what the task says: subject, importance, note.
    headings
        Of a file for people, each with what is under it: subject, owner, due_on, importance or
        note.
    at
        When the file is made; a task is due ``HAND_OVER`` later.

    Returns
    -------
    Name and content of the file.
    """
    wants = formats()[crms(desk).get("task", "generic")].owner_change
    columns = wants.new_tasks or headings
    names = dealings(desk)["addresses"].set_index("rep")["name"]
    rows = decided.assign(
        owner=decided["to_rep"].map(names).fillna(decided["to_rep"]),
        due_on=f"{at + HAND_OVER:%Y-%m-%d}",
    ).sort_values(["owner", "subject"])
    lines = [*rows[[*columns.values()]].itertuples(index=False, name=None)]
    if not wants.new_tasks:
        return f"{stem}.csv", exports.csv_bytes([*columns], lines)
    return f"{stem}.{wants.container}", _written([tuple(columns), *lines], wants, "task")


def reading(desk: Desk, decided: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What new owners have to read: the facts of each item, and its diary.

    Returns
    -------
    The rows of ``decided`` with stage, value, due_on and next_step, and the mart ``item_diary``
    of their opportunities.
    """
    work = workings(desk)["open_work"][["kind", "item", "stage", "value", "due_on"]]
    steps = desk.at(team="").ask(open_items)[["opportunity_id", "next_step"]]
    facts = decided.merge(work, on=["kind", "item"], how="left").merge(
        steps.rename(columns={"opportunity_id": "item"}), on="item", how="left"
    )
    known = diary(desk)
    return facts, known[known["opportunity_id"].isin(decided["item"])]


def _mappings(desk: Desk) -> dict[str, Mapping]:
    return newest_mappings(desk.warehouse)


def _form(desk: Desk, crm: str) -> Form:
    format_, mappings = formats()[crm], desk.ask(_mappings)
    keys = {"opportunity": "opportunity_id", "lead": "lead_id", "account": "account_id"}
    without_id = frozenset(
        kind
        for kind, key in keys.items()
        if (mapping := mappings.get(ENTITIES[kind])) and key not in mapping.filled
    )
    wants = format_.owner_change
    return Form(wants.columns, wants.owner, wants.rows, without_id, format_.id_prefix)


def _written(rows: Sequence[Sequence[str]], wants: OwnerChange, kind: str) -> bytes:
    """What a CRM reads is not made safe for a spreadsheet: it would look for other ids."""
    if wants.container == "xlsx":
        return xlsx_bytes(rows, ENTITIES[kind])
    return csv_bytes(rows, wants.encoding, quote_all=True, line_end="\r\n")
