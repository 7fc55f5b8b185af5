# task: e16.3
# diagnosis: the-exception-is-kept
# state: partly done
import inspect
from functools import partial

from anyio import to_thread


def in_its_lane(function):
    if inspect.iscoroutinefunction(function):
        return function

    async def run(**values):
        try:
            return await to_thread.run_sync(partial(function, **values))
        except Exception as error:
            return str(error)

    return run
