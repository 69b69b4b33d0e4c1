"""Labels that opportunities use and the tables of people, products and accounts do not know.

A label that equals a known one but for case, blanks, punctuation or the order of names is
proposed; a person decides. ``Bob Lee`` and ``Rob Lee`` stay two people.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.warehouse import Warehouse

Kind = Literal["owner", "product", "account"]

_USED: dict[Kind, str] = {
    "owner": "select owner, count(*) from raw_opportunities group by owner",
    "product": "select product, count(*) from raw_opportunities group by product",
    "account": "select account_id, count(*) from raw_opportunities group by account_id",
}

# A label, what it stands for, and whether opportunities may name it so without an alias.
_KNOWN: dict[Kind, str] = {
    "owner": """
        select name, name, true from raw_reps
        union select rep_id, name, true from raw_reps
        union select email, name, true from raw_reps where email is not null
    """,
    "product": "select product, product, true from raw_products",
    "account": """
        select account_id, account_id, true from raw_accounts
        union select account, account_id, account = account_id from raw_accounts
    """,
}


@dataclass(frozen=True)
class AliasProposal:
    """Two labels that may mean one: ``found`` in ``rows`` opportunities, and a known one."""

    kind: Kind
    found: str
    suggestion: str
    rows: int


def proposals(warehouse: Warehouse) -> list[AliasProposal]:
    """Every label that is unknown, not decided upon, and like exactly one known label."""
    found = []
    for kind in _USED:
        with warehouse.cursor() as db:
            used = db.execute(_USED[kind]).fetchall()
            known = db.execute(_KNOWN[kind]).fetchall()
            decided = db.execute("select alias from aliases where kind = ?", [kind]).fetchall()
        settled = {label for label, _, is_settled in known if is_settled}
        settled |= {None, *(label for (label,) in decided)}
        alike = defaultdict(set)
        for label, canonical, _ in known:
            for key in _keys(kind, label):
                alike[key].add(canonical)
        for label, rows in used:
            if label not in settled:
                likely = set().union(*(alike.get(key, ()) for key in _keys(kind, label)))
                if len(likely) == 1:
                    found.append(AliasProposal(kind, label, likely.pop(), rows))
    return sorted(found, key=lambda proposal: (-proposal.rows, proposal.kind, proposal.found))


def decide(
    warehouse: Warehouse,
    kind: Kind,
    alias: str,
    canonical: str,
    decision: Literal["merge", "apart"],
    *,
    by: str,
    at: datetime,
) -> None:
    """Write down whether two labels mean one; a later word on the same alias replaces it."""
    with warehouse.transaction() as db:
        db.execute("delete from aliases where kind = ? and alias = ?", [kind, alias])
        db.execute(
            "insert into aliases values (?, ?, ?, ?, ?, ?)",
            [kind, alias, canonical, decision, by, at],
        )


def _keys(kind: Kind, label: str) -> set[str]:
    """What remains of a label without case, blanks and punctuation; of a name in any order.

    >>> sorted(_keys("owner", "SMITH, John"))
    ['john smith', 'smithjohn']
    """
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", label).casefold().replace("_", " "))
    return {"".join(words)} | ({" ".join(sorted(words))} if kind == "owner" else set())
