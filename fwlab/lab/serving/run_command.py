"""``fwlab run`` and ``fwlab dev``: the servers of the notebooks, from a terminal.

``run`` serves until it is stopped. ``dev`` watches the folder's Python files besides, and starts the workers anew when
one changes; the socket stays open, so that a browser that reloads too early waits and is not refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fwlab.lab.errors import ServeError
from fwlab.lab.serving.app_path import check_app_path
from fwlab.lab.serving.listening import LOOPBACK, listen
from fwlab.lab.serving.process_server import ProcessServer

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any


def run(path: str, *, host: str = LOOPBACK, port: int = 8000, workers: int = 1, reload: bool = False) -> bool:
    """Serve an application from worker processes until SIGINT (Ctrl+C) or SIGTERM comes.

    Args:
        path: of the application, ``"module:name"``; modules are looked for in the current folder first.
        host: a name or an address of this machine.
        port: the TCP port; 0 takes a free one.
        workers: how many processes.
        reload: whether to start them anew when a Python file in or below the current folder changes.

    Returns:
        Whether it was stopped; False where the workers died too often to go on.

    Raises:
        ServeError: the port is taken, or the application cannot be imported or does not start.
    """
    check_app_path(path)
    if os.name != "posix":
        raise ServeError("fwlab run and fwlab dev need Linux or macOS, where processes share a socket.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    return asyncio.run(_run(path, host, port, workers, reload))


async def _run(path: str, host: str, port: int, workers: int, reload: bool) -> bool:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = ProcessServer(
        path,
        path,
        listen(port, host=host, mend="Take another with --port; --port 0 is a free one"),
        workers,
        reloads=reload,
    )
    if not await _unless(stopped, server.start()):
        return True
    _say(
        f"{path} is served at {server.url} by {'a worker' if workers == 1 else f'{workers} workers'}. Ctrl+C stops it."
    )
    async with server:
        if reload:
            await _unless(stopped, _reload(server))
        else:
            await _unless(stopped, server.given_up())
    return stopped.is_set()


async def _reload(server: ProcessServer) -> None:
    import watchfiles

    folder = Path.cwd()
    async for changes in watchfiles.awatch(folder, watch_filter=watchfiles.PythonFilter()):
        changed = sorted({file.removeprefix(f"{folder}{os.sep}") for _, file in changes})
        _say(f"{', '.join(changed)} changed: the server starts anew.")
        try:
            await server.restart()
        except ServeError as error:
            _say(f"{error}\nRequests wait for the next change.")


async def _unless(stopped: asyncio.Event, coroutine: Coroutine[Any, Any, object]) -> bool:
    """Run a coroutine to its end, unless the stop comes first; tell whether it got there."""
    doing, stopping = asyncio.ensure_future(coroutine), asyncio.ensure_future(stopped.wait())
    await asyncio.wait([doing, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not doing.done():
        doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing
        return False
    doing.result()
    return True


def _say(text: str) -> None:
    print(f"fwlab: {text}", file=sys.stderr, flush=True)
