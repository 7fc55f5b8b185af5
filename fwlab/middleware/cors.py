"""Cross-origin resource sharing: tells browsers which other sites' pages may call the app and read its answers.

A browser asks first, with an ``OPTIONS`` request, whether it may send what is more than a plain form could (the
*preflight*), and looks in every answer for the origin that may read it. The rules are those of the Fetch standard
(https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from fwlab.datastructures import Headers, MutableHeaders
from fwlab.middleware import changing_headers
from fwlab.responses import PlainTextResponse
from fwlab.types import ASGIApp, Receive, Scope, Send

ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")
SAFELISTED_HEADERS = frozenset({"Accept", "Accept-Language", "Content-Language", "Content-Type"})


class CORSMiddleware:
    """Answers preflights, and adds to other answers what browsers look for.

    Args:
        app: the rest of the app.
        allow_origins: such as ``"https://example.com"``; ``"*"`` is any.
        allow_methods: HTTP methods; ``"*"`` is all.
        allow_headers: of requests, besides those that are always allowed; ``"*"`` is any.
        allow_credentials: whether requests may carry cookies; the answers name the origin then, and not ``*``.
        allow_origin_regex: origins that match it as a whole are allowed, too.
        allow_private_network: whether pages of public sites may call an app in a private network.
        expose_headers: of answers, which scripts may read besides the usual ones.
        max_age: seconds for which a browser may remember a preflight.
    """

    def __init__(
        self,
        app: ASGIApp,
        allow_origins: Sequence[str] = (),
        allow_methods: Sequence[str] = ("GET",),
        allow_headers: Sequence[str] = (),
        allow_credentials: bool = False,
        allow_origin_regex: str | None = None,
        allow_private_network: bool = False,
        expose_headers: Sequence[str] = (),
        max_age: int = 600,
    ) -> None:
        self.app = app
        self.allow_origins, self.allow_origin_regex = frozenset(allow_origins), allow_origin_regex
        self.allow_methods = ALL_METHODS if "*" in allow_methods else tuple(allow_methods)
        self.allow_headers = SAFELISTED_HEADERS.union(allow_headers)
        self.allow_private_network = allow_private_network
        self._any_origin = "*" in allow_origins and not allow_credentials
        self._header_names = {name.lower() for name in self.allow_headers}
        self.simple_headers = {"Access-Control-Allow-Credentials": "true"} if allow_credentials else {}
        self.preflight_headers = {
            "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
            "Access-Control-Request-Private-Network",
            "Access-Control-Allow-Methods": ", ".join(self.allow_methods),
            "Access-Control-Max-Age": str(max_age),
            **self.simple_headers,
        }
        if "*" not in self.allow_headers:
            self.preflight_headers["Access-Control-Allow-Headers"] = ", ".join(sorted(self.allow_headers))
        if expose_headers:
            self.simple_headers["Access-Control-Expose-Headers"] = ", ".join(expose_headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the request pass and add to its answer."""
        app = self.app
        if scope["type"] == "http":
            asked = Headers(scope=scope)
            origin = asked.get("origin")
            if origin is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
                app = self.preflight_response(asked)
            else:
                send = changing_headers(send, partial(self._tell, origin))
        await app(scope, receive, send)

    def _tell(self, origin: str | None, headers: MutableHeaders) -> None:
        if origin is not None and self.is_allowed_origin(origin):
            headers.update(self.simple_headers | self._naming(origin))
        headers.add_vary_header("Origin")

    def is_allowed_origin(self, origin: str) -> bool:
        """Tell whether pages of this origin may call the app."""
        if not self.allow_origins.isdisjoint(("*", origin)):
            return True
        return self.allow_origin_regex is not None and re.fullmatch(self.allow_origin_regex, origin) is not None

    def _naming(self, origin: str) -> dict[str, str]:
        return {"Access-Control-Allow-Origin": "*" if self._any_origin else origin}

    def preflight_response(self, request_headers: Headers) -> PlainTextResponse:
        """Return the answer to a preflight: status 200, or 400 with what is not allowed."""
        origin = request_headers["origin"]
        wanted = request_headers.get("access-control-request-headers")
        names = {name.strip().lower() for name in wanted.split(",")} if wanted is not None else set()
        private = "access-control-request-private-network" in request_headers
        allowed = {
            "origin": self.is_allowed_origin(origin),
            "method": request_headers["access-control-request-method"] in self.allow_methods,
            "headers": "*" in self.allow_headers or self._header_names.issuperset(names),
            "private-network": self.allow_private_network or not private,
        }
        headers = self.preflight_headers | (self._naming(origin) if allowed["origin"] else {})
        if wanted is not None and "*" in self.allow_headers:
            headers["Access-Control-Allow-Headers"] = wanted
        if private and self.allow_private_network:
            headers["Access-Control-Allow-Private-Network"] = "true"
        failed = ", ".join(name for name, is_allowed in allowed.items() if not is_allowed)
        return PlainTextResponse(f"Disallowed CORS {failed}" if failed else "OK", 400 if failed else 200, headers)
