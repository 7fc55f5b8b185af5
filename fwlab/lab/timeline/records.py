"""What a timeline is made of: requests with their steps on the loop and their jobs elsewhere, and who else held it.

All times are seconds on one clock. Records are filled while things happen, by several threads, and read by others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.places import Place


@dataclass(slots=True)
class Step:
    """One uninterrupted stretch of a request on the loop.

    Attributes:
        request: whose it is.
        start, end: the end is ``None`` while it runs.
        loop: the identifier of the loop's thread.
        places: the lines that it was seen at, each with its weight: the seconds that it was there, about.
    """

    request: RequestRecord = field(repr=False)
    start: float
    loop: int
    end: float | None = None
    places: dict[Place, float] | None = field(default=None, repr=False)

    @property
    def seconds(self) -> float:
        """How long the step held the loop; 0 while it is still running."""
        return 0.0 if self.end is None else self.end - self.start

    @property
    def place(self) -> Place | None:
        """The line at which it was seen most."""
        return most_seen(self.places)


@dataclass(slots=True, eq=False)
class Job:
    """A function that a request runs in another lane.

    Attributes:
        lane: ``"thread"`` or ``"process"``.
        name: of the function.
        asked: when the request asked for it, on the loop.
        queued: whether no worker was to be had at that moment, so that it waited for a token.
        started, ended: when it ran in its worker; ``None`` before.
        cpu: seconds of processor time that it took in there; ``None`` where nobody can tell.
        worker: the thread's identifier, or the process's; ``None`` where nobody can tell.
        apart: whether a task of its own asked for it, and not the request's: where that task goes on is not seen.
        seen_inside: whether ``started`` and ``ended`` were read in the worker. Of another framework's threads only the
            loop's side is seen: there ``ended`` is when the loop took it back.
    """

    lane: Literal["thread", "process"]
    name: str
    asked: float
    queued: bool = False
    started: float | None = None
    ended: float | None = None
    cpu: float | None = None
    worker: int | None = None
    apart: bool = False
    seen_inside: bool = True

    @property
    def token_wait(self) -> float:
        """Seconds that it waited for a token."""
        return self.started - self.asked if self.queued and self.started is not None else 0.0


class RequestRecord:
    """What one HTTP request did; ``None`` where it has not come to that.

    Attributes:
        number: from 1, in order of arrival.
        method, path: of HTTP.
        start, end: when it came into the application and left it.
        sent: when ``load`` sent it; ``None`` for what others send.
        client: its address and port, where the server says so.
        status: of the answer.
        responded: when its answer began.
        answered: when the last piece of its answer was handed to the server; what comes until ``end`` is done after.
        steps: its stretches on the loop, in order.
        jobs: what it did in threads and processes, in the order in which it asked.
    """

    # What a short request never changes stands here, and costs it nothing.
    start: float = 0.0
    end: float | None = None
    client: Sequence[Any] | None = None
    status: int | None = None
    responded: float | None = None
    answered: float | None = None
    jobs: Sequence[Job] = ()

    def __init__(self, number: int, method: str, path: str, sent: float | None) -> None:
        self.number = number
        self.method = method
        self.path = path
        self.sent = sent
        self.steps: list[Step] = []

    @property
    def begin(self) -> float:
        """When it was sent, or else when it came into the application."""
        return self.start if self.sent is None else min(self.sent, self.start)

    @property
    def on_loop(self) -> float:
        """Seconds that all its steps took together."""
        return sum(step.seconds for step in self.steps)

    @property
    def token_wait(self) -> float:
        """Seconds that its jobs waited for a thread token, all together."""
        return sum(job.token_wait for job in self.jobs if job.lane == "thread")

    def __str__(self) -> str:
        return f"request {self.number} ({self.method} {self.path})"


@dataclass(slots=True, eq=False)
class Other:
    """A stretch in which something held the loop that is no step of a request: a cell, a task, a library.

    Attributes:
        start, end: when.
        loop: the identifier of the loop's thread.
        places: as in :class:`Step`.
    """

    start: float
    end: float
    loop: int
    places: dict[Place, float] | None = None

    @property
    def place(self) -> Place | None:
        """The line at which it was seen most."""
        return most_seen(self.places)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which the loop was busy.

    Attributes:
        start, end: when.
        request: whose step it was; ``None`` where it was none of a request.
        place: the line at which it was seen most; ``None`` where nobody looked, as at short ones.
        loop: the identifier of the loop's thread.
    """

    start: float
    end: float
    request: RequestRecord | None
    place: Place | None
    loop: int

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.end - self.start


def most_seen(places: dict[Place, float] | None) -> Place | None:
    """Return the place with the largest weight."""
    return max(places, key=places.__getitem__) if places else None
