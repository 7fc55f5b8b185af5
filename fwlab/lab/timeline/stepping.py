"""A request's coroutine, run step by step with a clock beside it.

This is :func:`fwlab.concurrency.in_steps`, written out with what is to be done at each step in its place: it runs for
every request that is traced, and two calls a step would be most of what tracing may cost.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from fwlab.lab.timeline.records import Step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from fwlab.lab.timeline.records import RequestRecord
    from fwlab.lab.timeline.tokens import Tokens


@types.coroutine
def stepped(
    work: Awaitable[None],
    request: RequestRecord,
    running: dict[int, Step],
    finished: list[Step],
    tokens: Tokens,
    clock: Callable[[], float],
) -> Generator[Any, Any, None]:
    """Run a coroutine exactly as ``await`` does, and write down each of its steps; to be awaited itself.

    Args:
        work: the coroutine.
        request: whose steps they are.
        running: the step that each thread is in.
        finished: where steps go when they are over.
        tokens: of the running event loop.
        clock: tells the seconds.
    """
    steps, thread, limiter = request.steps, tokens.thread, tokens.limiter
    coroutine = work.__await__()
    resume: Any = coroutine.send
    value: Any = None
    now = request.start = clock()
    while True:
        # An eager task takes its first step inside a step of the task that made it: only one of both is on the loop.
        interrupted = running.get(thread)
        if interrupted is not None:
            interrupted.end = now
            interrupted.request.steps.append(interrupted)
            finished.append(interrupted)
        running[thread] = Step(request, now, thread)
        if steps or (limiter is not None and limiter.available_tokens <= 0):
            tokens.step_begins(request, now)
        try:
            awaited = resume(value)
        except StopIteration:
            return
        finally:
            now = clock()
            step = running.pop(thread)
            step.end = now
            steps.append(step)
            finished.append(step)
            if interrupted is not None:
                running[thread] = Step(interrupted.request, now, thread)
        tokens.step_ends(request, now)
        try:
            value = yield awaited
            resume = coroutine.send
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:
            value, resume = error, coroutine.throw
        now = clock()
