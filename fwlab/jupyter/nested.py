"""Blocking calls inside the kernel's running loop, for those who ask for them.

A notebook's event loop is running while a cell runs, and an asyncio loop refuses to be run a second time. nest-asyncio
lifts that refusal by replacing parts of asyncio.
"""

from __future__ import annotations

import asyncio
import sys

from fwlab.exceptions import FwlabError


def allow_nested_run() -> None:
    """Let ``asyncio.run(...)`` and ``loop.run_until_complete(...)`` work in the cells of this kernel.

    Prefer ``await``: a cell may await at its top level, and while it does, everything else on the loop goes on. Call
    this only for code that you cannot change and that calls ``asyncio.run`` itself. What it costs: every task of the
    kernel becomes a slower one written in Python, nested runs end last in, first out (an outer one waits for the inner
    one, whoever is done first), and the change cannot be taken back before the kernel is restarted. ``anyio.run`` and
    ``asyncio.Runner`` are still refused.

    The work is done by `nest-asyncio <https://github.com/erdewit/nest_asyncio>`_, which is no longer maintained.

    Raises:
        FwlabError: where no loop is running, so that there is nothing to nest in; on Python 3.14 and newer, where
            nest-asyncio breaks ``asyncio.current_task``; and on a loop that is not asyncio's own (uvloop's).

    Example:
        In a notebook::

            from fwlab.jupyter import allow_nested_run
            allow_nested_run()
            asyncio.run(asyncio.sleep(0.1))  # without it: "cannot be called from a running event loop"
    """
    if sys.version_info >= (3, 14):
        raise FwlabError(
            "nest-asyncio breaks asyncio.current_task on Python 3.14 and newer: write `await ...` instead."
        )
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise FwlabError("no event loop is running here: asyncio.run(...) works as it is.") from None
    if not isinstance(loop, asyncio.BaseEventLoop):
        raise FwlabError(
            f"nest-asyncio knows asyncio's own loops, not {type(loop).__name__}: write `await ...` instead."
        )

    import nest_asyncio

    nest_asyncio.apply(loop)
