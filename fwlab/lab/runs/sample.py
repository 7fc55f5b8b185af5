"""What is recorded of a load: each request with its times, and what sent them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. Times are seconds since the run began; ``None`` where the request never came so far.

    Attributes:
        intended: when it was due: when its user was ready to send it, or the schedule had it.
        sent: when the client began to send it; where there was no connection yet, when it began to connect.
        first_byte: when the head of the answer had come.
        done: when the whole answer had come.
        status: the answer's HTTP status.
        error: ``None``, or the kind of failure: ``"HTTP 500"``, ``"timeout"``, ``"interrupted"``, the name of httpx's
            exception, with either engine.
        user: which of the users sent it, from 0.
        warmup: whether it was sent before counting began.
        name: which of the load's requests it was: ``"GET /burgers"``.
    """

    intended: float
    sent: float
    first_byte: float | None
    done: float | None
    status: int | None
    error: str | None
    user: int
    warmup: bool
    name: str = ""

    @property
    def response_time(self) -> float | None:
        """Seconds from the moment it was due to the whole answer, as the user has waited."""
        return None if self.done is None else self.done - self.intended

    @property
    def service_time(self) -> float | None:
        """Seconds from the moment it was sent to the whole answer, as a client that is late counts them."""
        return None if self.done is None else self.done - self.sent

    @property
    def lateness(self) -> float:
        """Seconds from the moment it was due to the moment it was sent."""
        return self.sent - self.intended


@dataclass(frozen=True, slots=True)
class LoadGenerator:
    """What sent a run's requests, and what it used for it: a client that is busy measures itself.

    Attributes:
        engine: ``"httpx"`` or ``"raw"``.
        where: ``"loop"``, beside whatever else runs there, or ``"process"``.
        cpu: seconds of processor time that it took while requests were counted. Where it shares an event loop with the
            server, that is the time of its own steps, without what the loop spent on its sockets. ``None`` where nobody
            can tell, as in virtual time.
    """

    engine: str
    where: str
    cpu: float | None
