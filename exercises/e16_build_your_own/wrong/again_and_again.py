# task: e16.4
# diagnosis: twice-in-one-request
# state: partly done
import inspect
from contextlib import AsyncExitStack, asynccontextmanager


async def resolved(function):
    async with AsyncExitStack() as stack:
        return await result_of(function, {}, stack)


async def result_of(function, known, stack):
    values = {}
    for name, argument in inspect.signature(function).parameters.items():
        needed = argument.default.dependency
        values[name] = await result_of(needed, known, stack)
    if inspect.isasyncgenfunction(function):
        return await stack.enter_async_context(asynccontextmanager(function)(**values))
    return await function(**values)
