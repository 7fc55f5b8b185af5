# task: e16.4
# diagnosis: only-the-first-level
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
            known[needed] = await one_level(needed, stack)
        values[name] = known[needed]
    if inspect.isasyncgenfunction(function):
        return await stack.enter_async_context(asynccontextmanager(function)(**values))
    return await function(**values)


async def one_level(function, stack):
    if inspect.isasyncgenfunction(function):
        return await stack.enter_async_context(asynccontextmanager(function)())
    return await function()
