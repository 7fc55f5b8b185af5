"""httpx's API over plain asyncio connections: a transport cheap enough to measure with.

httpx's own pool looks at every connection for every request, and its cost grows with the square of the number of users:
measured at 100 users (2 cores, server in another process), it reads a handler of 50 ms as 774 ms, this one as 55 ms.
Here a request takes the connection that was used last, or opens one, and its cost does not depend on their number.
"""

from __future__ import annotations

import asyncio

import httpx

from fwlab.lab.loading.connection import Connection

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.2

_Origin = tuple[str, int]


class DirectTransport(httpx.AsyncBaseTransport):
    """A transport for :class:`httpx.AsyncClient` without limits on connections: each request in flight has its own.

    It speaks HTTP/1.1 over TCP, without TLS and proxies, and keeps idle connections for the next request. Where the
    server has closed such a connection in the meantime, a request of an idempotent method is sent once more on a fresh
    one, as RFC 9112, section 9.3.1, allows. Timeouts are httpx's: ``connect``, ``read`` and ``write``, in seconds.

    Example::

        async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
            response = await client.get("/burgers/2")
    """

    def __init__(self) -> None:
        self._idle: dict[_Origin, list[Connection]] = {}
        self._open: set[Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, and return its answer with the body still to be read."""
        if request.url.scheme != "http":
            raise httpx.UnsupportedProtocol(
                f"DirectTransport speaks http:// only, and this is {str(request.url)!r}; "
                "for https:// use httpx.AsyncClient() as it is."
            )
        origin = request.url.host, request.url.port or 80
        kept = self._take_idle(origin)
        if kept is not None:
            try:
                return await kept.exchange(request)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if kept.heard or not _may_be_repeated(request):
                    raise
        fresh = await self._connect(origin, request.extensions.get("timeout", {}).get("connect"))
        return await fresh.exchange(request)

    async def aclose(self) -> None:
        """Close every connection, those in use too, and return when their sockets are closed."""
        connections = list(self._open)
        for connection in connections:
            connection.abort()
        if connections:
            await asyncio.wait([connection.lost for connection in connections])

    def _take_idle(self, origin: _Origin) -> Connection | None:
        kept = self._idle.get(origin, [])
        while kept:
            connection = kept.pop()  # the one used last, for it is the least likely to have been closed
            if connection.usable:
                return connection
        return None

    async def _connect(self, origin: _Origin, timeout: float | None) -> Connection:
        idle = self._idle.setdefault(origin, [])
        try:
            async with asyncio.timeout(timeout):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(on_idle=idle.append, on_lost=self._open.discard), *origin
                )
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection to {origin[0]}:{origin[1]} within {timeout} s") from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        self._open.add(connection)
        return connection


def _may_be_repeated(request: httpx.Request) -> bool:
    return request.method in _IDEMPOTENT and isinstance(request.stream, httpx.ByteStream)
