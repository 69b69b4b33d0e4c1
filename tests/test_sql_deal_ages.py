"""Opportunities at risk by age band, on drawn tables and against a plain count."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from tests.timelines import AS_OF, timeline

COLUMNS = "opportunity_id | owner | created_on | closed_on | stage | outcome"


def bands(mart, *deals: str) -> dict[int, tuple[int, int, int]]:
    """At risk, won and lost by band, of opportunities written as created | closed | outcome."""
    lines = []
    for number, deal in enumerate(deals):
        created, closed, outcome = (part.strip() for part in deal.split("|"))
        lines.append(f"{number} | Ann | {created} | {closed} | {outcome} | {outcome}")
    rows = mart("deal_ages", opportunities="\n".join([COLUMNS, *lines]))
    return {row["band"]: (row["at_risk"], row["won"], row["lost"]) for row in rows}


def test_an_opportunity_is_at_risk_in_each_band_until_it_closes(mart):
    deals = ("2026-01-01 | 2026-02-10 | won", "2026-01-01 | 2026-01-28 | lost")

    assert bands(mart, *deals) == {0: (2, 0, 1), 1: (1, 1, 0)}


@pytest.mark.parametrize(("closed", "band"), [("2026-01-28", 0), ("2026-01-29", 1)])
def test_the_28th_day_is_the_last_of_a_band(mart, closed, band):
    assert bands(mart, f"2026-01-01 | {closed} | won")[band] == (1, 1, 0)


@pytest.mark.parametrize(
    ("created", "seen"),
    [("2026-03-04", {0: (1, 0, 0)}), ("2026-03-05", {})],
)
def test_a_band_counts_from_the_day_on_which_it_is_over(mart, created, seen):
    assert bands(mart, f"{created} |  | open") == seen


def test_closings_in_a_band_that_is_not_over_do_not_count(mart):
    closed_early = "2026-02-02 | 2026-03-30 | won"
    still_open = "2026-02-02 | | open"

    assert bands(mart, closed_early, still_open) == {0: (2, 0, 0), 1: (2, 0, 0)}


def test_the_last_band_counts_every_span_from_its_start(mart):
    day_400_of_2025 = "2025-01-01 | 2026-02-05 | won"
    still_open = "2025-01-01 | | open"

    found = bands(mart, day_400_of_2025, still_open)

    assert set(found) == set(range(14))
    assert all(found[band] == (2, 0, 0) for band in range(13))
    assert found[13] == (2 + 3, 1, 0)


def test_what_closes_later_is_open_and_of_unknown_age_is_nothing(mart):
    rows = bands(
        mart,
        "2026-03-01 | 2026-04-01 | won",
        " | 2026-02-01 | won",
        "2026-01-01 |  | lost",
        "2026-01-10 | 2026-01-09 | lost",
        "2026-01-10 | 2026-01-12 | void",
    )

    assert rows == {0: (1, 0, 0)}


def test_attributes_and_the_month_of_engagement_are_kept(mart):
    [row] = mart(
        "deal_ages",
        reps="""
            name | team
            Ann  | North
        """,
        opportunities="""
            opportunity_id | owner | product | sector | created_on | closed_on  | stage | outcome
            o1             | Ann   | Atlas   | Retail | 2026-01-31 | 2026-02-01 | Won   | won
            o2             | Ann   | Atlas   | Retail | 2026-01-01 | 2026-01-02 | Won   | won
            nobodys        |       | Atlas   | Retail | 2026-01-01 | 2026-01-02 | Won   | won
        """,
    )

    assert (row["rep"], row["team"], row["product"], row["sector"]) == (
        "Ann", "North", "Atlas", "Retail",
    )  # fmt: skip
    assert row["engaged_month"].isoformat()[:10] == "2026-01-01"
    assert (row["band"], row["at_risk"], row["won"]) == (0, 2, 2)


def test_it_counts_what_a_plain_loop_counts():
    past = timeline(np.random.default_rng(5), reps=3, deals_per_rep=100, weeks=120)
    expected: Counter[tuple] = Counter()
    for deal in past.deals.itertuples():
        for span in range(40):
            over = deal.created_on + timedelta(days=28 * (span + 1) - 1)
            if over > AS_OF:
                break
            key = (deal.owner, deal.product, str(deal.created_on)[:7], min(span, 13))
            expected[*key, "at_risk"] += 1
            if deal.closed_on is not None and deal.closed_on <= over:
                expected[*key, deal.outcome] += 1
                break

    rows = past.marts("deal_ages")["deal_ages"]
    found = Counter(
        {
            (row.rep, row.product, str(row.engaged_month)[:7], row.band, what): getattr(row, what)
            for row in rows.itertuples()
            for what in ("at_risk", "won", "lost")
        }
    )

    assert max(rows["band"]) == 13
    assert +found == expected
