# task: e16.3
import asyncio
import functools
import inspect
from concurrent.futures import ThreadPoolExecutor


class InItsLane:
    """With asyncio alone: an executor of forty threads, which all of them share."""

    threads = ThreadPoolExecutor(40)

    def __init__(self, function):
        self.function = function

    async def __call__(self, **values):
        if inspect.iscoroutinefunction(self.function):
            return await self.function(**values)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, functools.partial(self.function, **values))


def in_its_lane(function):
    return InItsLane(function)
