"""Follow-ups in words: the number, what it did since, and a text to send (plain text)."""

import math
from datetime import date
from typing import Any

from analytics.aftermath import MIN_CLOSED, MIN_DAYS, MIN_SPANS, Outcome
from analytics.followups import ENDS, About, FollowUp, Measure
from analytics.scope import Period
from pages._ui import session
from pages._ui.text import Text

SHARES = ("attainment", "win_rate")
MONEY = ("revenue", "open_value", "deal")


def unit_words(about: About, t: Text) -> str:
    """Whose number it is."""
    return about.label or t("follow.company")


def number_words(about: About, t: Text) -> str:
    """Which number it is, with its period or the days it looks back over."""
    if about.number == "flag":
        return t("follownumber.flag", flag=t(f"risk.{about.flag}"))
    return t(f"follownumber.{about.number}", period=_period(about, t))


def _period(about: About, t: Text) -> str:
    own = session.scope().period
    if not about.period_start:
        return t.period(own)
    kind: Any = about.period_kind or own.kind
    start = date.fromisoformat(about.period_start)
    return t.period(Period.containing(start, kind, own.first_month))


def about_words(about: About, t: Text) -> str:
    """Number and whose it is."""
    return t("follow.about", number=number_words(about, t), unit=unit_words(about, t))


def amount(number: str, value: float, t: Text, *, signed: bool = False) -> str:
    """A value of a number, with its unit."""
    if math.isnan(value):
        return t("follow.unknown")
    if number in SHARES:
        return t.rate(value)
    if number in MONEY:
        return t.money(value, signed=signed)
    return t("follow.count", count=f"{value:,.0f}")


def measure_words(about: About, found: Measure, t: Text) -> str:
    """A number as it stands, with what it is over."""
    if about.number == "flag":
        if math.isnan(found.value):
            return t("follow.unknown")
        return t("follow.flag_holds" if found.value else "follow.flag_gone")
    if about.number == "deal":
        return deal_words(found, t)
    said = amount(about.number, found.value, t)
    if about.number == "win_rate":
        return t("follow.of_closed", value=said, n=found.n)
    return said


def deal_words(found: Measure, t: Text) -> str:
    """How an opportunity stands or ended."""
    if not found.outcome:
        return t("follow.not_there")
    if found.outcome == "open":
        return t(
            "follow.deal_open",
            stage=found.stage or t("follow.no_stage"),
            value=t.money(found.value),
            expected=found.expected_on or t("follow.no_day"),
            age=found.age_days,
        )
    return t(f"follow.deal_{found.outcome}", value=t.money(found.value), closed=found.closed_on)


def outcome_words(one: FollowUp, found: Outcome, t: Text) -> list[str]:
    """What the number did since, in sentences: the change, what chance would do, cautions."""
    about = one.about
    if found.days < 1:
        return [t("follow.no_news", as_of=one.as_of_then.isoformat())]
    if about.number in ("deal", "flag"):
        return [_became(about, found, t), t("follow.no_proof")]
    said = [_change(about, found, t)]
    if test := _test(about, found, t):
        said.append(test)
    if found.stood_out:
        said.append(t(f"follow.stood_out_{found.stood_out}"))
    return [*said, t("follow.no_proof")]


def _became(about: About, found: Outcome, t: Text) -> str:
    if about.number == "flag":
        return measure_words(about, found.now, t)
    then, now = found.then, found.now
    if now.outcome != "open":
        return deal_words(now, t)
    parts = []
    if then.stage != now.stage:
        parts.append(t("follow.moved_stage", before=then.stage, after=now.stage))
    if then.expected_on and now.expected_on and then.expected_on != now.expected_on:
        days = (date.fromisoformat(now.expected_on) - date.fromisoformat(then.expected_on)).days
        way = "later" if days > 0 else "sooner"
        parts.append(t(f"follow.moved_{way}", days=abs(days), day=now.expected_on))
    if found.moved in ("up", "down"):
        change = t.money(now.value - then.value, signed=True)
        parts.append(t("follow.moved_amount", change=change))
    return t("follow.still_open", moved=t("list.comma").join(parts) or t("follow.as_before"))


