"""What goes back to the client. A response is itself an ASGI callable: ``await response(scope, receive, send)``.

It is rendered to bytes when it is made, so sending it can no longer fail for a reason of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import quote

from fwlab.encoders import to_json_bytes
from fwlab.types import Receive, Scope, Send

_NO_BODY = frozenset({204, 205, 304})


def has_body(status_code: int) -> bool:
    """Tell whether HTTP allows a response of this status to have a body."""
    return status_code >= 200 and status_code not in _NO_BODY


@lru_cache(maxsize=256)
def _content_type(media_type: str) -> tuple[bytes, bytes]:
    if media_type.startswith("text/") and "charset=" not in media_type:
        media_type += "; charset=utf-8"
    return (b"content-type", media_type.encode("latin-1"))


class Response:
    """A response of bytes or text.

    Args:
        content: the body; text is encoded as UTF-8. A status that allows no body, such as 204, is sent without.
        status_code: the HTTP status.
        headers: added to those that follow from the content.
        media_type: the content type; the class's own when left out.

    Example:
        >>> Response("two burgers", media_type="text/plain").body
        b'two burgers'
    """

    media_type: ClassVar[str | None] = None

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        self.status_code = status_code
        sends_body = has_body(status_code)
        self.body = self.render(content) if sends_body else b""
        media_type = media_type or self.media_type
        self.raw_headers: list[tuple[bytes, bytes]] = []
        if headers:
            self.raw_headers += [(name.lower().encode("latin-1"), v.encode("latin-1")) for name, v in headers.items()]
        given = {name for name, _ in self.raw_headers} if headers else ()
        if media_type is not None and b"content-type" not in given:
            self.raw_headers.append(_content_type(media_type))
        if sends_body and b"content-length" not in given:
            self.raw_headers.append((b"content-length", b"%d" % len(self.body)))

    def render(self, content: Any) -> bytes:
        """Return the body's bytes; subclasses say how their content becomes bytes."""
        if content is None:
            return b""
        return content if isinstance(content, bytes) else str(content).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response: the start with status and headers, then the body."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


class PlainTextResponse(Response):
    """Text as it is.

    Example:
        >>> PlainTextResponse("two burgers").raw_headers[0]
        (b'content-type', b'text/plain; charset=utf-8')
    """

    media_type = "text/plain"


class HTMLResponse(Response):
    """A page.

    Example:
        >>> HTMLResponse("<h1>Burgers</h1>").raw_headers[0]
        (b'content-type', b'text/html; charset=utf-8')
    """

    media_type = "text/html"


class JSONResponse(Response):
    """Any JSON value, and whatever pydantic can make one of: models, dataclasses, dates.

    Example:
        >>> JSONResponse({"burgers": 2}).body
        b'{"burgers":2}'
    """

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the content as compact JSON."""
        return to_json_bytes(content)


class RedirectResponse(Response):
    """Send the client elsewhere; 307 keeps the method and the body.

    Args:
        url: where to; relative URLs are allowed.
        status_code: 307 for now, 308 for good, 303 to go on with GET.
        headers: added to the response.

    Example:
        >>> RedirectResponse("/burgers", 303).raw_headers[0]
        (b'location', b'/burgers')
    """

    def __init__(self, url: str, status_code: int = 307, headers: Mapping[str, str] | None = None) -> None:
        # Quoted but for what a URL may hold as it is, so that a path cannot add a header of its own.
        super().__init__(b"", status_code, {**(headers or {}), "location": quote(url, safe=":/%#?=@[]!$&'()*+,;")})
