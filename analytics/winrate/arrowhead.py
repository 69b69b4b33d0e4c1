"""A matrix in the shape of an arrowhead, in factors.

Given the coefficients shared by all reps, the reps are independent of each other. So the Hessian
of the model is a block of shared coefficients, bordered by one small block for each rep, and its
cost grows with the number of reps and not with its cube.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular


class Blocks(NamedTuple):
    """The blocks of an arrowhead ``[[A, B'], [B, C]]``, C block diagonal.

    ``shared`` (p, p) is A, ``cross`` (n_reps, q, p) is B and ``local`` (n_reps, q, q) is C.
    """

    shared: NDArray
    cross: NDArray
    local: NDArray


class Arrowhead:
    """A positive definite arrowhead."""

    def __init__(self, blocks: Blocks) -> None:
        self._n_reps, self._q, self._p = blocks.cross.shape
        self._local_inverse = np.linalg.inv(blocks.local)
        self._carry = self._flat(self._local_inverse @ blocks.cross)
        self._root = cholesky(blocks.shared - self._flat(blocks.cross).T @ self._carry, lower=True)
        self.log_determinant = float(
            2 * np.log(np.diag(self._root)).sum() + np.linalg.slogdet(blocks.local)[1].sum()
        )

    def solve(self, right: NDArray) -> NDArray:
        """The inverse times ``right``, shape (size,) or (size, k)."""
        columns = right.reshape(len(right), -1)
        shared, local = columns[: self._p], columns[self._p :]
        shared = cho_solve((self._root, True), shared - self._carry.T @ local)
        local = self._flat(self._local_inverse @ self._blocks(local)) - self._carry @ shared
        return np.concatenate([shared, local]).reshape(right.shape)

    def colour(self, noise: NDArray) -> NDArray:
        """Draws from N(0, inverse), made of standard normal ``noise`` (size, k)."""
        shared = solve_triangular(self._root, noise[: self._p], lower=True, trans="T")
        own = np.linalg.cholesky(self._local_inverse) @ self._blocks(noise[self._p :])
        return np.concatenate([shared, self._flat(own) - self._carry @ shared])

    @cached_property
    def inverse(self) -> Blocks:
        """The inverse, where the matrix itself has blocks."""
        shared = cho_solve((self._root, True), np.eye(self._p))
        cross = self._blocks(-self._carry @ shared)
        local = self._local_inverse - cross @ self._blocks(self._carry).transpose(0, 2, 1)
        return Blocks(shared, cross, local)

    def _blocks(self, flat: NDArray) -> NDArray:
        return flat.reshape(self._n_reps, self._q, flat.shape[1])

    def _flat(self, blocks: NDArray) -> NDArray:
        return blocks.reshape(self._n_reps * self._q, blocks.shape[2])
