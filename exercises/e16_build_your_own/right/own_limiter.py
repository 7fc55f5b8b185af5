# task: e16.3
from inspect import iscoroutinefunction

import anyio

limiter = None


def in_its_lane(function):
    async def run(**values):
        global limiter
        if iscoroutinefunction(function):
            return await function(**values)
        limiter = limiter or anyio.CapacityLimiter(40)
        return await anyio.to_thread.run_sync(lambda: function(**values), limiter=limiter)

    return run
