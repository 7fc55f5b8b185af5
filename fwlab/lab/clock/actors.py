"""Who runs on the machine: the event loop, and the jobs of worker threads and worker processes.

All of them are real code, and only one of them runs at a time: a *baton* goes from hand to hand. A job that sleeps or
computes hands it back and waits until the machine says that its time has come, so what happens, and in which order, is
the machine's doing alone, however busy the real one is.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.machine import Machine
from fwlab.places import frame_of, places_in, users_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_PATIENCE = 2.0  # real seconds in which whoever has the baton does something, or at least computes
_GLANCE = 0.1  # real seconds between two looks at it

_here = threading.local()


def current_actor() -> Actor | None:
    """Return the actor whose code this thread runs; ``None`` outside of virtual time."""
    return getattr(_here, "actor", None)


def set_current_actor(actor: Actor | None) -> None:
    """Say whose code this thread runs from now on."""
    _here.actor = actor


class Actor:
    """Who runs code on the machine; one at a time.

    Attributes:
        machine: the model; its clock is the actor's.
        process: whose core it computes on.
        cpu: nanoseconds that it has computed.
        debt: nanoseconds of metered work that it has still to answer for.
    """

    def __init__(self, machine: Machine, process: object) -> None:
        self.machine = machine
        self.process = process
        self.cpu = 0
        self.debt = 0

    @property
    def now(self) -> int:
        """The time for this actor, in nanoseconds."""
        return self.machine.now

    def resume(self) -> None:
        """Go on, a demand being met."""
        raise NotImplementedError

    def sleep(self, nanoseconds: int) -> None:
        """Do nothing for so long."""
        self.machine.sleep(self, nanoseconds)
        self.wait()

    def compute(self, nanoseconds: int) -> None:
        """Compute for so long, longer where a core is shared."""
        self.cpu += nanoseconds
        self.machine.compute(self, nanoseconds)
        self.wait()

    def settle(self) -> None:
        """Take the time for the work that was metered so far."""
        if self.debt:
            debt, self.debt = self.debt, 0
            self.compute(debt)

    def wait(self) -> None:
        """Wait until the demand that was made is met."""
        raise NotImplementedError


class RunOverError(BaseException):
    """Raised inside a job that still waits when its run is over, so that its thread can end."""


class LoopActor(Actor):
    """The event loop. Its thread also moves the clock: when the loop waits, or is held by code that does.

    Attributes:
        threads: whether worker threads can be had; without, jobs are recorded.
        holds: called with each stretch in which code held the loop: its start and end in nanoseconds, and its frame.
        jobs: those that have begun, or are about to.
        interrupted: set from outside to end the run.
        progress: grows while virtual time goes on: who looks from outside sees whether it does.
        waits_for_a_job: whether a job has the baton.
    """

    def __init__(self, machine: Machine, *, threads: bool) -> None:
        super().__init__(machine, "application")
        self.threads = threads
        self.holds: list[Callable[[int, int, FrameType | None], None]] = []
        self.jobs: set[Job] = set()
        self.interrupted = False
        self.progress = 0
        self.waits_for_a_job = False
        self._baton = threading.Semaphore(0)  # released by a job that hands it back
        self._going_on = False
        self.thread = threading.get_ident()
        self.cpu_clock = own_cpu_clock()

    def resume(self) -> None:
        """Let the code that holds the loop go on."""
        self._going_on = True

    def run_due(self) -> bool:
        """Let one actor go on whose time has come; return whether there was one."""
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt
        self.progress += 1
        actor = self.machine.pop_due()
        if actor is None:
            return False
        actor.resume()
        return True

    def hand_over(self, job: Job) -> None:
        """Give the baton to a job's thread and wait until it comes back.

        Raises:
            VirtualTimeError: it does not, for the thread waits for something that virtual time does not move.
        """
        self.waits_for_a_job = True
        job.turn.release()
        watch = None
        while not self._baton.acquire(timeout=_GLANCE):
            watch = watch or Watch(job.cpu_clock)
            if self.interrupted or watch.stalled():
                job.lost = True  # it still has the baton; nobody waits for it any more
                if self.interrupted:
                    raise KeyboardInterrupt
                raise VirtualTimeError(f"{str(job).capitalize()} {stuck_at(job.thread)}")
        self.waits_for_a_job = False

    def hand_back(self) -> None:
        """Return the baton; called in a job's thread."""
        self._baton.release()

    def wait(self) -> None:
        """Hold the loop until the demand is met, while jobs go on elsewhere."""
        began = self.machine.now
        self._going_on = False
        while not self._going_on:
            if not self.run_due():
                due = self.machine.next_time()
                assert due is not None  # our own demand is among them
                self.machine.advance(due)
        for listener in self.holds:
            listener(began, self.machine.now, frame_of(self.thread))

    def __str__(self) -> str:
        return "the event loop"


