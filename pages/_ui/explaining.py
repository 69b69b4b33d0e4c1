"""What lies behind a difference between people, in a manager's words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.comparison import Comparison
from analytics.selection import LARGEST_GAP
from pages._ui.text import Text

MOST_TIMES = 10
"""Times as much as the records show, beyond which the number says no more."""


def better_and_worse(compared: Comparison) -> tuple[str, str]:
    """The names, the one with the higher estimate first."""
    names = (compared.first, compared.second)
    return names if compared.difference.mean >= 0 else (names[1], names[0])


def who_wins_more(compared: Comparison, t: Text) -> str:
    """Who wins more and by how much, or that nobody can tell."""
    better, worse = better_and_worse(compared)
    span = compared.difference
    low, high = sorted(
        (span.low, span.high) if better == compared.first else (-span.low, -span.high)
    )
    facts = {
        "better": better,
        "worse": worse,
        "points": in_points(span.mean, t),
        "low": t.points(low),
        "high": t.points(high),
        "chance": t.chance(max(compared.p_better, 1 - compared.p_better)),
    }
    if compared.told:
        return t("compare.told", **facts)
    return t("compare.untold" if points(span.mean) else "compare.untold_even", **facts)


def where_it_comes_from(compared: Comparison, t: Text) -> str:
    """What was counted, what the recorded leads explain, what would explain the rest (markdown)."""
    raw, leads = compared.raw_difference, compared.lead_difference
    ahead = compared.first if raw >= 0 else compared.second
    easier = compared.first if leads >= 0 else compared.second
    counted, worth = points(raw), points(leads)
    key = "counted" if counted else "counted_even"
    said = [t.md(f"compare.{key}", ahead=ahead, points=in_points(raw, t))]
    if not worth:
        key = "alike"
    elif not counted:
        key = "easier"
    elif easier != ahead:
        key = "harder"
    else:
        key = "part" if worth <= counted else "more"
    said.append(t.md(f"leads.{key}", easier=easier, points=in_points(leads, t), number=worth))
    if compared.told:
        said.append(_what_would_undo_it(compared, t))
    return t("list.space").join(said)


def _what_would_undo_it(compared: Comparison, t: Text) -> str:
    """How much better unrecorded leads would have to be for the difference to vanish."""
    better, _ = better_and_worse(compared)
    facts: dict[str, object] = {
        "better": better,
        "points": in_points(compared.difference.mean, t),
    }
    if compared.tipping_gap >= LARGEST_GAP:
        return t.md("hidden.never", **facts)
    if compared.recorded_gap <= 0 or not points(compared.lead_difference):
        return t.md("hidden.unlike", **facts)
    times = compared.tipping_gap / compared.recorded_gap
    if times > MOST_TIMES:
        return t.md("hidden.many", times=MOST_TIMES, **facts)
    return t.md("hidden.times", times=f"{times:.1f}", **facts)


def revenue_finding(gap: Mapping[str, Any], t: Text) -> str:
    """How far revenue per win lies from the average, and how much of it is the mix."""
    total, mix = points(gap["gap"]), points(gap["mix"])
    if not total:
        return t("gap.even", rep=gap["rep"])
    ahead = gap["gap"] > 0
    if 0 < mix <= total and (gap["mix"] > 0) == ahead:
        key = "lead" if ahead else "lag"
        return t(f"gap.{key}", rep=gap["rep"], gap=total, mix=in_points(gap["mix"], t))
    side = "above" if ahead else "below"
    return t(f"gap.{side}", rep=gap["rep"], gap=total, mix=t.points(gap["mix"]))


def revenue_rest(gap: Mapping[str, Any], t: Text) -> str:
    """What is the rep's own beyond the mix, and whether the rest may be chance (markdown)."""
    side = {1: "more", -1: "less", 0: "untold"}[int(gap["own_side"])]
    own = t.md(
        f"own.{side}",
        rep=gap["rep"],
        points=in_points(gap["own"], t),
        low=t.points(gap["own_low"]),
        high=t.points(gap["own_high"]),
    )
    rest = t.md(
        "gap.missing" if gap["rest_told"] else "gap.chance",
        rest=in_points(gap["rest"], t),
        chance=points(gap["chance"]),
        deals=int(gap["deals"]),
    )
    return t("list.space").join((own, rest))


def revenue_parts(gap: Mapping[str, Any], t: Text) -> pd.DataFrame:
    """The rows of ``estimates.gap_bars``: what adds up to the gap, and the gap."""
    return pd.DataFrame(
        [
            (t("gap.mix"), gap["mix"], True, gap["mix"], gap["mix"]),
            (
                t("gap.own"),
                gap["own"],
                bool(gap["own_side"]),
                gap["own_low"],
                gap["own_high"],
            ),
            (
                t("gap.rest"),
                gap["rest"],
                bool(gap["rest_told"]),
                gap["rest"] - gap["chance"],
                gap["rest"] + gap["chance"],
            ),
            (t("gap.together"), gap["gap"], True, gap["gap"], gap["gap"]),
        ],
        columns=["label", "share", "known", "low", "high"],
    )


def points(difference: float) -> int:
    """The size of a difference of two rates in whole percentage points."""
    return round(abs(difference) * 100)


def in_points(difference: float, t: Text) -> str:
    """``1 point``, ``14 points``."""
    count = points(difference)
    return t("unit.point" if count == 1 else "unit.points", count=count)
