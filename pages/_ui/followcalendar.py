"""Six weeks of due days, as a grid that fits a phone."""

import html
from datetime import date, timedelta

import pandas as pd

from pages._ui.charts import BLUE, FAINT, INK, ORANGE
from pages._ui.text import Text

SIGNS = {"follow_up": "●", "check_in": "◆", "task": "■"}
"""What each kind of thing looks like; shapes, so that colour is not needed."""

WEEKS_BACK, WEEKS = 1, 6

NAMED = 5
"""Things that a day names when pointed at; the others are counted."""

STYLE = """
<style>
.due {{ width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 3px;
  font-variant-numeric: tabular-nums; }}
.due th {{ font-weight: 400; font-size: 0.8rem; color: {ink}; text-align: left; padding: 0 4px; }}
.due td {{ height: 58px; vertical-align: top; padding: 3px 5px; border: 1px solid {faint};
  border-radius: 4px; font-size: 0.85rem; line-height: 1.3; overflow: hidden; }}
.due td.today {{ border: 2px solid {blue}; }}
.due td.past {{ background: {faint}; }}
.due td small {{ color: {ink}; font-size: 0.75rem; display: block; white-space: nowrap; }}
.due span {{ color: {blue}; white-space: nowrap; margin-right: 5px; display: inline-block; }}
.due span.late {{ color: inherit; border-bottom: 3px solid {orange}; font-weight: 600; }}
@media (max-width: 500px) {{ .due {{ border-spacing: 2px; }} .due td {{ padding: 2px 3px; }}
  .due td small i {{ display: none; }} }}
.due i {{ font-style: normal; }}
</style>
"""


def first_day(as_of: date) -> date:
    """The Monday that the grid begins with."""
    return as_of - timedelta(days=as_of.weekday() + 7 * WEEKS_BACK)


def outside(due: pd.DataFrame, as_of: date) -> tuple[int, int]:
    """How many things are due before the grid begins, and after it ends."""
    start = pd.Timestamp(first_day(as_of))
    before = due["due_on"] < start
    after = due["due_on"] >= start + pd.Timedelta(weeks=WEEKS)
    return int(before.sum()), int(after.sum())


def calendar_grid(due: pd.DataFrame, as_of: date, dark: bool, t: Text) -> str:
    """HTML of six weeks; in each day a sign and a count for every kind of thing due.

    ``due`` are the rows of ``following.due_days``. What is late is underlined, and its sentence
    says so. Names from the CRM are escaped.
    """
    start = first_day(as_of)
    by_day = dict(iter(due.groupby(due["due_on"].dt.date)))
    head = "".join(
        f'<th scope="col">{html.escape(t(f"weekday.d{number}"))}</th>' for number in range(7)
    )
    weeks = "".join(
        "<tr>"
        + "".join(
            _cell(day, by_day.get(day), as_of, t)
            for day in (start + timedelta(days=7 * week + number) for number in range(7))
        )
        + "</tr>"
        for week in range(WEEKS)
    )
    style = STYLE.format(ink=INK[dark], faint=FAINT, blue=BLUE if not dark else "#56B4E9",
                         orange=ORANGE)  # fmt: skip
    return f'{style}<table class="due"><thead><tr>{head}</tr></thead><tbody>{weeks}</tbody></table>'


def _cell(day: date, rows: pd.DataFrame | None, as_of: date, t: Text) -> str:
    look = "today" if day == as_of else "past" if day < as_of else ""
    number = f"{day:%m-%d}" if day.day == 1 or day == first_day(as_of) else f"{day.day}"
    # On a phone the frame alone says it.
    today = f" <i>{html.escape(t('follow.today'))}</i>" if day == as_of else ""
    marks = "" if rows is None else "".join(
        _mark(source, rows[rows["source"] == source], t) for source in SIGNS
    )  # fmt: skip
    return f'<td class="{look}"><small>{number}{today}</small>{marks}</td>'


def _mark(source: str, rows: pd.DataFrame, t: Text) -> str:
    if rows.empty:
        return ""
    late = bool(rows["days"].max())
    key = "late" if late else "due"
    names = t.names([f"{rep or '–'}: {name}" for rep, name in _pairs(rows)], NAMED)
    said = t(f"follow.{key}_{source}", count=len(rows), names=names)
    sign, cls = SIGNS[source], "late" if late else ""
    label = html.escape(said, quote=True)
    return f'<span class="{cls}" title="{label}" aria-label="{label}">{sign} {len(rows)}</span>'


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(rows[["rep", "name"]].fillna("").itertuples(index=False, name=None))
