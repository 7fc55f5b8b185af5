"""Worker processes that live as long as a notebook's event loop.

AnyIO ends its worker processes together with the loop's main task. A notebook kernel's loop has none: it runs for ever,
and every cell and every request is a task of its own. There AnyIO takes whoever first asks for a process for the main
task; and once that request is answered, the processes die under those that follow.
"""

from __future__ import annotations

import asyncio

import anyio

from fwlab.lab.clock.actors import current_actor
from fwlab.lab.notebook import in_kernel
from fwlab.lab.serving.labelled_output import clean_context

_keepers: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}


def keep_processes() -> None:
    """In a notebook's kernel, see to it that the worker processes end when the running loop does, and not before.

    To be called before the first request; it starts no process. Elsewhere, and on a virtual clock, it does nothing.
    """
    loop = asyncio.get_running_loop()
    if not in_kernel() or current_actor() is not None or loop in _keepers:
        return
    _keepers[loop] = loop.create_task(_ask_in_vain(), name="fwlab-process-pool", context=clean_context())
    _keepers[loop].add_done_callback(lambda _: _keepers.pop(loop, None))


async def _ask_in_vain() -> None:
    """Be the first to ask for a process, and wait for it as long as the loop runs."""
    from anyio import to_process  # takes longer to load than all of this file

    never = anyio.CapacityLimiter(1)
    never.acquire_on_behalf_of_nowait(never)
    await to_process.run_sync(int, limiter=never)
