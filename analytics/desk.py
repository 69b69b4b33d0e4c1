"""A desk: one workspace looked at in one scope, and the answers already worked out there."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, TypeVar

from analytics.scope import Period, Scope
from analytics.settings import SETTINGS, Settings
from data.warehouse import Warehouse

Answer = TypeVar("Answer")


class Answers:
    """Answers already worked out from one state of the data, the oldest dropped first.

    They are shared by all who look at the same thing: read them, never change them.
    """

    def __init__(self, limit: int = 400) -> None:
        self.limit = limit
        self._known: dict[Hashable, Any] = {}
        self._working: dict[Hashable, threading.RLock] = {}
        self._books = threading.Lock()

    def knows(self, key: Hashable) -> bool:
        with self._books:
            return key in self._known

    def get(self, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
        """The answer under ``key``; whoever asks meanwhile waits instead of working too."""
        with self._books:
            if key in self._known:
                return self._known[key]
            working = self._working.setdefault(key, threading.RLock())
        with working:
            with self._books:
                if key in self._known:
                    return self._known[key]
            try:
                answer = work_out()
                with self._books:
                    while len(self._known) >= self.limit:
                        self._known.pop(next(iter(self._known)))
                    self._known[key] = answer
                return answer
            finally:
                with self._books:
                    self._working.pop(key, None)


def directly(work: Callable[..., Answer], *given: object) -> Answer:
    """The answer of a function, worked out here and now."""
    return work(*given)


@dataclass(frozen=True)
class Desk:
    """One workspace looked at in one scope.

    ``aside`` is how work is done that takes long and needs nothing but its arguments: an app
    with people waiting gives it to another process.
    """

    warehouse: Warehouse
    scope: Scope
    settings: Settings = SETTINGS
    answers: Answers = field(default_factory=Answers)
    aside: Callable[..., Any] = directly

    def ask(self, question: Callable[..., Answer], *details: Hashable) -> Answer:
        """The answer to ``question(desk, *details)``, worked out once."""
        key = (question.__name__, self.scope, *details)
        return self.answers.get(key, lambda: question(self, *details))

    def knows(self, question: Callable[..., Any], *details: Hashable) -> bool:
        """Whether the answer is there without any work."""
        return self.answers.knows((question.__name__, self.scope, *details))

    def at(self, **changes: Any) -> "Desk":
        """The same workspace in a changed scope."""
        return replace(self, scope=replace(self.scope, **changes))


def of_everybody(question: Callable[..., Answer]) -> Callable[..., Answer]:
    """A question whose answer hangs on neither the team nor the period of the goals.

    It is asked for everybody, and worked out once whoever looks.
    """

    @wraps(question)
    def asked(desk: Desk, *details: Hashable) -> Answer:
        scope = desk.scope
        # Which quarters a year has is no question of the period that is looked at.
        usual = Period.containing(scope.as_of, first_month=scope.period.first_month)
        everybody = desk.at(team="", period=usual)
        if everybody.scope == desk.scope:
            return question(desk, *details)
        return everybody.ask(asked, *details)

    return asked
