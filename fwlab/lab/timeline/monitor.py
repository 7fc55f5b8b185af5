"""Looks at loops from outside, in real time: at which line a long step is, and who else keeps a loop from turning.

A loop turns if what is put to it from another thread is called soon. Where it is not, either a step of a request is
running, or something that nobody follows: a notebook's cell, a task, a callback of a library. The monitor's thread
sends such *beats*, a few hundred a second while the loop is quiet, and looks at the loop's thread while one is late.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from fwlab.lab.timeline.loops import caller_of, loop_here
from fwlab.lab.timeline.recorder import weigh
from fwlab.lab.timeline.records import Other
from fwlab.lab.timeline.stacks import place_in_step, place_in_turn
from fwlab.places import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.timeline.recorder import Recorder

LONG_STEP = 0.01
"""Seconds after which the monitor starts to look at a step: shorter ones are not worth a line."""

LOOK_EVERY = 0.004
"""Seconds between two looks of the monitor, while somebody waits for what it will have seen."""


class Monitor:
    """A thread that looks on while a timeline is open.

    Args:
        recorder: where to write what it sees.
        look_every: seconds between two looks.
    """

    def __init__(self, recorder: Recorder, look_every: float = LOOK_EVERY) -> None:
        self._look_every = look_every
        self._views: list[Callable[..., None]] = []
        self._recorder = recorder
        self._pulses: dict[int, _Pulse] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fwlab-trace", daemon=True)

    def start(self) -> None:
        """Begin; with the loop that is running here, if one is."""
        self._recorder.on_new_loop = self._watch_loop
        self._watch_loop()
        if not self._recorder.is_virtual:
            with suppress(RuntimeError):  # where no thread can be started, as in a browser, nobody looks
                self._thread.start()

    def stop(self) -> None:
        """End, and keep what has not come to its end."""
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()
        pulse = self._pulses.get(threading.get_ident())
        if pulse is not None and pulse.loop is loop_here():  # we are called on that loop: it was held until now
            pulse.come()
        for view in self._views:
            view(last=True)

    def add_view(self, refresh: Callable[..., None]) -> None:
        """Have a live view refreshed after each look, and with ``last=True`` at the end."""
        if not self._done.is_set():
            self._views.append(refresh)

    def look(self) -> None:
        """Note the place of every step that is running for long, and of whoever else holds a loop."""
        recorder = self._recorder
        for thread, step in list(recorder.running.items()):
            if recorder.clock() - step.start < LONG_STEP:
                continue
            place = place_in_step(frame_of(thread))
            # Only if the loop has not gone on meanwhile, so that the stack was that of this step.
            if recorder.running.get(thread) is step and place is not None:
                weigh(step, place, self._look_every)
        for pulse in list(self._pulses.values()):
            pulse.look()

    def _watch(self) -> None:
        while not self._done.wait(self._look_every):
            self.look()
            for view in self._views.copy():
                try:
                    view()
                except Exception:  # whatever keeps a view from being shown, the timeline goes on
                    self._views.remove(view)
                    logging.getLogger("fwlab.lab").exception("The live view of a timeline cannot go on.")

    def _watch_loop(self) -> None:
        """Watch the loop that runs in the calling thread, if one does."""
        loop, thread = loop_here(), threading.get_ident()
        if loop is not None and not self._recorder.is_virtual:
            self._pulses[thread] = _Pulse(self._recorder, thread, loop, self._look_every)


class _Pulse:
    """The beats of one loop."""

    def __init__(self, recorder: Recorder, thread: int, loop: object, look_every: float) -> None:
        self._look_every = look_every
        self.loop = loop
        self._recorder = recorder
        self._thread = thread
        self._call = caller_of(loop)
        self._sent: float | None = None
        self._late: Other | None = None
        self._over = False

    def look(self) -> None:
        """Send a beat, or look at who holds back the one that was sent."""
        now, sent = self._recorder.clock(), self._sent
        if sent is None:
            if not self._over:
                self._sent = now
                try:
                    self._call(self.come)
                except RuntimeError:  # the loop is closed
                    self._over, self._sent = True, None
            return
        if now - sent < LONG_STEP or self._thread in self._recorder.running:
            return
        place = place_in_turn(frame_of(self._thread))
        if self._sent == sent and self._thread not in self._recorder.running:
            late = self._late
            if late is None:
                late = self._late = self._recorder.late[self._thread] = Other(sent, now, self._thread)
            if place is not None:
                weigh(late, place, self._look_every)

    def come(self) -> None:
        """The beat has come; called on the loop."""
        sent, late = self._sent, self._late
        self._sent = self._late = None
        self._recorder.late.pop(self._thread, None)
        if late is not None and sent is not None:
            late.end = self._recorder.clock()
            self._recorder.note_other(late)
