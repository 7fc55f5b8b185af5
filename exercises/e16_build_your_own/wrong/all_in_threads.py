# task: e16.3
# diagnosis: a-coroutine-out-of-a-thread
import inspect
from functools import partial

from anyio import to_thread


def in_its_lane(function):
    async def run(**values):
        return await to_thread.run_sync(partial(function, **values))

    return run
