"""What goes back to the client. A response is itself an ASGI callable: ``await response(scope, receive, send)``.

It is rendered to bytes when it is made, so sending it can no longer fail for a reason of ours.
"""

import os
import re
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote

import anyio
from typing_extensions import deprecated

from fwlab.background import BackgroundTask
from fwlab.concurrency import iterate_in_threadpool, run_in_threadpool
from fwlab.datastructures import URL, Headers, MutableHeaders
from fwlab.encoders import to_json_bytes
from fwlab.exceptions import FwlabDeprecationWarning, FwlabError, HTTPException
from fwlab.requests import ClientDisconnect, run_while_connected
from fwlab.types import RawHeader, Receive, Scope, Send

_NO_BODY = frozenset({204, 205, 304})
_KEPT_WHEN_NOT_MODIFIED = ("cache-control", "content-location", "date", "etag", "expires", "vary")
_RANGE = r"(?ai)\s*bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*"


def has_body(status_code: int) -> bool:
    """Tell whether HTTP allows a response of this status to have a body."""
    return status_code >= 200 and status_code not in _NO_BODY


@lru_cache(maxsize=256)
def content_type(media_type: str) -> RawHeader:
    """Return the header that declares a content type; text is UTF-8 unless it says otherwise."""
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
        background: runs when the response has been sent, still as part of the request.

    Example:
        >>> Response("two burgers", media_type="text/plain").body
        b'two burgers'
    """

    media_type: ClassVar[str | None] = None
    _sized: ClassVar[bool] = True  # whether the body's length is known when the response is made

    def __init__(
        self,
        content: Any = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        background: BackgroundTask | None = None,
    ) -> None:
        self.status_code, self.background = status_code, background
        self.raw_headers = Headers(headers).raw if headers else []
        body = self.render(content)
        sends_body = status_code >= 200 and status_code not in _NO_BODY
        self.body = body if sends_body else b""
        media_type = media_type or self.media_type
        given = dict(self.raw_headers)
        if media_type is not None and b"content-type" not in given:
            self.raw_headers.append(content_type(media_type))
        if sends_body and self._sized and b"content-length" not in given:
            self.raw_headers.append((b"content-length", b"%d" % len(body)))

    @classmethod
    def rendered(cls, body: bytes, status_code: int, content_type: RawHeader) -> Self:
        """Return a response whose body is bytes already and whose content type is a header already."""
        response = cls.__new__(cls)
        response.status_code, response.background, response.body = status_code, None, body
        response.raw_headers = [content_type, (b"content-length", b"%d" % len(body))]
        return response

    def render(self, content: Any) -> bytes:
        """Return the body's bytes; subclasses say how their content becomes bytes."""
        return b"" if content is None else _as_bytes(content)

    @property
    def headers(self) -> MutableHeaders:
        """The headers, which can be changed until the response is sent."""
        return MutableHeaders(raw=self.raw_headers)

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        expires: datetime | str | int | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: Literal["lax", "strict", "none"] | None = "lax",
    ) -> None:
        """Ask the client to keep a cookie.

        Args:
            key: its name.
            value: its value.
            max_age: seconds to keep it; None: until the browser is closed.
            expires: until when instead: a time, a text, or seconds from now.
            path: below which path it is sent back.
            domain: to which hosts.
            secure: send it back only over an encrypted connection.
            httponly: keep it from the scripts of the page.
            samesite: whether requests from other sites carry it.
        """
        from http.cookies import SimpleCookie  # loaded, as what writes dates is, only by those who set cookies

        if isinstance(expires, datetime):
            from email.utils import format_datetime

            expires = format_datetime(expires, usegmt=True)
        options = {"max-age": max_age, "expires": expires, "path": path, "domain": domain}
        options |= {"secure": secure, "httponly": httponly, "samesite": samesite}
        cookie: Any = SimpleCookie({key: value})[key]
        cookie.update({name: option for name, option in options.items() if option is not None})
        self.headers.append("set-cookie", cookie.OutputString())

    def delete_cookie(self, key: str, path: str = "/", *place: Any, **named: Any) -> None:
        """Ask the client to forget a cookie; path, domain and what follows them must be as it was set with."""
        self.set_cookie(key, "", 0, 0, path, *place, **named)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response: the start with status and headers, then the body; then run what comes after it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})
        if self.background is not None:
            await self.background()


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


_AS_QUICK = "JSON is written by pydantic, so JSONResponse is as quick."


