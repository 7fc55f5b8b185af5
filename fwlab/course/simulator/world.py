"""A world of customers who all come at once and want the same; what happens in it is run in virtual time."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import anyio

from fwlab import App
from fwlab.course import CourseError
from fwlab.lab import burn, load, trace, virtual
from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from fwlab.lab import Timeline

HANDLERS = {
    "pauses": "async def, which awaits",
    "blocks": "async def, which blocks",
    "thread": "def",
    "process": "def, run_in='process'",
}
"""The ways to write the handler, and what stands in the code then."""

RANGES = {"users": (1, 20), "wait": (0, 500), "work": (0, 100), "threads": (1, 40), "cores": (1, 8)}
"""The least and the most that each number may be."""


@dataclass(frozen=True)
class World:
    """What can be turned, and what comes of it.

    Attributes:
        handler: how it is written: ``"pauses"``, ``"blocks"``, ``"thread"`` or ``"process"``.
        users: customers who come at the same moment.
        wait: milliseconds that each request waits, for a bank, say.
        work: milliseconds of computing before that.
        threads: tokens of the worker threads' limiter.
        cores: of the processor; as many worker processes can be at work.

    Raises:
        CourseError: something is not in its range.

    Example:
        >>> World("thread", users=10, wait=500, work=0, threads=4).says
        '10 customers (def): the first has an answer after 500 ms, the last after 1500 ms.'
    """

    handler: str = "thread"
    users: int = 8
    wait: int = 100
    work: int = 20
    threads: int = 40
    cores: int = 2

    def __post_init__(self) -> None:
        if self.handler not in HANDLERS:
            known = ", ".join(f'"{handler}"' for handler in HANDLERS)
            raise CourseError(f"A handler is one of {known}, and not {self.handler!r}.")
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise CourseError(f"{name} is a whole number from {least} to {most}, and not {value!r}.")

    @classmethod
    def of(cls, told: object) -> World:
        """Make it of plain data, such as comes from a page; what is missing is as by default.

        Raises:
            CourseError: it is no such data.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(told, dict) or not set(told) <= names:
            raise CourseError(f"A world has {', '.join(sorted(names))}, and this is {told!r}.")
        return cls(**told)

    @cached_property
    def timeline(self) -> Timeline:
        """What each customer's request did, from beginning to end."""
        app = App()
        wait, work = self.wait / 1000, self.work / 1000

        def block() -> None:
            burn(work)
            time.sleep(wait)

        async def pause() -> None:
            burn(work)
            await anyio.sleep(wait)

        async def block_the_loop() -> None:
            block()

        handlers = {"pauses": pause, "blocks": block_the_loop, "thread": block, "process": block}
        app.get("/order", run_in="process" if self.handler == "process" else None)(handlers[self.handler])

        async def rush() -> Timeline:
            anyio.to_thread.current_default_thread_limiter().total_tokens = self.threads
            with trace(app) as timeline:
                await load(app, "/order", users=self.users, requests=self.users, warmup=0)
            return timeline

        return virtual(rush, cores=self.cores)

    @property
    def says(self) -> str:
        """When the first and the last customer have an answer."""
        ends = [request.end for request in self.timeline.requests if request.end is not None]
        first, last = (f"{round(1000 * (end - self.timeline.origin), 3):g} ms" for end in (min(ends), max(ends)))
        customers = count_text(self.users, "customer")
        who = f"{customers} ({HANDLERS[self.handler]})"
        if first == last:
            return f"{who}: {'the answer is' if self.users == 1 else 'all answers are'} there after {last}."
        return f"{who}: the first has an answer after {first}, the last after {last}."
