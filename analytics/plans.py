"""Questions about who should work on what: moves, hand-overs, and what became of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import ownership, reallocation
from analytics.abilities import evidence
from analytics.desk import Desk, of_everybody
from analytics.placebo import RUNS, Claim, Placebo, placebo, plan_claim, plan_placebo_claim
from analytics.reallocation import Recommendation, Terms
from analytics.selection import Readings, readings
from analytics.winrate.placebo import alike
from analytics.workflow import marts, open_items, people
from data.log import standing_decisions


def recommendation(desk: Desk, terms: Terms) -> Recommendation:
    """The moves worth making among the open opportunities, or why to keep the owners."""
    return reallocation.reallocation(
        desk.ask(open_items),
        desk.ask(marts)["rep_results"],
        desk.ask(evidence),
        terms,
        desk.settings,
    )


def plan_readings(desk: Desk, terms: Terms) -> Readings | None:
    """What the plan gains if only specialisation counts, and in full; None without a plan."""
    found = desk.ask(recommendation, terms)
    if found.problem is None or not found.plan.moves:
        return None
    return readings(found.problem, found.plan)


def own_claim(desk: Desk, terms: Terms) -> Claim:
    """What the method says on the outcomes as they are, with its gates and without."""
    return plan_claim(
        desk.ask(open_items),
        desk.ask(marts)["rep_results"],
        desk.ask(evidence),
        terms,
        desk.settings,
    )


@of_everybody
def alike_deals(desk: Desk) -> NDArray[np.intp]:
    """Which closed opportunities are alike enough for their outcomes to be shuffled."""
    found = desk.ask(evidence)
    return alike(found.cells, found.segments)


def placebo_claim(desk: Desk, terms: Terms, number: int) -> Claim:
    """What the same method claims on one shuffle of the outcomes; takes a second or two."""
    return desk.aside(
        plan_placebo_claim,
        desk.ask(open_items),
        desk.ask(marts)["rep_results"],
        desk.ask(evidence),
        terms,
        desk.settings,
        desk.ask(alike_deals),
        number,
    )


def plan_placebo(desk: Desk, terms: Terms, runs: int = RUNS) -> Placebo | None:
    """What the same method claims where chance has dealt the outcomes; None without a model."""
    study = desk.ask(evidence)
    if study.model is None:
        return None
    claims = [desk.ask(placebo_claim, terms, number) for number in range(runs)]
    return placebo(study, desk.ask(alike_deals), claims)


def handovers(desk: Desk) -> tuple[ownership.Handover, ...]:
    """Open opportunities of leavers and of nobody, each with the person with most room.

    Worked out for everybody, so that a team sees the same proposals as the whole company.
    """
    tables = desk.ask(marts)
    items, reps = tables["open_items"], tables["rep_results"]
    of_team = set(desk.ask(open_items)["opportunity_id"])
    given = ownership.handovers(tables["ownership_facts"], items, reps)
    return tuple(one for one in given if one.item in of_team)


def split_accounts(desk: Desk) -> pd.DataFrame:
    """Accounts whose open opportunities sit with several people, at least one of the team."""
    tables = desk.ask(marts)
    split = ownership.split_accounts(tables["ownership_facts"], tables["open_items"])
    team = set(desk.ask(people)["rep"])
    return split[[not team.isdisjoint(names) for names in split["reps"]]]


def carried_out(desk: Desk) -> pd.DataFrame:
    """What the CRM says since of each accepted move: item, decided, owner, state.

    ``state`` is ``done`` where the owner is the one decided on, ``waiting`` where it still is
    the old one, ``differs`` where it is anybody else, ``closed`` where it is no longer open.
    """
    accepted = standing_decisions(desk.warehouse).query("verdict == 'accept'")
    owners = desk.at(team="").ask(open_items).set_index("opportunity_id")["rep"]
    rows = []
    for move in accepted.sort_values("item").itertuples():
        owner = owners.get(move.item)
        states = {move.to_rep: "done", move.from_rep or None: "waiting"}
        state = states.get(owner, "differs") if move.item in owners.index else "closed"
        rows.append((move.item, move.to_rep, owner, state))
    return pd.DataFrame(rows, columns=["item", "decided", "owner", "state"])
