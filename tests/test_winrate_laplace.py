"""The numerics of the estimator, against plain dense algebra and finite differences."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.linalg import block_diag
from scipy.special import expit

from analytics.winrate import RepWinRate
from analytics.winrate.arrowhead import Arrowhead, Blocks
from analytics.winrate.evidence import most_probable
from analytics.winrate.laplace import Cells, approximate, evidence_slope
from tests.worlds import one_rate, world


def dense(shared, cross, local):
    border = cross.reshape(-1, cross.shape[2])
    return np.block([[shared, border.T], [border, block_diag(*local)]])


@pytest.fixture
def blocks():
    """Of a positive definite arrowhead with 3 shared coefficients and 4 reps of 2 each."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(4, 2, 2))
    local = root @ root.transpose(0, 2, 1) + np.eye(2)
    return Blocks(30 * np.eye(3) + 1, rng.normal(size=(4, 2, 3)), local)


FAMILIES: dict[str, dict[str, Any]] = {
    "crossed": {},
    "in cells": {"cell": ("product", "sector")},
    "in pairs, drifting, in cells": {
        "pairs": (("product", "sector"),),
        "drift": "quarter",
        "cell": ("product", "sector"),
    },
}


@pytest.fixture(scope="module", params=list(FAMILIES.values()), ids=list(FAMILIES))
def cells(request) -> Cells:
    company = world(np.random.default_rng(1), reps=5, deals_per_rep=40)
    deals = company.deals.assign(quarter=company.deals["period"] // 3)
    model = RepWinRate(by=("product", "sector"), **request.param)
    return model.fit(deals, company.outcomes)._cells


def some_sd(cells: Cells) -> np.ndarray:
    """A standard deviation for every family, the intercept's first."""
    sd = np.resize([0.3, 0.2, 0.1, 0.25, 0.4, 0.15], int(cells.design.families.max()))
    return np.concatenate([[3.0], sd])


def scales(cells: Cells, sd: np.ndarray) -> np.ndarray:
    return np.append(sd, 0.0)[cells.design.families]


def test_an_arrowhead_is_solved_like_the_dense_matrix(blocks):
    arrowhead, matrix = Arrowhead(blocks), dense(*blocks)
    right = np.random.default_rng(1).normal(size=(11, 2))

    assert_allclose(arrowhead.solve(right), np.linalg.solve(matrix, right))
    assert_allclose(arrowhead.solve(right[:, 0]), np.linalg.solve(matrix, right[:, 0]))
    assert arrowhead.log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1])


def test_the_inverse_of_an_arrowhead_is_known_where_the_matrix_has_blocks(blocks):
    arrowhead, inverse = Arrowhead(blocks), np.linalg.inv(dense(*blocks))
    own = [slice(3 + 2 * rep, 5 + 2 * rep) for rep in range(4)]

    shared, cross, local = arrowhead.inverse

    assert_allclose(shared, inverse[:3, :3])
    assert_allclose(cross, [inverse[places, :3] for places in own])
    assert_allclose(local, [inverse[places, places] for places in own])


def test_coloured_noise_has_the_inverse_as_its_covariance(blocks):
    root = Arrowhead(blocks).colour(np.eye(11))

    assert_allclose(root @ root.T, np.linalg.inv(dense(*blocks)), atol=1e-12)


def test_a_design_weighs_like_the_dense_matrix(cells):
    design, rng = cells.design, np.random.default_rng(2)
    weight, scale = rng.uniform(size=len(design.rows)), scales(cells, some_sd(cells))
    scaled = design.matrix.toarray() * scale
    matrix = scaled.T @ (weight[:, None] * scaled) + np.eye(len(scale))

    precision = design.precision(weight, scale)

    inverse = np.linalg.inv(matrix)
    assert_allclose(precision.solve(np.eye(len(scale))), inverse, atol=1e-10)
    trunk = precision.trunk_diagonal
    assert_allclose(trunk, inverse.diagonal()[: len(trunk)])
    assert precision.log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1])
    root = precision.colour(np.eye(len(scale)))
    assert_allclose(root @ root.T, inverse, atol=1e-10)
    variance = np.einsum("ij,jk,ik->i", scaled, inverse, scaled)
    assert_allclose(design.variance(precision.inverse, scale), variance)


def test_the_mode_has_no_slope(cells):
    fit = approximate(cells, some_sd(cells))

    residual = cells.wins - cells.trials * fit.rate

    assert_allclose(fit.scale * (cells.design.matrix.T @ residual), fit.mode, atol=1e-6)


def test_the_evidence_has_the_slope_of_finite_differences(cells):
    log_sd = np.log(some_sd(cells))
    step = 1e-4

    def evidence(log_sd):
        return approximate(cells, np.exp(log_sd)).log_evidence

    slope = evidence_slope(cells, approximate(cells, np.exp(log_sd)))

    differences = [
        (evidence(log_sd + step * axis) - evidence(log_sd - step * axis)) / (2 * step)
        for axis in np.eye(len(log_sd))
    ]
    assert_allclose(slope, differences, rtol=1e-5, atol=1e-6)


def test_the_standard_deviations_found_are_the_most_probable(cells):
    """No change of one of them raises evidence times prior, exponential with mean 0.25."""
    found = np.log(most_probable(cells, prior_sd=0.25).sd)

    def log_probability(log_sd):
        prior = log_sd[1:] - np.exp(log_sd[1:]) / 0.25
        return approximate(cells, np.exp(log_sd)).log_evidence + prior.sum()

    highest = log_probability(found)
    for axis in np.eye(len(found))[1:]:
        assert log_probability(found + 0.01 * axis) < highest
        assert log_probability(found - 0.01 * axis) < highest


def test_the_evidence_of_a_single_rate_is_close_to_its_integral():
    """40 wins of 100 with one coefficient: the integral over it can be done by quadrature."""
    cells = one_rate(wins=[40.0], trials=[100.0])

    def joint(eta):
        return expit(eta) ** 40 * expit(-eta) ** 60 * np.exp(-((eta / 3) ** 2) / 2)

    integral, _ = quad(joint, -2, 1, epsabs=0)
    expected = np.log(integral / (3 * np.sqrt(2 * np.pi)))

    assert approximate(cells, np.array([3.0])).log_evidence == pytest.approx(expected, abs=0.01)
