"""Meeting: all together is seen, one after the other is seen, and nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fwlab.grading import Rendezvous, rendezvous


@pytest.mark.parametrize("expected", [1, 2, 10])
def test_callers_that_come_together_meet(expected):
    meeting = Rendezvous(expected)
    with ThreadPoolExecutor(expected) as threads:
        list(threads.map(lambda _: meeting.wait(), range(expected)))
    assert meeting.most_at_once == expected


def test_callers_that_come_one_after_the_other_do_not(monkeypatch):
    monkeypatch.setattr(rendezvous, "_PATIENCE", 3)
    meeting = Rendezvous(expected=3)
    with ThreadPoolExecutor(1) as thread:
        list(thread.map(lambda _: meeting.wait(), range(3)))
    assert meeting.most_at_once == 1


def test_of_those_who_queue_as_many_meet_as_are_let_in(monkeypatch):
    monkeypatch.setattr(rendezvous, "_PATIENCE", 20)
    meeting = Rendezvous(expected=5)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: meeting.wait(), range(5)))
    assert meeting.most_at_once == 3


def test_patience_begins_anew_with_each_arrival(monkeypatch):
    """The first would have lost patience long before the last comes, were it counted from its own arrival."""
    monkeypatch.setattr(rendezvous, "_PATIENCE", 50)
    meeting = Rendezvous(expected=4)
    threads = [threading.Thread(target=meeting.wait) for _ in range(4)]
    for thread in threads:
        thread.start()
        threading.Event().wait(20 * rendezvous._TURN)
    for thread in threads:
        thread.join()
    assert meeting.most_at_once == 4


def test_a_caller_in_the_loops_thread_is_alone():
    meeting = Rendezvous(expected=2)
    meeting.wait()
    meeting.wait()
    assert meeting.most_at_once == 1
