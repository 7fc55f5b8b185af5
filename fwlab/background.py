"""Work that begins when the response has been sent, and is still part of its request.

Nobody waits for it: not the client. But the request's clean-up does, and so does the server's shut-down.
"""

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

from fwlab.concurrency import run_in_own_lane

P = ParamSpec("P")


class BackgroundTask:
    """One function to call after the response, in its lane: ``async def`` on the loop, ``def`` in a worker thread."""

    def __init__(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        self.func, self.args, self.kwargs = func, args, kwargs

    async def __call__(self) -> None:
        """Run it."""
        await run_in_own_lane(self.func, *self.args, **self.kwargs)


class BackgroundTasks(BackgroundTask):
    """Several, one after the other; a handler that annotates an argument with this class gets an empty one.

    Example:
        >>> from fwlab import App, BackgroundTasks
        >>> app = App()
        >>> @app.post("/orders")
        ... async def order(tasks: BackgroundTasks):
        ...     tasks.add_task(print, "cook it")
    """

    def __init__(self, tasks: Sequence[BackgroundTask] | None = None) -> None:
        self.tasks = list(tasks or ())

    def add_task(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        """Add a function and its arguments."""
        self.tasks.append(BackgroundTask(func, *args, **kwargs))

    async def __call__(self) -> None:
        """Run them in their order; one that raises ends the row."""
        for task in self.tasks:
            await task()
