"""What a load may be aimed at, and the httpx client that reaches it.

Four kinds of target become one kind of client here; the load itself knows only the client.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import httpx

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.client import DirectTransport
from fwlab.lab.loading.memory import AppTransport
from fwlab.lab.serving.server import Server
from fwlab.types import ASGIApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Target: TypeAlias = Server | str | httpx.AsyncClient | ASGIApp

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_MEMORY = "http://localhost"  # the address by which an application in memory is called


def address_of(target: Target, *, remote: bool = False) -> str | None:
    """Return the target's address on the network; ``None`` where it has none, or only its own client reaches it.

    Raises:
        LoadError: it is not on this machine.
    """
    if isinstance(target, Server):
        return target.url
    return _checked_url(target, remote) if isinstance(target, str) else None


@asynccontextmanager
async def client_of(target: Target, *, remote: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client for the target; one made here is closed at the end, the caller's own is left open.

    Args:
        target: where the requests go.
        remote: whether it may be on another machine.

    Raises:
        LoadError: the target is none, or not on this machine.
        ServeError: an application in memory failed at its start-up or shutdown.
    """
    if isinstance(target, httpx.AsyncClient):
        yield _checked_client(target, remote)
        return
    async with _new_client(target, remote) as client:
        yield client


def _new_client(target: Server | str | ASGIApp, remote: bool) -> httpx.AsyncClient:
    if isinstance(target, Server):
        if not target.running:
            raise LoadError(f"The server {target.name!r} has stopped. Start it again: server = await serve(app).")
        return _client(DirectTransport(), target.url)
    if isinstance(target, str):
        return _client(DirectTransport(), _checked_url(target, remote))
    if callable(target):
        return _client(AppTransport(target), _MEMORY)
    raise LoadError(
        "load(target): a target is what serve() returned, an http:// address on this machine, an ASGI application or "
        f"an httpx.AsyncClient; not {target!r}."
    )


def _client(transport: httpx.AsyncBaseTransport, base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, base_url=base_url, trust_env=False)


def _checked_url(text: str, remote: bool) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise LoadError(f"load({text!r}): this is no address: {error}.") from None
    if url.scheme != "http":
        raise LoadError(f"load({text!r}): an address begins with http://, as in 'http://127.0.0.1:8000'.")
    _check_host(url, text, remote)
    if url.raw_path != b"/" or url.fragment:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        raise LoadError(f"load({text!r}): give the path apart: load({origin!r}, {url.raw_path.decode('ascii')!r}).")
    return text


def _checked_client(client: httpx.AsyncClient, remote: bool) -> httpx.AsyncClient:
    if client.is_closed:
        raise LoadError("load(client): this httpx.AsyncClient is closed. Load inside its `async with` block.")
    if not client.base_url.host:
        raise LoadError(
            "load(client): this httpx.AsyncClient has no address. "
            "Make it with one: httpx.AsyncClient(base_url=server.url)."
        )
    _check_host(client.base_url, str(client.base_url), remote)
    return client


def _check_host(url: httpx.URL, text: str, remote: bool) -> None:
    if not url.host or (url.host not in _THIS_MACHINE and not remote):
        raise LoadError(
            f"load({text!r}): {url.host!r} is not this machine. A load is an attack on a server that does not expect "
            "it, so targets are 127.0.0.1, localhost and [::1]. If that server is yours to load, write remote=True."
        )
    if url.port is not None and not 0 < url.port <= 65535:
        raise LoadError(f"load({text!r}): a port is a number from 1 to 65535, and this is {url.port}.")
