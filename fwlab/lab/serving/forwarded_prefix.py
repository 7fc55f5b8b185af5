"""An application behind Jupyter's proxy: the part of the path that the proxy took away, given back.

In a browser the server's address is ``/user/ada/proxy/8000/``; jupyter-server-proxy asks the server for ``/`` and names
the rest in ``X-Forwarded-Prefix``. With that as ``root_path``, an application's redirects and its links to itself, the
documentation's page too, lead back through the proxy. Only a proxy on this machine is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fwlab.types import ASGIApp, Receive, Scope, Send

_HEADER = b"x-forwarded-prefix"
_THIS_MACHINE = ("127.0.0.1", "::1")


def with_forwarded_prefix(app: ASGIApp) -> ASGIApp:
    """Wrap an application, so that it finds the proxy's prefix in ``root_path`` and ``path``, as ASGI has them."""

    async def behind_proxy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            for name, value in scope["headers"]:
                if name == _HEADER:
                    scope = _prefixed(scope, value)
                    break
        await app(scope, receive, send)

    return behind_proxy


def _prefixed(scope: Scope, value: bytes) -> Scope:
    prefix = value.rstrip(b"/")
    client = scope.get("client")
    if not prefix.startswith(b"/") or client is None or client[0] not in _THIS_MACHINE:
        return scope
    text = prefix.decode("latin-1")
    raw_path = scope.get("raw_path")
    return {
        **scope,
        "root_path": text + scope.get("root_path", ""),
        "path": text + scope["path"],
        "raw_path": raw_path if raw_path is None else prefix + raw_path,
    }
