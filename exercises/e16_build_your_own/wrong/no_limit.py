# task: e16.3
# diagnosis: a-thread-for-each
# state: partly done
import inspect
from functools import partial

from anyio import CapacityLimiter, to_thread


def in_its_lane(function):
    if inspect.iscoroutinefunction(function):
        return function

    async def run(**values):
        return await to_thread.run_sync(partial(function, **values), limiter=CapacityLimiter(1))

    return run
