"""Labels that opportunities use and the tables of people, products and accounts do not know.

A label that equals a known one but for case, blanks, punctuation, title or the order of names
is proposed; a person decides. A mail address goes before the name beside it. ``Bob Lee`` and
``Rob Lee`` stay two people, and so do two who share a name.

A Chinese name and its pinyin are brought together only by a mail address that spells it
(``san.zhang@``): there is no table of readings here, and many characters have several.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Literal

from data.ingest import commit
from data.review import Review
from data.warehouse import Warehouse

Kind = Literal["owner", "product", "account"]

# A label, how often it is used, and the mail address that stands beside it, where it is one.
_USED: dict[Kind, str] = {
    "owner": """
        select
            owner,
            count(*),
            case when count(distinct owner_email) = 1 then min(owner_email) end
        from raw_opportunities
        group by owner
        having count(distinct owner_email) <= 1
            and count(distinct case when owner_id <> owner then owner_id end) <= 1
    """,
    "product": "select product, count(*), null from raw_opportunities group by product",
    "account": "select account_id, count(*), null from raw_opportunities group by account_id",
}

# A label, what it stands for, and whether opportunities may name it so without an alias.
_KNOWN: dict[Kind, str] = {
    "owner": """
        with people as (
            select
                *,
                case
                    when count(*) over (partition by name) = 1 then name
                    else name || ' (' || rep_id || ')'
                end as rep
            from raw_reps
        )
        select name, rep, rep = name from people
        union select rep_id, rep, true from people
        union select email, rep, true from people where email is not null
    """,
    "product": "select product, product, true from raw_products",
    "account": """
        select account_id, account_id, true from raw_accounts
        union select account, account_id, account = account_id from raw_accounts
    """,
}

_MAIL = re.compile(r"[<(\[]?\s*([\w.+-]+@[\w.-]+\w)\s*[>)\]]?")
_TITLES = {"dr", "prof", "mr", "mrs", "ms", "miss", "phd", "mba"}
_CHINESE_TITLES = re.compile(r"(?<=[\u4e00-\u9fff]{2})\s*(先生|女士|小姐|博士|教授|经理|老师)$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NOT_PEOPLE = {
    "left": re.compile(r"(deactivated|deleted|inactive|former) (user|employee)|离职|已停用", re.I),
    "pool": re.compile(
        r"\b(queue|pool|unassigned|house account)$|公海|线索池|队列|[未待]分配", re.I
    ),
    "team": re.compile(
        r"^team\b|\bteam$|(团队|部门|小组|[一二三四五六七八九十\d]部|销售部)$", re.I
    ),
}


@dataclass(frozen=True)
class AliasProposal:
    """Two labels that may mean one: ``found`` in ``rows`` opportunities, and a known one."""

    kind: Kind
    found: str
    suggestion: str
    rows: int


@dataclass(frozen=True)
class NotAPerson:
    """An owner that is no person at work: ``kind`` is ``left``, ``pool`` or ``team``."""

    found: str
    kind: str
    rows: int


def proposals(warehouse: Warehouse) -> list[AliasProposal]:
    """Every label that is unknown, not decided upon, and like exactly one known label."""
    nobodies = {each.found for each in not_people(warehouse)}
    found = []
    for kind in _USED:
        with warehouse.cursor() as db:
            used = db.execute(_USED[kind]).fetchall()
            known = db.execute(_KNOWN[kind]).fetchall()
            decided = db.execute("select alias from aliases where kind = ?", [kind]).fetchall()
        settled = {label for label, _, is_settled in known if is_settled}
        settled |= {None, *(label for (label,) in decided), *(nobodies if kind == "owner" else ())}
        alike = defaultdict(set)
        for label, canonical, _ in known:
            for key in _keys(kind, label) | _spelled_in_mail(label, canonical):
                alike[key].add(canonical)
        reachable = {canonical for label, canonical, _ in known if _mails(label)}
        for label, rows, mail in used:
            if label not in settled:
                mails = _mails(f"{label} {mail or ''}")
                likely = _alike(alike, mails)
                if not likely:  # two mail addresses under one name are two people
                    likely = _alike(alike, _keys(kind, label)) - (reachable if mails else set())
                if len(likely) == 1:
                    found.append(AliasProposal(kind, label, likely.pop(), rows))
    return sorted(found, key=lambda proposal: (-proposal.rows, proposal.kind, proposal.found))


def proposals_among(reviews: Sequence[Review], *, at: datetime) -> list[AliasProposal]:
    """``proposals`` among files that are not taken in yet, in a warehouse that is thrown away."""
    about = {review.recognition.entity for review in reviews}
    if "opportunities" not in about or about.isdisjoint({"reps", "products", "accounts"}):
        return []
    with closing(Warehouse()) as scratch:
        commit(scratch, reviews, by="", at=at)
        return proposals(scratch)


def not_people(warehouse: Warehouse) -> list[NotAPerson]:
    """Owners of opportunities that are a queue, a team or somebody who has left."""
    with warehouse.cursor() as db:
        used = db.execute(
            "select owner, count(*) from raw_opportunities "
            "where owner is not null and not exists "
            "(select 1 from raw_reps where raw_reps.name = owner) group by owner"
        ).fetchall()
        teams = {team for (team,) in db.execute("select distinct team from raw_reps").fetchall()}
    found = [
        NotAPerson(owner, kind, rows)
        for owner, rows in used
        if (kind := "team" if owner in teams else _not_a_person(owner))
    ]
    return sorted(found, key=lambda each: (-each.rows, each.found))


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


def _not_a_person(owner: str) -> str | None:
    return next((kind for kind, said in _NOT_PEOPLE.items() if said.search(owner)), None)


def _alike(known: dict[str, set[str]], keys: set[str]) -> set[str]:
    return {canonical for key in keys for canonical in known.get(key, ())}


def _keys(kind: Kind, label: str) -> set[str]:
    """What remains of a label without case, blanks and punctuation; of a name in any order.

    >>> sorted(_keys("owner", "SMITH, Dr. John (john@x.com)"))
    ['john@x.com', 'johnsmith', 'smithjohn']
    """
    if kind != "owner":
        return {"".join(_words(label))}
    name = _CHINESE_TITLES.sub("", _MAIL.sub(" ", unicodedata.normalize("NFKC", label)).strip())
    words = [word for word in _words(name) if word not in _TITLES]
    orders = permutations(words) if len(words) <= 3 else [tuple(words), tuple(sorted(words))]
    return _mails(label) | {"".join(order) for order in orders} - {""}


def _spelled_in_mail(label: str, name: str) -> set[str]:
    """A Chinese name as a mail address spells it."""
    if "@" not in label or not _CHINESE.search(name):
        return set()
    return _keys("owner", re.sub(r"[\d.+-]", " ", label.partition("@")[0]))


def _mails(text: str) -> set[str]:
    return {mail.casefold() for mail in _MAIL.findall(unicodedata.normalize("NFKC", text))}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("_", " "))
