"""Do reps differ at all, and do they differ by segment? Verdicts that can say no, or "cannot tell".

Comparing raw win rates finds differences in every third company that has none, because reps get
different leads. Here the question is what a model without the differences leaves unexplained.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from analytics.winrate.design import Layout, Rows
from analytics.winrate.laplace import Cells
from analytics.winrate.precision import Design
from analytics.winrate.score import ScoreTest

Verdict = Literal["evidence", "none", "too_little_data"]


@dataclass(frozen=True)
class SignalTest:
    """Whether the data show that reps differ, and that they differ by segment.

    Attributes
    ----------
    verdict_reps, verdict_segments
        "evidence"; "none", no evidence, to be read with the detectable effect; or
        "too_little_data", where too few deals were won or lost or there is nothing to compare.
    p_reps, p_segments
        Chance of as much variation in a world without it; None when not tested.
    detectable_sd_reps, detectable_sd_segments
        Standard deviation, in log odds, of the differences between reps (within a rep between
        segments, over all attributes tested) that this data would reveal with the asked power.
        None when not tested or when no believable difference would be revealed.
    detectable_points_reps, detectable_points_segments
        The same as a difference of win rates, between 0 and 1: how far above the mean win rate
        one such standard deviation lifts.
    """

    verdict_reps: Verdict
    verdict_segments: Verdict
    p_reps: float | None
    p_segments: float | None
    detectable_sd_reps: float | None
    detectable_sd_segments: float | None
    detectable_points_reps: float | None
    detectable_points_segments: float | None


class _Finding(NamedTuple):
    """The half of a ``SignalTest`` that is about reps, or about segments."""

    verdict: Verdict
    p: float | None = None
    detectable_sd: float | None = None
    detectable_points: float | None = None


def signal_test(
    cells: Cells,
    n_by: int,
    prior_sd: float,
    n_boot: int,
    rng: np.random.Generator,
    *,
    alpha: float,
    min_wins: float,
    min_losses: float,
    power: float,
) -> SignalTest:
    """Test for differences between reps, then for those between segments within a rep.

    ``n_by`` attributes are crossed with the reps; the other parameters are those of
    ``RepWinRate`` and of its ``signal_test``. What does not differ is also taken not to drift.
    """
    rows, layout = cells.design.rows, cells.design.layout
    wins, losses = float(cells.wins.sum()), float((cells.trials - cells.wins).sum())
    enough = wins >= min_wins and losses >= min_losses and layout.n_reps > 1

    def finding(n_kept: int, families: list[NDArray]) -> _Finding:
        if not enough or not families:
            return _Finding("too_little_data")
        test = ScoreTest(_without_later(cells, n_kept), families, prior_sd, n_boot, rng)
        sd = test.detectable_sd(alpha, power)
        mean = wins / (wins + losses)
        points = None if sd is None else float(expit(logit(mean) + sd) - mean)
        return _Finding("evidence" if test.p <= alpha else "none", test.p, sd, points)

    by_segment = [
        rows.rep * len(layout.local) + levels
        for levels in rows.local.T[rows.local.shape[1] - n_by :]
        if len(np.unique(levels)) > 1
    ]
    if len(layout.leaves) and by_segment:
        by_segment.append(rows.leaf)
    reps, segments = finding(0, [rows.rep]), finding(1, by_segment)
    return SignalTest(
        verdict_reps=reps.verdict,
        verdict_segments=segments.verdict,
        p_reps=reps.p,
        p_segments=segments.p,
        detectable_sd_reps=reps.detectable_sd,
        detectable_sd_segments=segments.detectable_sd,
        detectable_points_reps=reps.detectable_points,
        detectable_points_segments=segments.detectable_points,
    )


def _without_later(cells: Cells, n_kept: int) -> Cells:
    """The same observations, for the model with only the first local families.

    None of them: reps are alike. One: they differ, in all segments alike.
    """
    rows, layout = cells.design.rows, cells.design.layout
    design = Design(
        Rows(rows.shared, rows.rep, rows.local[:, :n_kept], rows.leaf),
        Layout(layout.shared, layout.local[:n_kept], layout.n_reps),
    )
    return Cells(design, cells.wins, cells.trials)
