"""Questions about commitments: what people said a period will bring, and what that is worth."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from analytics.aiming import whole_of
from analytics.desk import Desk
from analytics.forecast.commits import Haircut, haircut, record
from analytics.outlook import forecast
from analytics.scope import Period
from data import journal
from data.errors import SettingError

KIND = "commit"
"""What entries of the journal about commitments are called."""

COLUMNS = (
    *("entry", "at", "by", "unit_kind", "unit", "kind", "start", "first_month"),
    *("amount", "note", "as_of", "model"),
)


def commits(desk: Desk) -> pd.DataFrame:
    """Every commitment, the newest of each person, unit and period; read anew each time.

    Returns
    -------
    ``COLUMNS``: amount and model (the forecast's median that day, None without) in currency.
    """
    return _told(journal.newest(desk.warehouse, KIND))


def _told(said: pd.DataFrame) -> pd.DataFrame:
    contents = pd.DataFrame(list(said["content"]), index=said.index, columns=list(COLUMNS[3:]))
    return said[["entry", "at", "by", "subject"]].join(contents)


def _in_time(desk: Desk) -> pd.DataFrame:
    """Of each person, unit and period the word that is judged: the newest of its first half.

    Who speaks on the last day knows. Where nothing was said by then, it is the first word after.
    """
    rows = _told(journal.entries(desk.warehouse, KIND))
    late = []
    for row in rows.itertuples():
        period = Period.containing(date.fromisoformat(row.start), row.kind, row.first_month)
        late.append(period.elapsed(date.fromisoformat(row.as_of)) > 0.5)
    early = rows[~pd.Series(late, index=rows.index, dtype=bool)]
    chosen = pd.concat([early.drop_duplicates("subject", keep="last"), rows])
    return chosen.drop_duplicates("subject").reset_index(drop=True)


def commit_to(desk: Desk, amount: float, note: str, by: str, at: datetime) -> None:
    """Write down what somebody commits to for the scope's period and team.

    Raises
    ------
    SettingError
        The amount is none, or the period is over.
    """
    period, (unit_kind, unit) = desk.scope.period, whole_of(desk)
    if not amount > 0:
        raise SettingError("A commitment is an amount above zero.", setting="amount", value=amount)
    if period.end <= desk.scope.as_of + timedelta(days=1):
        raise SettingError(
            "The period is over; nobody can commit to it.", setting="period", value=period.start
        )
    found = desk.ask(forecast)
    model = float(pd.Series(found.samples(unit_kind, unit)).median()) if found else None
    content: dict[str, Any] = {
        "unit_kind": unit_kind,
        "unit": unit,
        "kind": period.kind,
        "start": period.start.isoformat(),
        "first_month": period.first_month,
        "amount": float(amount),
        "note": note.strip(),
        "as_of": desk.scope.as_of.isoformat(),
        "model": model,
    }
    subject = "|".join([by, unit_kind, unit, period.kind, period.start.isoformat()])
    journal.append(desk.warehouse, kind=KIND, subject=subject, content=content, by=by, at=at)


def commit_record(desk: Desk) -> pd.DataFrame:
    """Commitments of the scope's team for periods of its kind that are over, with what came.

    Returns
    -------
    The columns of ``commits``, ``won`` (currency) and ``ratio``.
    """
    said, (unit_kind, unit) = _in_time(desk), whole_of(desk)
    mine = said[
        (said["unit_kind"] == unit_kind)
        & (said["unit"] == unit)
        & (said["kind"] == desk.scope.period.kind)
    ]
    periods = [
        Period.containing(date.fromisoformat(row.start), row.kind, row.first_month)
        for row in mine.itertuples()
    ]
    tomorrow = desk.scope.as_of + timedelta(days=1)
    over = [period.end <= tomorrow for period in periods]
    won = [
        _won(desk, period) if done else float("nan")
        for period, done in zip(periods, over, strict=True)
    ]
    return record(mine.assign(won=won)[pd.Series(over, index=mine.index, dtype=bool)])


def haircuts(desk: Desk) -> dict[str, Haircut]:
    """What each person's commitments for the scope's team and kind of period are worth."""
    past = commit_record(desk)
    return {str(by): haircut(rows["ratio"]) for by, rows in past.groupby("by")}


def _won(desk: Desk, period: Period) -> float:
    found = desk.at(period=period).ask(forecast)
    return found.so_far[whole_of(desk)][0] if found else float("nan")
