"""The socket that a server listens on: bound before anything starts, so that a busy port is an error with a mend."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

from fwlab.lab.errors import ServeError

LOOPBACK = "127.0.0.1"
_BACKLOG = 2048  # connections that may wait to be accepted, as uvicorn has it


_MEND = "Leave `port` out to get a free one"


def listen(port: int, *, host: str = LOOPBACK, or_any: bool = False, mend: str = _MEND) -> socket.socket:
    """Listen for TCP connections.

    Args:
        port: its number; 0 takes a free one.
        host: a name or an address of this machine, IPv4 or IPv6.
        or_any: take a free port where this one is taken.
        mend: what a person can do when the port cannot be used.

    Raises:
        ServeError: the host is none of this machine's, or the port cannot be used.
    """
    family, address = _address_of(host, port)
    # IPPROTO_TCP written out: asyncio sets TCP_NODELAY only where it sees it, and without TCP_NODELAY each answer on a
    # kept connection waits 40 ms for the client's acknowledgement (Nagle's algorithm against delayed ACK).
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere it would share a port that is in use
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if or_any:
            return listen(0, host=host)
        raise ServeError(_why_not(host, port, error, mend)) from None
    sock.setblocking(False)
    return sock


def url_of(sock: socket.socket) -> str:
    """Return the address of a listening socket: ``"http://127.0.0.1:8000"``."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address_of(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):  # the name is unknown, or cannot be one
        raise ServeError(f"The host {host!r} is unknown. {LOOPBACK} is this machine, for this machine only.") from None
    family, _, _, _, address = found[0]
    return family, address


def _why_not(host: str, port: int, error: OSError, mend: str) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return f"The host {host!r} is no address of this machine; {LOOPBACK} is one."
    if error.errno != errno.EADDRINUSE:
        return f"Port {port} cannot be used: {error.strerror}. {mend}."
    return f"Port {port} is taken by another program. {mend}, or stop that program."
