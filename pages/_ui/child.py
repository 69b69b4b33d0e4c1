"""The process that works beside the server: ``python -m pages._ui.child < questions > answers``.

Questions and answers are pickled; both ends are this program. It ends when the server does.
"""

import os
import pickle
import sys

from threadpoolctl import threadpool_limits


def main() -> None:
    """Answer question after question, until there are no more."""
    if hasattr(os, "nice"):
        os.nice(10)  # whoever looks at a page comes first
    threadpool_limits(1, user_api="blas")
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            work, given = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = (True, work(*given))
        except Exception as problem:
            answer = (False, problem)
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