class Job(Actor):
    """A function that runs in a worker thread or, in the model, in a worker process.

    Args:
        loop: the loop that it works for.
        function: what to call.
        process: whose core it computes on.
    """

    def __init__(self, loop: LoopActor, function: Callable[[], Any], process: object) -> None:
        super().__init__(loop.machine, process)
        self.loop = loop
        self.turn = threading.Semaphore(0)
        self.thread: int | None = None
        self.cpu_clock: Callable[[], float] = lambda: 0.0
        self.done = False
        """Whether its function has returned, or raised; the loop is still to be told."""
        self.lost = False
        """Whether it has kept the baton, and is waited for no more."""
        self._function = function
        self._begun = self._over = False

    def start(self) -> None:
        """Be due now; its thread is about to call it, and waits for its turn."""
        self.loop.jobs.add(self)
        self.machine.sleep(self, 0)

    def withdraw(self) -> None:
        """Never begin: nobody waits for it any more. A job that has begun goes on."""
        if not self._begun:
            self._over = True
            self.machine.withdraw(self)
            self.loop.jobs.discard(self)
            self.turn.release()

    def __call__(self) -> Any:
        """Run the function in this thread, when the job's turn has come; :meth:`finished` gives the baton back."""
        self.thread, self.cpu_clock = threading.get_ident(), own_cpu_clock()
        self.turn.acquire()
        if self._over:
            return None
        self._begun = True
        set_current_actor(self)
        try:
            result = self._function()
            self.settle()
            return result
        finally:
            self.done = True

    def resume(self) -> None:
        """Let its thread go on, and wait until it makes the next demand or is finished."""
        self.loop.hand_over(self)

    def wait(self) -> None:
        """Hand the baton back, and wait for the next turn."""
        if self._over:
            raise RunOverError
        self.loop.hand_back()
        self.turn.acquire()
        if self._over:
            raise RunOverError

    def wake(self) -> None:
        """Be due now, after a :meth:`wait` without a demand."""
        self.machine.sleep(self, 0)

    def finished(self) -> None:
        """Be done, the loop knowing the result: hand the baton back for good; called in the job's thread."""
        set_current_actor(None)
        self.loop.jobs.discard(self)
        if not self._over and not self.lost:
            self.loop.hand_back()

    def end(self) -> None:
        """Make its thread end, where it still waits at the end of the run."""
        self._over = True
        self.turn.release()

    def __str__(self) -> str:
        return f"the worker that runs {name_of(self._function)}"


class Watch:
    """Looks at a thread from outside, every tenth of a second: does it still do anything?

    Its looks are counted, not the seconds. On a machine that is busy with other things, those who look get as few turns
    as the thread does, and wait for longer.

    Args:
        cpu_clock: the thread's own, from :func:`own_cpu_clock`.
    """

    def __init__(self, cpu_clock: Callable[[], float]) -> None:
        self._clock = cpu_clock
        self._cpu = cpu_clock()
        self._looks = 0

    def stalled(self) -> bool:
        """Look once more; tell whether the thread has not even computed for two real seconds of looks."""
        self._looks += 1
        cpu = self._clock()
        if cpu - self._cpu > 0.02 * _PATIENCE:
            self._cpu, self._looks = cpu, 0
        return self._looks * _GLANCE > _PATIENCE


def own_cpu_clock() -> Callable[[], float]:
    """Return a clock of the processor time that the calling thread takes, for others to read.

    The thread itself asks for it: to ask for that of a thread that has ended can crash the process. On a system without
    such clocks it stands still, and a thread that computes for long looks like one that waits.
    """
    try:
        clock = time.pthread_getcpuclockid(threading.get_ident())
    except (AttributeError, OSError):
        return lambda: 0.0

    def read() -> float:
        try:
            return time.clock_gettime(clock)
        except OSError:  # the thread has ended
            return 0.0

    return read


def stuck_at(thread: int | None) -> str:
    """Say where a thread waits for something real."""
    place = None if thread is None else users_place(places_in(frame_of(thread)))
    where = "is waiting" if place is None else f"is waiting at {place}"
    return (
        f"{where}, and nothing in virtual time can end that: it is a lock whose holder sleeps, a thread or process of "
        "your own, or real input. Virtual time moves sleeps, timeouts, worker threads and what runs on its own loop."
    )


def name_of(function: Any) -> str:
    """Return what messages call a function, looking through the wrappers around a handler."""
    while isinstance(function, partial):
        inner = [argument for argument in (*function.args, *function.keywords.values()) if callable(argument)]
        function = inner[0] if inner else function.func
    return getattr(function, "__qualname__", repr(function))
