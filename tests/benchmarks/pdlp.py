"""OR-tools' first-order LP solver, for ``tests.benchmarks.allocation`` and in a process of its own.

``python -m tests.benchmarks.pdlp MODEL.mps SHARES.npy``: solves the one to a relative 1e-4 and
writes the values of its columns to the other, and the CPU seconds to standard output. OR-tools
and HiGHS cannot be loaded into one process.
"""

import sys
import time

import numpy as np

from tests.benchmarks.truths import peer

SETTINGS = "termination_criteria { simple_optimality_criteria { eps_optimal_relative: 1e-4 } }"


def main(model_file: str, shares_file: str) -> int:
    builder = peer("ortools.linear_solver.python.model_builder")
    model = builder.Model()
    if not model.import_from_mps_file(model_file):
        print(f"{model_file} is no model", file=sys.stderr)
        return 1
    solver = builder.Solver("PDLP")
    solver.set_solver_specific_parameters(SETTINGS)
    began = time.process_time()
    status = solver.solve(model)
    seconds = time.process_time() - began
    if status not in (builder.SolveStatus.OPTIMAL, builder.SolveStatus.FEASIBLE):
        print(f"PDLP ended with {status}", file=sys.stderr)
        return 1
    shares = [solver.value(variable) for variable in model.get_variables()]
    np.save(shares_file, np.array(shares))
    print(seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
