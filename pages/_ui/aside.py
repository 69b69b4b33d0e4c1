"""Long work done in another process, so that no page waits for Python's lock meanwhile."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

Answer = TypeVar("Answer")


class Child:
    """A process of our own that works out one thing after the other."""

    def __init__(self) -> None:
        # Not by multiprocessing: that runs the main script anew, which Streamlit has replaced.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pages._ui.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        self._one_at_a_time = threading.Lock()

    def ask(self, work: Callable[..., Any], given: tuple[object, ...]) -> Any:
        """The answer of a function of a module; what it raises is raised here."""
        assert self._process.stdin
        assert self._process.stdout
        with self._one_at_a_time:
            pickle.dump((work, given), self._process.stdin)
            self._process.stdin.flush()
            done, answer = pickle.load(self._process.stdout)
        if not done:
            raise answer
        return answer

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def aside(work: Callable[..., Answer], *given: object) -> Answer:
    """The answer of a function of a module, worked out by the one child of this server."""
    try:
        return _child().ask(work, given)
    except (BrokenPipeError, EOFError):
        # Somebody ended the child. The next question gets a new one.
        _child.clear()
        raise


@st.cache_resource(show_spinner=False, on_release=Child.stop)
def _child() -> Child:
    return Child()
