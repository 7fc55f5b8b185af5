# task: e16.3
# diagnosis: a-loop-of-its-own
import asyncio
import inspect

from anyio import to_thread


def in_its_lane(function):
    async def run(**values):
        def call():
            if inspect.iscoroutinefunction(function):
                return asyncio.run(function(**values))
            return function(**values)

        return await to_thread.run_sync(call)

    return run
