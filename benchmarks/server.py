"""A server for one app, in a process of its own: ``python -m benchmarks.server fwlab``.

The same uvicorn for all, with uvloop and httptools where they are installed. It prints its port, and for each line on
its standard input the seconds of CPU it has used so far; it ends when its input does, so no crash of the suite leaves
one behind.
"""

from __future__ import annotations

import socket
import sys
import threading
import time

import uvicorn

from benchmarks.apps import load_app


def main(name: str) -> None:
    """Serve the app of that name on a free port of 127.0.0.1."""
    app, _ = load_app(name)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio looks at the protocol
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    threading.Thread(target=_obey, args=(server,), daemon=True).start()
    print(listening.getsockname()[1], flush=True)
    server.run(sockets=[listening])


def _obey(server: uvicorn.Server) -> None:
    for _ in sys.stdin:
        print(time.process_time(), flush=True)
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1])
