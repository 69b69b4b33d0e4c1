"""The matrices of the model: which coefficients meet in a row, and the arrowhead this makes.

Given the coefficients shared by all reps, the reps are independent of each other. So the Hessian
is a block of shared coefficients, bordered by one small block for each rep, and its cost grows
with the number of reps and not with its cube.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.sparse import csr_array

from analytics.winrate.design import Layout, Rows

Blocks = tuple[NDArray, NDArray, NDArray]
"""Between shared ones (p, p), a rep's and shared ones (n_reps, q, p), a rep's (n_reps, q, q)."""


class Arrowhead:
    """A positive definite matrix ``[[A, B'], [B, C]]``, C block diagonal, in factors."""

    def __init__(self, blocks: Blocks) -> None:
        shared, cross, local = blocks
        self._n_reps, self._q, self._p = cross.shape
        self._local_inverse = np.linalg.inv(local)
        self._carry = self._flat(self._local_inverse @ cross)
        self._root = cholesky(shared - self._flat(cross).T @ self._carry, lower=True)
        self.log_determinant = float(
            2 * np.log(np.diag(self._root)).sum() + np.linalg.slogdet(local)[1].sum()
        )

    def solve(self, right: NDArray) -> NDArray:
        """The inverse times ``right``, shape (n_coefficients,) or (n_coefficients, k)."""
        columns = right.reshape(len(right), -1)
        shared, local = columns[: self._p], columns[self._p :]
        shared = cho_solve((self._root, True), shared - self._carry.T @ local)
        local = self._flat(self._local_inverse @ self._blocks(local)) - self._carry @ shared
        return np.concatenate([shared, local]).reshape(right.shape)

    def colour(self, noise: NDArray) -> NDArray:
        """Draws from N(0, inverse), made of standard normal ``noise`` (n_coefficients, k)."""
        shared = solve_triangular(self._root, noise[: self._p], lower=True, trans="T")
        own = np.linalg.cholesky(self._local_inverse) @ self._blocks(noise[self._p :])
        return np.concatenate([shared, self._flat(own) - self._carry @ shared])

    @cached_property
    def inverse(self) -> Blocks:
        """The inverse, where the matrix itself has blocks."""
        shared = cho_solve((self._root, True), np.eye(self._p))
        cross = self._blocks(-self._carry @ shared)
        local = self._local_inverse - cross @ self._blocks(self._carry).transpose(0, 2, 1)
        return shared, cross, local

    @property
    def inverse_diagonal(self) -> NDArray:
        """Diagonal of the inverse, shape (n_coefficients,)."""
        shared, _, local = self.inverse
        return np.concatenate([shared.diagonal(), local.diagonal(axis1=1, axis2=2).ravel()])

    def _blocks(self, flat: NDArray) -> NDArray:
        return flat.reshape(self._n_reps, self._q, flat.shape[1])

    def _flat(self, blocks: NDArray) -> NDArray:
        return blocks.reshape(self._n_reps * self._q, blocks.shape[2])


class Design:
    """The 0/1 matrix Z of rows by coefficients, and what is made of it.

    Attributes
    ----------
    rows : Rows
    layout : Layout
    matrix : csr_array of shape (n_rows, n_coefficients)
        Z.
    families : ndarray of shape (n_coefficients,)
        Family of each coefficient.
    """

    def __init__(self, rows: Rows, layout: Layout) -> None:
        p, q, n_reps = len(layout.shared), len(layout.local), layout.n_reps
        own = rows.rep[:, None] * q + rows.local
        places = np.hstack([rows.shared, p + own])
        ends = np.arange(0, places.size + 1, places.shape[1])
        self.rows, self.layout, self.families = rows, layout, layout.families
        self.matrix = csr_array(
            (np.ones(places.size), places.ravel(), ends), shape=(len(rows), len(self.families))
        )
        self._shapes = ((p, p), (n_reps, q, p), (n_reps, q, q))
        self._pairs = (
            _pairs(rows.shared, rows.shared, p),
            _pairs(own, rows.shared, p),
            _pairs(own, rows.local, q),
        )

    def precision(self, weight: NDArray, scale: NDArray) -> Arrowhead:
        """``I + S Z'WZ S`` for weights W of the rows and scales S of the coefficients."""
        totals = (
            np.bincount(pairs.ravel(), np.repeat(weight, pairs.shape[1]), np.prod(shape))
            for pairs, shape in zip(self._pairs, self._shapes, strict=True)
        )
        shared, cross, local = self._scaled(totals, scale)
        return Arrowhead((shared + np.eye(len(shared)), cross, local + np.eye(local.shape[1])))

    def variance(self, covariance: Blocks, scale: NDArray) -> NDArray:
        """Diagonal of ``Z S covariance S Z'``: the variance of each row's log odds."""
        shared, cross, local = (
            block.ravel()[pairs].sum(axis=1)
            for block, pairs in zip(self._scaled(covariance, scale), self._pairs, strict=True)
        )
        return shared + 2 * cross + local

    def _scaled(self, blocks: Iterable[NDArray], scale: NDArray) -> Iterable[NDArray]:
        p, q = len(self.layout.shared), len(self.layout.local)
        shared, own = scale[:p], scale[p:].reshape(self.layout.n_reps, q)
        sides = (
            (shared[:, None], shared),
            (own[:, :, None], shared),
            (own[:, :, None], own[:, None, :]),
        )
        return (
            block.reshape(shape) * left * right
            for block, shape, (left, right) in zip(blocks, self._shapes, sides, strict=True)
        )


def _pairs(left: NDArray, right: NDArray, width: int) -> NDArray:
    """Flat places, in a matrix ``width`` wide, of every pair of a row's left and right places."""
    places = left[:, :, None] * width + right[:, None, :]
    return places.reshape(len(left), left.shape[1] * right.shape[1])
