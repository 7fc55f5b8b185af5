"""A limit on time: results and errors come through, what does not end is ended, and its line is told."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from fwlab.grading import timelimit
from fwlab.grading.timelimit import OutOfTimeError, is_limited, waits_at, within
from fwlab.places import Place

from .conftest import run_cell

# The exception that ends a thread may strike in a callback of the garbage collector (hypothesis has one), which cannot
# pass it on; the next attempt ends the thread.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_result_comes_through():
    assert within(60, lambda: "done") == "done"


def test_an_exception_comes_through():
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0)


def test_code_knows_that_it_is_limited():
    assert within(60, is_limited) is True
    assert is_limited() is False


def test_a_loop_that_never_ends_is_ended_and_its_line_told():
    ended = threading.Event()

    def forever():
        try:
            while True:
                pass
        finally:
            ended.set()

    with pytest.raises(OutOfTimeError) as error:
        within(0.1, forever)
    assert error.value.stopped
    assert error.value.seconds == 0.1
    assert error.value.place.function == "forever"
    assert ended.is_set()


def test_code_that_waits_may_say_where(monkeypatch):
    here, gate = Place("shop.py", 3, "stock"), threading.Event()

    def wait():
        waits_at(lambda: here)
        gate.wait()

    monkeypatch.setattr(timelimit, "users_place", lambda places: None)  # as if no thread were in the user's code
    with pytest.raises(OutOfTimeError) as error:
        within(0.1, wait)
    gate.set()
    assert error.value.place is here


def test_outside_of_a_limit_nobody_asks_where_code_waits():
    waits_at(lambda: pytest.fail("nobody asks"))


def test_a_thread_that_the_code_started_is_ended_too():
    started = []

    def forever():
        try:
            while True:
                pass
        except SystemExit:
            started.append("ended")

    def start_one():
        thread = threading.Thread(target=forever)
        thread.start()
        thread.join()

    with pytest.raises(OutOfTimeError) as error:
        within(0.1, start_one)
    assert error.value.stopped
    assert started == ["ended"]


def test_an_interrupt_ends_the_code():
    """A learner who presses stop while a check runs: the exception arrives in the thread that waits."""
    running, ended = threading.Event(), threading.Event()

    def forever():
        running.set()
        try:
            while True:
                pass
        finally:
            ended.set()

    def impatient_join(thread, timeout):
        running.wait()
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelimit._LimitedThread, "join", impatient_join)
        with pytest.raises(KeyboardInterrupt):
            within(60, forever)
    assert ended.is_set()


def test_what_cannot_be_ended_does_not_stop_a_traced_process():
    """Under a debugger or coverage, Python 3.11 hangs while an exception is pending for a thread that waits in C."""
    script = """
import sys, threading
from fwlab.grading import timelimit
from fwlab.grading.timelimit import OutOfTimeError, within
gate = threading.Event()
sys.settrace(lambda *_: None)
try:
    within(0.1, gate.wait)
except OutOfTimeError as error:
    print("stopped:", error.stopped)
gate.set()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "stopped: False\n"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_a_function_has_started_and_left_end_with_it():
    namespace = run_cell(
        "import threading\nimport time\n\n\ndef stay():\n    while True:\n        time.sleep(0.001)\n\n\n"
        "def leave():\n    thread = threading.Thread(target=stay, daemon=True)\n    thread.start()\n    return thread\n"
    )
    assert not within(10, namespace["leave"]).is_alive()
