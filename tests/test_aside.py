"""Work done by another process: its answer, what it raises, and a child that has ended."""

import math
import os
import time
from collections.abc import Iterator

import pytest

from pages._ui.aside import Child


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.stop()


def test_another_process_answers_one_question_after_the_other(child):
    assert child.ask(os.getpid, ()) != os.getpid()
    assert child.ask(math.hypot, (3.0, 4.0)) == 5.0


def test_what_the_work_raises_is_raised_here_and_the_child_goes_on(child):
    with pytest.raises(ValueError, match="math domain"):
        child.ask(math.sqrt, (-1.0,))

    assert child.ask(math.sqrt, (9.0,)) == 3.0


def test_what_is_printed_does_not_come_between_the_answers(child):
    assert child.ask(os.system, ("echo loud",)) == 0
    assert child.ask(math.sqrt, (4.0,)) == 2.0


def test_a_child_that_was_ended_is_told(child):
    with pytest.raises((EOFError, BrokenPipeError)):
        child.ask(os._exit, (1,))
        time.sleep(0.1)
