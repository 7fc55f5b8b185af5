"""An explanation instead of a hang: a blocking call to a server that runs in the caller's own event loop.

``httpx.get(server.url)`` in a cell waits for an answer that only this thread's event loop can give, and the loop waits
for the cell. Python announces each socket's connect to audit hooks (PEP 578), so the call can be stopped at its first
step and explained.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from fwlab.lab.errors import ServeError

_loop_threads: dict[int, int] = {}  # port of a server in an event loop → the thread that runs this loop
_hook_added = False


def explain_blocking_calls(port: int) -> None:
    """From now on, a blocking connect from the current thread to ``127.0.0.1:port`` raises :class:`ServeError`."""
    global _hook_added
    _loop_threads[port] = threading.get_ident()
    if not _hook_added:
        sys.addaudithook(_on_event)  # an audit hook stays for the life of the process, so there is one for all servers
        _hook_added = True


def forget(port: int) -> None:
    """The server on this port has ended: leave calls to it alone."""
    _loop_threads.pop(port, None)


def thread_of(port: int) -> int | None:
    """Return the thread of this process whose event loop serves this port, if there is one."""
    return _loop_threads.get(port)


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _loop_threads:
        _on_connect(*arguments)


def _on_connect(sock: Any, address: Any) -> None:
    if not (isinstance(address, tuple) and len(address) >= 2 and address[0] in ("127.0.0.1", "localhost")):
        return
    if _loop_threads.get(address[1]) != threading.get_ident() or sock.gettimeout() == 0.0:
        return
    sock.close()  # the clients close it after an OSError only
    # Not an OSError: the clients take those for an address that does not answer, and try the next one.
    raise ServeError(
        f"This call would wait forever. The server on http://127.0.0.1:{address[1]} runs in the event loop of this "
        "very thread, and a blocking call keeps the loop from running: the server cannot answer until the call "
        "returns, and the call does not return until the server answers.\n"
        "Await the answer instead, which lets the loop run meanwhile:\n\n"
        f'    async with httpx.AsyncClient(base_url="http://127.0.0.1:{address[1]}") as client:\n'
        '        response = await client.get("/")\n\n'
        "or make the blocking call in another thread: await asyncio.to_thread(httpx.get, server.url)"
    )
