"""A dictionary for each visitor, kept in a cookie that the visitor can read but, for it is signed, not change."""

import json
from base64 import b64decode, b64encode
from functools import partial
from typing import Any, Literal

from fwlab.datastructures import MutableHeaders
from fwlab.exceptions import FwlabError, import_extra
from fwlab.middleware import changing_headers
from fwlab.requests import HTTPConnection
from fwlab.responses import Response
from fwlab.types import ASGIApp, Receive, Scope, Send


class SessionMiddleware:
    """Gives each request its session, ``request.session``, and sends it back when it has changed.

    Args:
        app: the rest of the app.
        secret_key: what the cookies are signed with; who knows it can make sessions up.
        session_cookie: the cookie's name.
        max_age: seconds for which a session is valid; None: until the browser is closed.
        path: below which path the browser sends it.
        same_site: whether it does so when another site sends the visitor.
        https_only: whether it does so only over an encrypted connection.
        domain: to which hosts.

    Raises:
        FwlabError: when itsdangerous is not installed.
    """

    def __init__(
        self,
        app: ASGIApp,
        secret_key: str,
        session_cookie: str = "session",
        max_age: int | None = 14 * 24 * 60 * 60,
        path: str = "/",
        same_site: Literal["lax", "strict", "none"] = "lax",
        https_only: bool = False,
        domain: str | None = None,
    ) -> None:
        itsdangerous = import_extra("itsdangerous", "Sessions")
        self.app = app
        self.signer = itsdangerous.TimestampSigner(str(secret_key))
        self._bad_signature = itsdangerous.BadSignature
        self.session_cookie, self.max_age = session_cookie, max_age
        self._place: dict[str, Any] = {"path": path, "domain": domain, "secure": https_only, "samesite": same_site}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with its session, and add the cookie to its answer."""
        if scope["type"] in ("http", "websocket"):
            scope["session"] = session = self._read(HTTPConnection(scope).cookies.get(self.session_cookie, ""))
            send = changing_headers(send, partial(self._write, scope, json.dumps(session)))
        await self.app(scope, receive, send)

    def _read(self, cookie: str) -> dict[str, Any]:
        """Return the session in a cookie; an empty one when that is missing, too old, or not of our making."""
        try:
            return dict(json.loads(b64decode(self.signer.unsign(cookie.encode(), max_age=self.max_age))))
        except (self._bad_signature, ValueError, TypeError):
            return {}

    def _write(self, scope: Scope, before: str, headers: MutableHeaders) -> None:
        session: dict[str, Any] = scope["session"]
        try:
            now = json.dumps(session)
        except (TypeError, ValueError) as error:
            raise FwlabError(f"A session can keep only what JSON can: {error}.") from error
        headers.add_vary_header("Cookie")
        if now != before:
            cookie = Response()
            value = self.signer.sign(b64encode(now.encode())).decode() if session else "null"
            age, expires = (self.max_age, None) if session else (0, 0)
            cookie.set_cookie(self.session_cookie, value, age, expires, httponly=True, **self._place)
            headers.raw.append(cookie.raw_headers[-1])
