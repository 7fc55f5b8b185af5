"""Cross-origin resource sharing: tells browsers which other sites' pages may call the app and read its answers.

A browser asks first, with an ``OPTIONS`` request, whether it may send what is more than a plain form could (the
*preflight*), and looks in every answer for the origin that may read it. The rules are those of the Fetch standard
(https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

import re
from collections.abc import Sequence
from functools import partial

from fwlab.datastructures import Headers, MutableHeaders
from fwlab.middleware import changing_headers
from fwlab.responses import PlainTextResponse
from fwlab.types import ASGIApp, Receive, Scope, Send

ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")
ASKED = "Access-Control-Request"  # how the headers of a preflight begin
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
        expose_headers: Sequence[str] = (),
        max_age: int = 600,
    ) -> None:
        self.app = app
        self.allow_origins, self.allow_origin_regex = frozenset(allow_origins), allow_origin_regex
        self.allow_methods = ALL_METHODS if "*" in allow_methods else tuple(allow_methods)
        self.allow_headers = SAFELISTED_HEADERS.union(allow_headers)
        self.allow_credentials, self.expose_headers, self.max_age = allow_credentials, expose_headers, max_age

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the request pass and add to its answer."""
        app = self.app
        if scope["type"] == "http":
            asked = Headers(scope=scope)
            if "origin" in asked and scope["method"] == "OPTIONS" and f"{ASKED}-Method" in asked:
                app = self.preflight_response(asked)
            else:
                send = changing_headers(send, partial(self._add, asked.get("origin")))
        await app(scope, receive, send)

    def _add(self, origin: str | None, headers: MutableHeaders) -> None:
        if allowed := self.for_origin(origin):
            headers.update(allowed)
            if self.expose_headers:
                headers["Access-Control-Expose-Headers"] = ", ".join(self.expose_headers)
        headers.add_vary_header("Origin")

    def for_origin(self, origin: str | None) -> dict[str, str]:
        """Return the headers that tell a browser that pages of this origin may call the app; none if they may not."""
        any_origin, pattern = "*" in self.allow_origins, self.allow_origin_regex
        allowed = any_origin or origin in self.allow_origins
        if origin is None or not (allowed or (pattern is not None and re.fullmatch(pattern, origin))):
            return {}
        if self.allow_credentials:
            return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
        return {"Access-Control-Allow-Origin": "*" if any_origin else origin}

    def preflight_response(self, asked: Headers) -> PlainTextResponse:
        """Return the answer to a preflight: status 200, or 400 with what is not allowed."""
        wanted, any_header = asked.get(f"{ASKED}-Headers", ""), "*" in self.allow_headers
        names = {name.strip().lower() for name in wanted.split(",") if wanted}
        allowed = {
            "origin": self.for_origin(asked["origin"]),
            "method": asked[f"{ASKED}-Method"] in self.allow_methods,
            "headers": any_header or names <= {name.lower() for name in self.allow_headers},
        }
        failed = ", ".join(name for name, fine in allowed.items() if not fine)
        headers = {
            **self.for_origin(asked["origin"]),
            "Vary": f"Origin, {ASKED}-Method, {ASKED}-Headers",
            "Access-Control-Allow-Methods": ", ".join(self.allow_methods),
            "Access-Control-Allow-Headers": wanted if any_header else ", ".join(sorted(self.allow_headers)),
            "Access-Control-Max-Age": str(self.max_age),
        }
        headers = {name: value for name, value in headers.items() if value}
        return PlainTextResponse(f"Disallowed CORS {failed}" if failed else "OK", 400 if failed else 200, headers)
