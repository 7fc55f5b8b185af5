# task: e16.3
# diagnosis: fewer-at-once
# state: partly done
import inspect
from functools import partial

from anyio import CapacityLimiter, to_thread


def in_its_lane(function):
    if inspect.iscoroutinefunction(function):
        return function

    ten = CapacityLimiter(10)

    async def run(**values):
        return await to_thread.run_sync(partial(function, **values), limiter=ten)

    return run
