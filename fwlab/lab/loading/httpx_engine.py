"""The httpx engine: each request is sent by an ``httpx.AsyncClient``, in a task of its own.

It costs several times what the raw engine does, and reaches what httpx reaches: an application in memory, or a client
of the learner's own with its headers, its cookies and its transport.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx

from fwlab.concurrency import in_steps
from fwlab.lab.loading.engine import INTERRUPTED, TIMEOUT, http_error
from fwlab.lab.loading.memory import MOMENTS
from fwlab.lab.timeline.sent_at import note_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.loading.engine import Row
    from fwlab.lab.loading.memory import Moments
    from fwlab.lab.loading.prepared import Prepared


class HttpxEngine:
    """Sends requests through a client, which it leaves open.

    Args:
        client: what sends them; redirects are not followed, whatever it would do by itself.
        timeout: seconds that an exchange may take, connecting included.
        count_cpu: whether to count its processor time apart from that of others on its event loop.
    """

    def __init__(self, client: httpx.AsyncClient, timeout: float, *, count_cpu: bool = False) -> None:
        self.report: Callable[[Row], None] = _nobody_listens
        self.refused = ""
        self.cpu = 0.0
        self._count_cpu = count_cpu
        self._client = client
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, user: int, prepared: Prepared, intended: float, ready: float) -> None:
        """Send a request for a user."""
        exchange = self._counted if self._count_cpu else self._exchange
        task = self._loop.create_task(exchange(user, prepared, intended, ready))
        self._tasks.add(task)

        def forget(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled():  # before its first step; a later cancellation is reported there
                now = self._loop.time()
                self.report((intended, now, None, None, None, INTERRUPTED, user, prepared.name))

        task.add_done_callback(forget)

    async def close(self) -> None:
        """Break off what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
            await asyncio.sleep(0)  # their callbacks report

    async def _counted(self, user: int, prepared: Prepared, intended: float, ready: float) -> None:
        await in_steps(self._exchange(user, prepared, intended, ready), time.thread_time, self._add)

    def _add(self, began: float) -> None:
        self.cpu += time.thread_time() - began

    async def _exchange(self, user: int, prepared: Prepared, intended: float, ready: float) -> None:
        clock = self._loop.time
        first_byte = done = status = error = None
        sent = clock()
        note_task()
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                response = await self._client.send(prepared.request, stream=True, follow_redirects=False)
                first_byte, status = clock(), response.status_code
                moments: Moments | None = response.extensions.get(MOMENTS)
                try:
                    async for _ in response.aiter_raw():
                        pass
                finally:
                    await response.aclose()
                done = clock()
                if moments is not None:
                    # Its users are elsewhere: they send when it is time, and have an answer when it has left the
                    # application, also while a handler holds the loop that plays them.
                    sent, first_byte, done = ready, moments.first_byte, moments.done
                error = http_error(status)
        except asyncio.CancelledError:
            error = INTERRUPTED
        except Exception as failure:  # whatever it is, it is what came of this request
            error = TIMEOUT if limit.expired() else type(failure).__name__
            self.refused = str(failure)
        self.report((intended, sent, first_byte, done, status, error, user, prepared.name))


def _nobody_listens(exchange: Row) -> None:
    raise RuntimeError(f"{exchange} ended before the engine was told whom to report to")
