# task: e16.3
# diagnosis: fewer-at-once
import asyncio
import inspect
from functools import partial

from anyio import to_thread


def in_its_lane(function):
    if inspect.iscoroutinefunction(function):
        return function

    lock = asyncio.Lock()

    async def run(**values):
        async with lock:
            return await to_thread.run_sync(partial(function, **values))

    return run
