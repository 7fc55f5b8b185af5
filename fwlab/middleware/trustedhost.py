"""Answers only requests for hosts that the app knows, so that a forged ``Host`` header gets into no link of ours."""

from collections.abc import Sequence

from fwlab.datastructures import URL, host_of
from fwlab.exceptions import DefinitionError
from fwlab.responses import PlainTextResponse, RedirectResponse
from fwlab.types import ASGIApp, Receive, Scope, Send
from fwlab.websockets import respond


class TrustedHostMiddleware:
    """Answers status 400 to requests for other hosts than these.

    Args:
        app: the rest of the app.
        allowed_hosts: such as ``"example.com"``, or ``"*.example.com"`` for all below it; ``"*"`` is any host.
        www_redirect: send ``example.com`` on to ``www.example.com`` where only that is allowed.

    Raises:
        DefinitionError: when a pattern has its ``*`` elsewhere.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str] | None = None, www_redirect: bool = True) -> None:
        self.app = app
        self.allowed_hosts = ["*"] if allowed_hosts is None else [pattern.lower() for pattern in allowed_hosts]
        self.www_redirect = www_redirect
        for pattern in self.allowed_hosts:
            if pattern != "*" and "*" in pattern.removeprefix("*."):
                raise DefinitionError(f"TrustedHostMiddleware: write {pattern!r} like '*.example.com'.")

    def allows(self, host: str) -> bool:
        """Tell whether the app answers for this host, which is in lower case and without its port."""
        return any(host == p or (p.startswith("*") and host.endswith(p[1:])) for p in self.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it."""
        if scope["type"] not in ("http", "websocket") or self.allows(host := (host_of(scope) or ("",))[0].lower()):
            await self.app(scope, receive, send)
        elif self.www_redirect and "www." + host in self.allowed_hosts:
            url = URL(scope=scope)
            await respond(RedirectResponse(url.replace(netloc="www." + url.netloc)), scope, receive, send)
        else:
            await respond(PlainTextResponse("Invalid host header", 400), scope, receive, send)
