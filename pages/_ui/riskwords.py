"""Risk flags in words: what is so, since when, and why it is listed (plain text)."""

from typing import Any

import pandas as pd

from analytics.flags import THRESHOLDS
from pages._ui.movecard import title_of
from pages._ui.text import Text

MONEY = {"goal_gap": ("before", "after"), "grown": ("before", "after"), "starved": ("limit",)}
RATES = {
    "goal_gap": ("share", "limit"), "concentrated": ("share", "limit"), "drift": ("before", "after")
}  # fmt: skip
FACTS = ("days", "limit", "n", "count", "share", "before", "after")


def evidence(flag: dict[str, Any], t: Text) -> str:
    """The evidence of one row of ``watching.flags``, and the day since when."""
    kind = str(flag["kind"])
    facts = {name: _figure(kind, name, flag[name], t) for name in FACTS}
    facts |= {"rep": str(flag["rep"]), "name": str(flag["name"]), "of": str(flag["of"])}
    facts |= {"late": t.rate(THRESHOLDS.late_share), "stake": t.money(flag["stake"])}
    said = [_sentence(kind, flag, facts, t)]
    if pd.notna(flag["since"]):
        said.append(t("risks.since", day=f"{flag['since']:%Y-%m-%d}"))
    if pd.notna(flag["share"]):
        share = t.rate(flag["share"])
        if kind == "stalled":
            said.append(t("risks.because_stage", share=share, stage=str(flag["of"])))
        if kind in ("overdue", "silent"):
            said.append(t("risks.because_most", share=share))
        if kind == "no_backup":
            said.append(t("risks.because_accounts", share=share))
    return t("list.space").join(said)


def _sentence(kind: str, flag: dict[str, Any], facts: dict[str, str], t: Text) -> str:
    if kind == "silent" and not flag["count"]:
        return t("riskwhy.silent_plans", **facts)
    if kind == "concentrated":
        return t(f"riskwhy.concentrated_{flag['of']}", **facts)
    if kind == "starved":
        own = t.money(flag["limit"] * flag["share"])
        return t("riskwhy.starved", own=own, **facts)
    return t(f"riskwhy.{kind}", **facts)


def _figure(kind: str, name: str, value: Any, t: Text) -> str:
    if pd.isna(value):
        return "–"
    if name in MONEY.get(kind, ()):
        return t.money(value)
    if name in RATES.get(kind, ()):
        return t.rate(value)
    return f"{value:,.0f}"


def kinds_words(kinds: tuple[str, ...], t: Text) -> str:
    """Several signals in one cell."""
    return t("list.comma").join(t(f"risk.{kind}") for kind in kinds)


def name_words(row: pd.Series, t: Text) -> str:
    """What people call the subject of a risk."""
    if row["subject_kind"] == "company":
        return t("follow.company")
    if row["subject_kind"] == "opportunity":
        return title_of(row)
    return str(row["name"]) or t("shell.no_team")