@deprecated(f"ORJSONResponse is deprecated: {_AS_QUICK}", category=FwlabDeprecationWarning)
class ORJSONResponse(JSONResponse):
    """JSON, for apps that say so; the package orjson is not used."""


@deprecated(f"UJSONResponse is deprecated: {_AS_QUICK}", category=FwlabDeprecationWarning)
class UJSONResponse(JSONResponse):
    """JSON, for apps that say so; the package ujson is not used."""


class RedirectResponse(Response):
    """Send the client elsewhere; 307 keeps the method and the body.

    Args:
        url: where to; relative URLs are allowed.
        status_code: 307 for now, 308 for good, 303 to go on with GET.
        headers: added to the response.
        background: runs when the response has been sent.

    Example:
        >>> RedirectResponse("/burgers", 303).headers["location"]
        '/burgers'
    """

    def __init__(
        self,
        url: str | URL,
        status_code: int = 307,
        headers: Mapping[str, str] | None = None,
        background: BackgroundTask | None = None,
    ) -> None:
        super().__init__(b"", status_code, headers, background=background)
        # Quoted but for what a URL may hold as it is, so that a path cannot add a header of its own.
        self.headers["location"] = quote(str(url), safe=":/%#?=@[]!$&'()*+,;")


def _as_bytes(piece: Any) -> bytes:
    return bytes(piece) if isinstance(piece, (bytes, bytearray, memoryview)) else str(piece).encode()


class StreamingResponse(Response):
    """A body that comes in pieces, sent as they come.

    The pieces are made and sent in the request's own task; a client that leaves ends it, and in any case the iterable
    is closed at the end, so that a generator's ``finally`` runs.

    Args:
        content: an async iterable, or a plain one, which is read in worker threads.
        status_code: the HTTP status.
        headers: added to the response.
        media_type: the content type.
        background: runs when the response has been sent.

    Attributes:
        encode: makes bytes of a piece. Default: bytes are sent as they are, anything else as text.
    """

    encode: Callable[[Any], bytes] = staticmethod(_as_bytes)
    _sized = False

    def render(self, content: Any) -> bytes:
        """Keep the iterable for later."""
        self.body_iterator = content if isinstance(content, AsyncIterable) else iterate_in_threadpool(content)
        return b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces."""
        # The start goes out before the task group opens and the end after it has closed: whoever halts this coroutine
        # there (see middleware/http.py) finds no cancel scope open.
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            with suppress(ClientDisconnect):
                await run_while_connected(self._send_pieces(send), receive)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await close_iterator(self.body_iterator)
        if self.background is not None:
            await self.background()

    async def _send_pieces(self, send: Send) -> None:
        from anyio.lowlevel import checkpoint  # loaded only by those who stream

        async for piece in self.body_iterator:
            try:
                await send({"type": "http.response.body", "body": self.encode(piece), "more_body": True})
            except OSError:  # how a server may say that the client left
                raise ClientDisconnect from None
            # Neither the iterable nor the server need ever wait, and then nobody else would have a turn.
            await checkpoint()


async def close_iterator(iterator: AsyncIterable[Any]) -> None:
    """Let a generator clean up now, and not whenever its memory is collected; also in a request that was cancelled."""
    if (close := getattr(iterator, "aclose", None)) is not None:
        with anyio.CancelScope(shield=True):
            await close()


class UnsentError(FwlabError):
    """A response that cannot be sent, which was noticed before it had begun: another can still be given."""


class FileResponse(Response):
    """A file, or the part of it that the client asks for; it is read in worker threads while it is sent.

    A client that has it already, as it says with ``If-None-Match`` or ``If-Modified-Since``, gets status 304 instead.

    Args:
        path: where it is.
        status_code: the HTTP status.
        headers: added to the response.
        media_type: the content type. Default: what the file's name says.
        background: runs when the response has been sent.
        filename: offer the file to be saved under this name.
        content_disposition_type: of a file with a name: ``"attachment"`` to save it, ``"inline"`` to show it.

    Example:
        >>> FileResponse("menu.txt", filename="menu of today.txt").headers["content-disposition"]
        "attachment; filename*=utf-8''menu%20of%20today.txt"
    """

    chunk_size: ClassVar[int] = 64 * 1024
    _sized = False

    def __init__(
        self,
        path: str | os.PathLike[str],
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        background: BackgroundTask | None = None,
        filename: str | None = None,
        content_disposition_type: str = "attachment",
    ) -> None:
        from mimetypes import guess_type

        media_type = media_type or guess_type(filename or path)[0] or "application/octet-stream"
        super().__init__(None, status_code, headers, media_type, background)
        self.path, self.filename = path, filename
        self.headers.setdefault("accept-ranges", "bytes")
        if filename is not None:
            quoted = quote(filename, errors="replace")
            name = f'filename="{filename}"' if quoted == filename else f"filename*=utf-8''{quoted}"
            self.headers.setdefault("content-disposition", f"{content_disposition_type}; {name}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or the part of it that the request asks for.

        Raises:
            UnsentError: when there is no file.
        """
        response = await run_in_threadpool(self._response_to, scope)
        await response(scope, receive, send)

    def _response_to(self, scope: Scope) -> Response:
        """Look at the file, in a worker thread, and return the response that sends what is asked for of it."""
        from email.utils import formatdate  # slow to load, and few apps need it

        if not os.path.isfile(self.path):
            raise UnsentError(f"FileResponse: there is no file {os.fspath(self.path)!r}, or it is not a file.")
        found = os.stat(self.path)
        headers = MutableHeaders(raw=self.raw_headers[:])
        headers.setdefault("last-modified", formatdate(found.st_mtime, usegmt=True))
        headers.setdefault("etag", f'"{found.st_mtime_ns:x}-{found.st_size:x}"')
        is_asked = self.status_code == 200 and scope["method"] in ("GET", "HEAD")
        asked = Headers(raw=scope["headers"] if is_asked else [])
        if is_not_modified(asked, headers):
            kept = {name: value for name, value in headers.items() if name in _KEPT_WHEN_NOT_MODIFIED}
            return Response(None, 304, kept, background=self.background)
        is_current = asked.get("if-range", headers["etag"]) in (headers["etag"], headers["last-modified"])
        try:
            part = parse_range(asked["range"], found.st_size) if "range" in asked and is_current else None
        except HTTPException as exc:
            return PlainTextResponse(exc.detail, exc.status_code, exc.headers)
        start, end = part or (0, found.st_size)
        headers["content-length"] = str(end - start)
        if part:
            headers["content-range"] = f"bytes {start}-{end - 1}/{found.st_size}"
        pieces = self._pieces(start, start if scope["method"] == "HEAD" else end)
        response = Response(b"".join(pieces)) if end - start <= self.chunk_size else StreamingResponse(pieces)
        response.status_code = 206 if part else self.status_code
        response.raw_headers, response.background = headers.raw, self.background
        return response

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        with open(self.path, "rb") as file:
            file.seek(start)
            while start < end:
                piece = file.read(min(self.chunk_size, end - start))
                if not piece:
                    raise FwlabError(f"FileResponse: {os.fspath(self.path)!r} became shorter while it was sent.")
                start += len(piece)
                yield piece


