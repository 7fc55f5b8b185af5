# task: e16.4
# diagnosis: cleaned-up-too-early
import inspect
from contextlib import AsyncExitStack, asynccontextmanager


async def resolved(function):
    async with AsyncExitStack() as stack:
        return await result_of(function, {}, stack)


async def result_of(function, known, stack):
    values = {}
    for name, argument in inspect.signature(function).parameters.items():
        needed = argument.default.dependency
        if needed not in known:
            known[needed] = await result_of(needed, known, stack)
        values[name] = known[needed]
    if inspect.isasyncgenfunction(function):
        async with asynccontextmanager(function)(**values) as result:
            return result
    return await function(**values)
