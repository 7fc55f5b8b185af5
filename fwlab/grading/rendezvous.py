"""Where blocking calls meet: the proof that several of them were under way at the same time, without a stopwatch.

A stopwatch says "fast" or "slow", and on a busy machine it lies. Calls that wait *for each other* are a fact: either
all of them were there at one moment, or somebody had to leave without the others.
"""

from __future__ import annotations

import threading
import time

_TURN = 0.01  # seconds
_PATIENCE = 100  # turns of the waiting thread: on a busy machine these are longer, for it and for those who are to come
_HOLD = 0.2  # seconds: long enough for the timeline to see who holds the loop, and once is enough


class Rendezvous:
    """A wait that ends when the expected number of callers is there, or when nobody else comes.

    A caller in the thread that made the rendezvous, the one of the experiment's event loop, is not kept for long: while
    it is there, the loop stands still and can bring nobody else.

    Args:
        expected: how many callers are to meet.

    Example:
        >>> meeting = Rendezvous(expected=2)
        >>> other = threading.Thread(target=meeting.wait)
        >>> other.start(); threading.Thread(target=meeting.wait).start(); other.join()
        >>> meeting.most_at_once
        2
    """

    def __init__(self, expected: int) -> None:
        self.most_at_once = 0
        """The most callers that were there at one moment."""
        self._expected = expected
        self._loop_thread = threading.get_ident()
        self._here = 0
        self._arrivals = 0
        self._over = False
        self._held = False
        self._changed = threading.Condition()

    def wait(self) -> None:
        """Wait for the others; to be called by the code that an experiment makes blocking."""
        on_the_loop = threading.get_ident() == self._loop_thread
        with self._changed:
            self._here += 1
            self._arrivals += 1
            self.most_at_once = max(self.most_at_once, self._here)
            self._over = self._over or self._here >= self._expected
            self._changed.notify_all()
            if not on_the_loop:
                self._wait_for_others()
        if on_the_loop and not self._held:
            self._held = True
            time.sleep(_HOLD)
        with self._changed:
            self._here -= 1

    def _wait_for_others(self) -> None:
        turns, arrivals = 0, self._arrivals
        while not self._over:
            notified = self._changed.wait(_TURN)
            turns += not notified
            if self._arrivals != arrivals:
                turns, arrivals = 0, self._arrivals
            if turns >= _PATIENCE:
                self._over = True
                self._changed.notify_all()