def is_not_modified(asked: Headers, headers: Headers) -> bool:
    """Tell whether a client has a file already (RFC 9110, section 13), by its mark (``etag``) or else by its time.

    Args:
        asked: the headers of the request.
        headers: those of the file.
    """
    from email.utils import parsedate

    if (marks := asked.get("if-none-match")) is not None:
        known = [mark.strip().removeprefix("W/") for mark in marks.split(",")]
        return headers["etag"].removeprefix("W/") in known or known == ["*"]
    since, changed = (parsedate(date) for date in (asked.get("if-modified-since"), headers["last-modified"]))
    return since is not None and changed is not None and since >= changed


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the part of ``size`` bytes that a ``Range`` header asks for (RFC 9110, section 14).

    Returns:
        The first byte of the part, and the first one that is no more in it. None where a header asks for several
        parts: a server need not send them, and the client gets the whole.

    Raises:
        HTTPException: with status 400 for a header that means nothing, 416 for one that asks for what is not there.

    Example:
        >>> parse_range("bytes=0-99", 1000), parse_range("bytes=-10", 1000)
        ((0, 100), (990, 1000))
    """
    if "," in header:
        return None
    first, last = match.groups() if (match := re.fullmatch(_RANGE, header)) else ("", "")
    if not first and not last:
        raise HTTPException(400, "Malformed range header.")
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= size:
        raise HTTPException(416, "", {"Content-Range": f"bytes */{size}"})
    if start >= end:
        raise HTTPException(400, "Range header: start must be less than end")
    return start, end
