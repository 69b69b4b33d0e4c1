"""What the rows say of the coefficients: the posterior precision, and the covariance it leaves.

The effects of a rep in a cell, the leaves, meet no coefficients but those of their own rows. They
are eliminated first, one number a leaf; an arrowhead remains for all other coefficients.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.winrate.arrowhead import Arrowhead, Blocks
from analytics.winrate.design import Layout, Rows


@dataclass(frozen=True)
class Covariance:
    """Posterior covariance of v, as far as rows need it.

    Attributes
    ----------
    blocks
        Of all coefficients but the leaves.
    pull : csr_array of shape (n_leaves, p + q)
        How much the expectation of a leaf falls as each shared coefficient, then each of its own
        rep, rises.
    leaves : ndarray of shape (n_leaves,)
        Variance of a leaf given all other coefficients.
    """

    blocks: Blocks
    pull: csr_array
    leaves: NDArray

    def of_rep(self, rep: int) -> NDArray:
        """Covariance of the shared coefficients and those of one rep, shape (p + q, p + q)."""
        cross = self.blocks.cross[rep]
        return np.block([[self.blocks.shared, cross.T], [cross, self.blocks.local[rep]]])


class Precision:
    """Precision of v: an arrowhead, with leaves on it.

    Parameters
    ----------
    trunk
        Of all other coefficients, the leaves integrated out.
    own
        Precision of each leaf, shape (n_leaves,).
    pull
        Off-diagonal precision of the leaves over ``own``, shape (n_leaves, size of the trunk).
    n_own
        Coefficients of each rep.
    rep
        The rep of each leaf.
    """

    def __init__(
        self,
        trunk: Arrowhead,
        own: NDArray,
        pull: csr_array,
        n_own: int,
        rep: NDArray,
    ) -> None:
        self._trunk, self._own, self._pull = trunk, own, pull
        self._n_own, self._rep = n_own, rep
        self._body = pull.shape[1]
        self.log_determinant = trunk.log_determinant + float(np.log(own).sum())

    def solve(self, right: NDArray) -> NDArray:
        """The inverse times ``right``, shape (n_coefficients,) or (n_coefficients, k)."""
        columns = right.reshape(len(right), -1)
        body, leaves = columns[: self._body], columns[self._body :]
        body = self._trunk.solve(body - self._pull.T @ leaves)
        leaves = leaves / self._own[:, None] - self._pull @ body
        return np.concatenate([body, leaves]).reshape(right.shape)

    def colour(self, noise: NDArray) -> NDArray:
        """Draws from N(0, inverse), made of standard normal ``noise`` (n_coefficients, k)."""
        body = self._trunk.colour(noise[: self._body])
        leaves = noise[self._body :] / np.sqrt(self._own)[:, None] - self._pull @ body
        return np.concatenate([body, leaves])

    @cached_property
    def inverse(self) -> Covariance:
        """The inverse, as far as rows need it."""
        blocks, q = self._trunk.inverse, self._n_own
        p = len(blocks.shared)
        pull = self._pull.tocoo()
        row, column = pull.coords
        column = np.where(column < p, column, column - self._rep[row] * q)
        pull = csr_array((pull.data, (row, column)), shape=(len(self._own), p + q))
        return Covariance(blocks, pull, 1 / self._own)

    @property
    def trunk_diagonal(self) -> NDArray:
        """Diagonal of the inverse, the leaves left out."""
        shared, _, local = self._trunk.inverse
        return np.concatenate([shared.diagonal(), local.diagonal(axis1=1, axis2=2).ravel()])


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
        self.rows, self.layout, self.families = rows, layout, layout.families
        self._shapes = ((p, p), (n_reps, q, p), (n_reps, q, q))
        self._body = p + n_reps * q
        own = rows.rep[:, None] * q + rows.local
        self._trunk = _indicators(np.hstack([rows.shared, p + own]), self._body)
        self.matrix = self._trunk
        if len(layout.leaves):
            leaf = self._body + rows.leaf[:, None]
            self.matrix = _indicators(np.hstack([rows.shared, p + own, leaf]), len(self.families))
        self._pairs = (
            _pairs(rows.shared, rows.shared, p),
            _pairs(own, rows.shared, p),
            _pairs(own, rows.local, q),
        )

    @cached_property
    def _leaf_rep(self) -> NDArray:
        """The rep of each leaf; no row tells that of a leaf that none has."""
        rep = np.zeros(len(self.layout.leaves), np.intp)
        if len(rep):
            rep[self.rows.leaf] = self.rows.rep
        return rep

    @cached_property
    def _alone(self) -> NDArray:
        """Whether each leaf has no more than one row, shape (n_leaves,)."""
        return np.bincount(self.rows.leaf, minlength=len(self.layout.leaves)) <= 1

    @cached_property
    def _meetings(self) -> tuple[csr_array, NDArray]:
        """The 0/1 matrix of leaves by the other coefficients they meet in a row.

        Also, for each entry of the trunk's matrix, the number of its entry in this one.
        """
        leaf = np.repeat(self.rows.leaf, np.diff(self._trunk.indptr))
        keys, of_entry = np.unique(leaf * self._body + self._trunk.indices, return_inverse=True)
        n_leaves = len(self.layout.leaves)
        ends = np.searchsorted(keys // self._body, np.arange(n_leaves + 1))
        shape = (n_leaves, self._body)
        return csr_array((np.ones(len(keys)), keys % self._body, ends), shape), of_entry

    def precision(self, weight: NDArray, scale: NDArray) -> Precision:
        """``I + S Z'WZ S`` for weights W of the rows and scales S of the coefficients."""
        body, leaves = scale[: self._body], scale[self._body :]
        own, pull = np.ones(len(leaves)), csr_array((len(leaves), self._body))
        left, taken = weight, None
        if len(leaves):
            own += leaves**2 * np.bincount(self.rows.leaf, weight, len(leaves))
            meetings, of_entry = self._meetings
            met = np.bincount(of_entry, np.repeat(weight, np.diff(self._trunk.indptr)))

            def over_leaves(factor: NDArray, met: NDArray) -> csr_array:
                values = np.repeat(factor, np.diff(meetings.indptr)) * met
                return csr_array((values, meetings.indices, meetings.indptr), meetings.shape)

            pull = over_leaves(leaves / own, met * body[meetings.indices])
            # A leaf with one row takes away from the weight of that row, no more.
            left = weight / np.where(self._alone, own, 1.0)[self.rows.leaf]
            if not self._alone.all():
                crowded = over_leaves(leaves / np.sqrt(own), met)[~self._alone]
                taken = self._blocks(crowded.T @ crowded)
        totals = [
            np.bincount(pairs.ravel(), np.repeat(left, pairs.shape[1]), np.prod(shape))
            for pairs, shape in zip(self._pairs, self._shapes, strict=True)
        ]
        if taken is not None:
            totals = [total - less.ravel() for total, less in zip(totals, taken, strict=True)]
        shared, cross, local = self._scaled(totals, scale)
        trunk = Arrowhead(
            Blocks(shared + np.eye(len(shared)), cross, local + np.eye(local.shape[1]))
        )
        return Precision(trunk, own, pull, local.shape[1], self._leaf_rep)

    def variance(self, covariance: Covariance, scale: NDArray) -> NDArray:
        """Diagonal of ``Z S covariance S Z'``: the variance of each row's log odds."""
        shared, cross, local = (
            block.ravel()[pairs].sum(axis=1)
            for block, pairs in zip(
                self._scaled(covariance.blocks, scale), self._pairs, strict=True
            )
        )
        variance = shared + 2 * cross + local
        return (
            self._with_leaves(variance, covariance, scale) if len(self.layout.leaves) else variance
        )

    def _with_leaves(self, variance: NDArray, covariance: Covariance, scale: NDArray) -> NDArray:
        """The variance of each row's log odds, given that of all but its leaf."""
        rows, pull, p = self.rows, covariance.pull, len(self.layout.shared)
        places = np.hstack([rows.shared, p + rows.local])
        own_scale, leaf_scale = scale[: p + len(self.layout.local)], scale[-1]

        # Most leaves have met just what the row has: they take a share of each coefficient.
        met = np.diff(pull.indptr)
        alike = met[rows.leaf] == places.shape[1]
        entries = pull.indptr[rows.leaf[alike], None] + np.arange(places.shape[1])
        alike[alike] = (pull.indices[entries] == np.sort(places[alike], axis=1)).all(axis=1)
        first = pull.indptr[rows.leaf[alike]]
        share = np.zeros(len(rows))
        share[alike] = pull.data[first] / own_scale[pull.indices[first]]
        variance = variance * (1 - leaf_scale * share) ** 2

        others = ~alike & (met[rows.leaf] > 0)
        for rep, mine in _by_rep(rows.rep, others):
            # The leaves of a rep lie side by side.
            first = rows.leaf[mine].min()
            leaf = rows.leaf[mine] - first
            of_rep = pull[first : first + leaf.max() + 1].toarray()
            pulled = of_rep @ covariance.of_rep(rep)
            of_leaf = np.einsum("ij,ij->i", of_rep, pulled)
            with_row = (pulled * own_scale)[leaf[:, None], places[mine]].sum(axis=1)
            variance[mine] += leaf_scale**2 * of_leaf[leaf] - 2 * leaf_scale * with_row
        return variance + leaf_scale**2 * covariance.leaves[rows.leaf]

    def _blocks(self, matrix: csr_array) -> Blocks:
        """The blocks of a sparse arrowhead."""
        p, q = len(self.layout.shared), len(self.layout.local)
        local = np.zeros(self._shapes[2])
        own = matrix[p:, p:].tocoo()
        row, column = own.coords
        local[row // q, row % q, column % q] = own.data
        cross = matrix[p:, :p].toarray().reshape(self._shapes[1])
        return Blocks(matrix[:p, :p].toarray(), cross, local)

    def _scaled(self, blocks: Iterable[NDArray], scale: NDArray) -> Blocks:
        p, q = len(self.layout.shared), len(self.layout.local)
        shared, own = scale[:p], scale[p : self._body].reshape(self.layout.n_reps, q)
        sides = (
            (shared[:, None], shared),
            (own[:, :, None], shared),
            (own[:, :, None], own[:, None, :]),
        )
        return Blocks(
            *(
                block.reshape(shape) * left * right
                for block, shape, (left, right) in zip(blocks, self._shapes, sides, strict=True)
            )
        )


def _indicators(places: NDArray, width: int) -> csr_array:
    """The 0/1 matrix with ones at the ``places`` (n_rows, k) of each row."""
    ends = np.arange(0, places.size + 1, places.shape[1])
    return csr_array((np.ones(places.size), places.ravel(), ends), shape=(len(places), width))


def _pairs(left: NDArray, right: NDArray, width: int) -> NDArray:
    """Flat places, in a matrix ``width`` wide, of every pair of a row's left and right places."""
    places = left[:, :, None] * width + right[:, None, :]
    return places.reshape(len(left), left.shape[1] * right.shape[1])


def _by_rep(rep: NDArray, wanted: NDArray) -> Iterator[tuple[int, NDArray]]:
    """Each rep that occurs in the wanted rows, with the places of those."""
    order = np.argsort(rep, kind="stable")
    order = order[wanted[order]]
    reps, starts = np.unique(rep[order], return_index=True)
    ends = [*starts[1:].tolist(), len(order)][: len(reps)]
    for one, start, end in zip(reps.tolist(), starts.tolist(), ends, strict=True):
        yield one, order[start:end]
