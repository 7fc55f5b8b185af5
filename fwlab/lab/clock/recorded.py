"""Jobs where no thread can be started, as in a browser: run to the end at once, and then taken through time.

What a job demands does not depend on when its demands are met, as long as it talks to no other job. So its function is
called straight away, on a clock of its own, and what it demands is written down: sleep so long, compute so long. The
model then meets the demands one after the other, among those of everybody else, and its result comes when the last one
is met. The figures are those that threads give.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.actors import Actor, LoopActor, current_actor, name_of, set_current_actor

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordedJob(Actor):
    """A function that would run in a worker thread or process, if there were any.

    Args:
        loop: the loop that it works for.
        function: what to call.
        process: whose core it computes on.
    """

    def __init__(self, loop: LoopActor, function: Callable[[], Any], process: object) -> None:
        super().__init__(loop.machine, process)
        self._function = function
        self._began = loop.machine.now
        self._local = 0  # nanoseconds since then, on its own clock
        self._demands: deque[Callable[[], None]] = deque()
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[None] = self._loop.create_future()

    @property
    def now(self) -> int:
        """The time on its own clock, in nanoseconds."""
        return self._began + self._local

    async def result(self) -> Any:
        """Run the function, let its time pass, and return its result; its exceptions come through."""
        caller = current_actor()
        set_current_actor(self)
        value: Any = None
        error: BaseException | None = None
        try:
            value = self._function()
            self.settle()
        except BaseException as exception:
            error = exception
        finally:
            set_current_actor(caller)
        self.machine.sleep(self, 0)
        try:
            await self._done
        finally:
            self.machine.withdraw(self)
        if error is not None:
            raise error
        return value

    def sleep(self, nanoseconds: int) -> None:
        """Write down that it sleeps for so long."""
        self._local += nanoseconds
        self._demands.append(lambda: self.machine.sleep(self, nanoseconds))

    def compute(self, nanoseconds: int) -> None:
        """Write down that it computes for so long; on its own clock, as if it had a core to itself."""
        self.cpu += nanoseconds
        self._local += nanoseconds
        self._demands.append(lambda: self.machine.compute(self, nanoseconds))

    def resume(self) -> None:
        """Make the next demand, or be done."""
        if self._demands:
            self._demands.popleft()()
        elif not self._done.done():
            self._loop.call_soon_threadsafe(_set_done, self._done)

    def __str__(self) -> str:
        return f"the worker that runs {name_of(self._function)}"


def _set_done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
