"""Moves that hang on each other, and have to be decided together."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.allocation.balance import Codes
from analytics.allocation.problem import Problem


def bundles(problem: Problem, assignment: Codes) -> Codes:
    """Which bundle each item that moves belongs to, in the order of the items.

    Items of one unit belong together, and so do all that a rep gives and takes if he could not
    take it without giving: if it would lift him above the items or the hours he may have.
    """
    balance, n_reps = problem.weighed, len(problem.reps)
    rows = np.flatnonzero(assignment != problem.owner)
    owner, rep = problem.owner[rows], assignment[rows]
    items = problem.load + np.bincount(rep, minlength=n_reps)
    crowded = items > problem.limit
    if balance.overload > 0:
        hours = np.bincount(problem.owner, balance.effort, n_reps)
        received = np.bincount(rep, balance.effort[rows], n_reps)
        crowded |= (received > 0) & (hours + received > balance.hours)

    # A graph of the moves, the units and the crowded reps: what shares a node is connected.
    n_units, moves = len(problem.first), np.arange(len(rows))
    unit_node = len(rows) + problem.unit[rows]
    gives, takes = np.flatnonzero(crowded[owner]), np.flatnonzero(crowded[rep])
    ends = np.concatenate([moves, gives, takes])
    nodes = np.concatenate(
        [unit_node, len(rows) + n_units + owner[gives], len(rows) + n_units + rep[takes]]
    )
    n_nodes = len(rows) + n_units + n_reps
    graph = coo_array((np.ones(len(ends)), (ends, nodes)), shape=(n_nodes, n_nodes))
    _, label = connected_components(graph, directed=False)
    return np.unique(label[: len(rows)], return_inverse=True)[1]
