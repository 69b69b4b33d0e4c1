"""The journal of everything people said: decisions, rules, plans. Written once, never changed.

Each entry is sealed with the one before it, so that a later change of any of them shows.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

import pandas as pd

from data.warehouse import Warehouse

# Hashes of the parts have one length, so no two entries run together to the same text.
_SEAL = """
    sha256(concat(
        previous,
        sha256(entry::varchar),
        sha256(strftime(said_at, '%Y-%m-%dT%H:%M:%S.%f')),
        sha256(said_by),
        sha256(kind),
        sha256(subject),
        sha256(content)
    ))
"""


def last_entry(warehouse: Warehouse, kinds: Collection[str]) -> int:
    """The number of the newest entry of any of these kinds, 0 before the first."""
    with warehouse.cursor() as db:
        [[number]] = db.execute(
            "select coalesce(max(entry), 0) from journal where kind in (select unnest($1))",
            [list(kinds)],
        ).fetchall()
    return int(number)


def append(
    warehouse: Warehouse,
    *,
    kind: str,
    subject: str,
    content: Mapping[str, object],
    by: str,
    at: datetime,
    changes_data: bool = False,
) -> int:
    """Write down what somebody said about a subject.

    Parameters
    ----------
    kind
        What is said, such as ``decision``, ``rules`` or ``plan``.
    subject
        What it is said about; a later entry of the same kind and subject replaces this one when
        read, and both are kept.
    content
        The rest, as JSON can hold it.
    at
        UTC.
    changes_data
        Answers kept from the data hang on it, and are to be worked out anew.

    Returns
    -------
    The number of the entry: 1 is the first, and none is left out.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    with warehouse.transaction(changes_data=changes_data) as db:
        [[number]] = db.execute(
            f"""
            insert into journal
            select entry, said_at, said_by, kind, subject, content, previous, {_SEAL}
            from (
                select
                    coalesce(max(entry), 0) + 1 as entry,
                    $at::timestamp as said_at,
                    $by as said_by,
                    $kind as kind,
                    $subject as subject,
                    $content as content,
                    coalesce((select hash from journal order by entry desc limit 1), '') as previous
                from journal
            ) as said
            returning entry
            """,
            {"at": at, "by": by, "kind": kind, "subject": subject, "content": text},
        ).fetchall()
    return number


def entries(warehouse: Warehouse, kind: str, subject: str | None = None) -> pd.DataFrame:
    """The entries of a kind, of all subjects or of one, oldest first.

    Returns
    -------
    entry, at (UTC), by, kind, subject, content (a dict).
    """
    with warehouse.cursor() as db:
        found = db.execute(
            """
            select entry, said_at as "at", said_by as by, kind, subject, content
            from journal
            where kind = $kind
                and ($subject is null or subject = $subject)
            order by entry
            """,
            {"kind": kind, "subject": subject},
        ).df()
    return found.assign(content=[json.loads(text) for text in found["content"]])


def newest(warehouse: Warehouse, kind: str) -> pd.DataFrame:
    """The newest entry about each subject of a kind, in the order in which they were written."""
    return entries(warehouse, kind).drop_duplicates("subject", keep="last", ignore_index=True)


def verify(warehouse: Warehouse) -> int | None:
    """The first entry that is not as it was written, or follows a gap; None where all are."""
    with warehouse.cursor() as db:
        return db.execute(
            f"""
            select min(entry) from (
                select
                    entry,
                    hash is not distinct from {_SEAL}
                    and previous is not distinct from
                        coalesce(lag(hash) over (order by entry), '')
                    and entry = row_number() over (order by entry) as whole
                from journal
            ) as checked
            where not whole
            """
        ).fetchall()[0][0]
