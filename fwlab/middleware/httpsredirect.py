"""Sends clients that came without encryption to the same address with it."""

from fwlab.datastructures import URL
from fwlab.responses import PlainTextResponse, RedirectResponse
from fwlab.types import ASGIApp, Receive, Scope, Send
from fwlab.websockets import respond

_ENCRYPTED = {"http": "https", "ws": "wss"}


class HTTPSRedirectMiddleware:
    """Answers requests over ``http`` and ``ws`` with a redirect, status 307, to ``https`` and ``wss``.

    Args:
        app: the rest of the app, which gets only what came encrypted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it."""
        if scope["type"] not in ("http", "websocket") or scope["scheme"] not in _ENCRYPTED:
            await self.app(scope, receive, send)
        elif (url := URL(scope=scope)).netloc:
            secure = url.replace(scheme=_ENCRYPTED[url.scheme], port=None if url.port in (80, 443) else url.port)
            await respond(RedirectResponse(secure), scope, receive, send)
        else:
            await respond(PlainTextResponse("Invalid host header", 400), scope, receive, send)