def _change(about: About, found: Outcome, t: Text) -> str:
    number = about.number
    if math.isnan(found.since.value) or math.isnan(found.before.value):
        return t("follow.change_unknown", days=found.since_days)
    if number == "win_rate":
        facts = {
            "before": t.rate(found.before.value), "n_before": found.before.n,
            "since": t.rate(found.since.value), "n_since": found.since.n,
            "points": t.points(found.difference), "days": found.since_days,
        }  # fmt: skip
        if found.since_days < found.days:
            return t("follow.change_rate_last", all=found.days, **facts)
        return t("follow.change_rate", **facts)
    if number in ("revenue", "attainment", "activities"):
        speed = "activities" if number == "activities" else "revenue"
        return t(
            "follow.change_speed",
            before=amount(speed, found.before.value, t),
            since=amount(speed, found.since.value, t),
            days=found.days,
        )
    return t(
        "follow.change_state",
        before=amount(number, found.before.value, t),
        since=amount(number, found.since.value, t),
        days=found.days,
    )


def _test(about: About, found: Outcome, t: Text) -> str:
    """Whether the change is more than chance; empty where nothing tests it."""
    if found.verdict == "few":
        if found.days < MIN_DAYS:
            return t("follow.few_days", days=found.days, least=MIN_DAYS)
        if about.number == "win_rate":
            n = min(found.before.n, found.since.n)
            return t("follow.few_closed", n=n, least=MIN_CLOSED)
        return t("follow.few_spans", n=found.spans, least=MIN_SPANS)
    if not found.verdict:
        return ""
    if about.number == "win_rate":
        low, high = t.points(found.low), t.points(found.high)
        return t(f"follow.rate_{found.verdict}", low=low, high=high)
    speed = "activities" if about.number == "activities" else "revenue"
    low, high = (_signed(speed, end, t) for end in (found.low, found.high))
    return t(f"follow.speed_{found.verdict}", low=low, high=high, n=found.spans)


def _signed(number: str, value: float, t: Text) -> str:
    if number in MONEY:
        return t.money(value, signed=True)
    return f"{value:+,.0f}".replace("-", "−")


def short_outcome(one: FollowUp, found: Outcome, t: Text) -> str:
    """What the number did, for a cell of a table."""
    if found.days < 1 or found.as_agreed is None:
        return t("follow.not_yet")
    if found.moved == "same":
        return t("follow.unmoved")
    if one.toward == "hold" and one.about.number not in ENDS:
        # To stay within what chance explains is to be held.
        held = t("follow.held" if found.as_agreed else "follow.not_held")
        return t("follow.uncertain", moved=held) if found.verdict == "few" else held
    agreed = t("follow.as_agreed" if found.as_agreed else "follow.not_as_agreed")
    return t("follow.uncertain", moved=agreed) if found.verdict in ("few", "within") else agreed


def message(one: FollowUp, found: Outcome, t: Text) -> str:
    """A follow-up as plain text, for a chat or a mail."""
    lines = [
        t("follow.text_head", kind=t(f"followkind.{one.kind}"), about=about_words(one.about, t)),
        t("follow.text_then", value=measure_words(one.about, one.then, t),
          as_of=one.as_of_then.isoformat()),
    ]  # fmt: skip
    if one.note:
        lines.append(t("follow.text_note", note=one.note))
    if one.action:
        lines.append(t("follow.text_action", action=one.action))
    lines.append(
        t("follow.text_owner", owner=one.owner, due=one.due_on.isoformat(),
          state=t(f"followstate.{one.state}"))
    )  # fmt: skip
    if found.days >= 1:
        value = measure_words(one.about, found.now, t)
        lines.append(t("follow.text_now", value=value, as_of=session.scope().as_of.isoformat()))
    return "\n".join(lines)
