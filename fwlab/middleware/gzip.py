"""Compresses what goes back to clients that can read it: less to send, for some of the processor's time.

Whether a response is compressed is decided when its body begins, for a small one is not worth it; so its start is held
back until then.
"""

import re
import zlib

from fwlab.concurrency import run_in_threadpool
from fwlab.datastructures import Headers, MutableHeaders
from fwlab.types import ASGIApp, Message, Receive, Scope, Send

_AS_IT_IS = re.compile(
    r"(audio|video)/.*|image/(avif|gif|jpeg|png|webp)|font/woff2?|application/((x-)?gzip|zip|grpc(\+.*)?)"
    r"|text/event-stream"
)
"""Content that is compressed already, or of which each piece must arrive at once."""

_ACCEPTED = re.compile(r"\bgzip\b(?!\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$))", re.I)


class GZipMiddleware:
    """Compresses responses with gzip where the client accepts it.

    Args:
        app: the rest of the app.
        minimum_size: in bytes; smaller bodies stay as they are. A stream is compressed whatever its size.
        compresslevel: from 1, fastest, to 9, smallest.
        thread_minimum_size: in bytes; pieces from this size on are compressed in a worker thread, for they would
            block the loop.
    """

    def __init__(
        self, app: ASGIApp, minimum_size: int = 500, compresslevel: int = 9, thread_minimum_size: int = 128 * 1024
    ) -> None:
        self.app = app
        self.minimum_size = max(minimum_size, 1)  # to compress nothing makes it longer
        self.compresslevel, self.thread_minimum_size = compresslevel, thread_minimum_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, and compress its answer."""
        if scope["type"] == "http":
            asked = ",".join(Headers(scope=scope).getlist("accept-encoding"))
            send = _Compressed(self, bool(_ACCEPTED.search(asked)), send)
        await self.app(scope, receive, send)


class _Compressed:
    """The way of one response to the client: a ``send``, which keeps the response's start until its body begins."""

    def __init__(self, settings: GZipMiddleware, accepted: bool, send: Send) -> None:
        self._settings, self._accepted, self._send = settings, accepted, send
        self._start: Message | None = None
        self._compressor: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message on, or keep it until the next one."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            message = {**message, "headers": headers.raw}
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            # A part of a file is a part of what is not compressed; and what has an encoding gets no second one.
            if message["status"] != 206 and "content-encoding" not in headers and not _AS_IT_IS.fullmatch(kind):
                self._start = message
                return
        start, self._start = self._start, None
        body, more = message.get("body", b""), message.get("more_body", False)
        if start is not None and (more or len(body) >= self._settings.minimum_size):
            headers = MutableHeaders(raw=start["headers"])
            headers.add_vary_header("Accept-Encoding")
            if self._accepted:
                headers["Content-Encoding"] = "gzip"
                del headers["Content-Length"]
                # 16: with gzip's header and not zlib's
                self._compressor = zlib.compressobj(self._settings.compresslevel, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        if self._compressor is not None and message["type"] == "http.response.body":
            message = {**message, "body": await self._compress(self._compressor, body, more)}
            if start is not None and not more and not start.get("trailers", False):
                start["headers"].append((b"content-length", b"%d" % len(message["body"])))
        if start is not None:
            await self._send(start)
        await self._send(message)

    async def _compress(self, compressor: "zlib._Compress", body: bytes, more: bool) -> bytes:
        def compress() -> bytes:
            # What was handed over so far must be readable at once, in a stream.
            return compressor.compress(body) + compressor.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)

        return await run_in_threadpool(compress) if len(body) >= self._settings.thread_minimum_size else compress()
