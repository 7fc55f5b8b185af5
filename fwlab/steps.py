"""A coroutine step by step: from one ``await`` that really waits to the next, with somebody who looks at each step.

While one step runs, nothing else on its event loop does. So whoever knows when each step begins and ends knows who
held the loop. This uses the coroutine protocol alone, and works on asyncio, uvloop and trio.
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

T = TypeVar("T")
Token = TypeVar("Token")


@types.coroutine
def in_steps(work: Awaitable[T], enter: Callable[[], Token], leave: Callable[[Token], None]) -> Generator[Any, Any, T]:
    """Run a coroutine exactly as ``await`` does; to be awaited itself.

    Args:
        work: the coroutine, or what else can be awaited.
        enter: called before each step.
        leave: called after each step, with what ``enter`` returned.

    Example:
        >>> import asyncio
        >>> async def handler():
        ...     await asyncio.sleep(0)
        ...     return "done"
        >>> steps = []
        >>> async def run(): return await in_steps(handler(), lambda: len(steps), steps.append)
        >>> asyncio.run(run()), steps
        ('done', [0, 1])
    """
    coroutine = work.__await__()
    resume: Any = coroutine.send
    value: Any = None
    while True:
        token = enter()
        try:
            awaited = resume(value)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            leave(token)
        try:
            value = yield awaited
            resume = coroutine.send
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:
            value, resume = error, coroutine.throw
