# task: e16.4
# diagnosis: kept-for-the-next-request
# state: partly done
import inspect
from contextlib import AsyncExitStack, asynccontextmanager

known = {}


async def resolved(function):
    async with AsyncExitStack() as stack:
        return await result_of(function, stack)


async def result_of(function, stack):
    values = {}
    for name, argument in inspect.signature(function).parameters.items():
        needed = argument.default.dependency
        if needed not in known:
            known[needed] = await result_of(needed, stack)
        values[name] = known[needed]
    if inspect.isasyncgenfunction(function):
        return await stack.enter_async_context(asynccontextmanager(function)(**values))
    return await function(**values)
