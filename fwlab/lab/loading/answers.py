"""Where one HTTP/1.1 answer ends and the next may begin: all that a client needs to know of the bytes it is sent.

Two parsers with one face. httptools (llhttp, C) is taken where it is installed, as uvicorn takes it; h11 (Python alone)
everywhere else: with it the raw engine takes 50 µs of processor time a request, with httptools 10 (wrk takes 6).
Neither keeps a body: it is read, and let go.
"""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any, Protocol

import h11

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_HEAD = 100 * 1024  # bytes of status line and headers before an answer counts as garbage; as httpcore has it

_HAS_LENGTH = re.compile(rb"\r?\n(content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ASKED = {
    method: h11.Request(method=method, target="/", headers=[("host", "x")])
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
}


class GarbageError(Exception):
    """What came is no HTTP/1.1 answer, or not a whole one."""


class Answers(Protocol):
    """The answers that come over one connection, one after another.

    Attributes:
        head: whether the head of the answer to the current request has come whole.
        status: its status, from then on.
        complete: whether all of the answer has come.
        reusable: whether the connection may carry another exchange; told when the answer is complete.
    """

    head: bool
    status: int
    complete: bool
    reusable: bool

    def expect(self, method: str) -> None:
        """A request of this method has been sent; what comes next answers it."""

    def feed(self, data: bytes) -> None:
        """Take bytes that have come.

        Raises:
            GarbageError: they belong to no answer.
        """

    def end(self) -> None:
        """The server will send nothing more: a body of unknown length is complete now.

        Raises:
            GarbageError: the answer is not whole.
        """


class HttptoolsAnswers:
    """Answers read by llhttp, the parser of Node.js, through httptools."""

    __slots__ = ("_fresh", "_head_only", "_parser", "_raw_head", "complete", "head", "reusable", "status")

    def __init__(self) -> None:
        self._fresh = True
        self._parser: Any = None
        self.head = self.complete = self.reusable = self._head_only = False
        self.status = 0
        self._raw_head = b""

    def expect(self, method: str) -> None:
        """A request of this method has been sent."""
        if self._fresh:
            self._begin(self)
        self.head = self.complete = self.reusable = False
        self._head_only = method == "HEAD"
        self._raw_head = b""
        if self._head_only:
            self._begin(_WithBody(self))

    def feed(self, data: bytes) -> None:
        """Take bytes that have come."""
        if not self.head:
            self._raw_head += data
        try:
            self._parser.feed_data(data)
        except Exception as error:  # httptools' own, and HttpParserUpgrade, which is no kin of theirs
            if not self.complete:
                raise GarbageError(str(error) or type(error).__name__) from None
            self.reusable = False  # the answer was whole; what follows it is no answer
        if not self.head and len(self._raw_head) > LONGEST_HEAD:
            raise GarbageError(f"the head of an answer is longer than {LONGEST_HEAD} bytes")

    def end(self) -> None:
        """The server will send nothing more."""
        if not self.head:
            raise GarbageError("the connection was closed before an answer")
        head = self._raw_head[: found.start()] if (found := _last_head_end(self._raw_head)) else self._raw_head
        if _HAS_LENGTH.search(head):
            raise GarbageError("the connection was closed in the middle of an answer")
        self.complete, self.reusable = True, False

    def _begin(self, listener: object) -> None:
        import httptools

        self._parser = httptools.HttpResponseParser(listener)
        self._fresh = False

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Something begins; after a whole answer, it is something that nobody asked for."""
        if self.complete:
            self.reusable = False

    def on_headers_complete(self) -> None:
        """A head has come; that of a 1xx is not yet the answer's."""
        status = self._parser.get_status_code()
        if status < 200 or self.complete:
            return
        self.status = status
        self.head = True
        if self._head_only:
            self.complete = self._fresh = True  # llhttp would wait for the body that its headers tell of
            self.reusable = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        """An answer is complete, or a 1xx before it."""
        if self.head and not self.complete:
            self.complete = True
            # HTTP/1.0's own keep-alive is not used, as h11 does not know it.
            self.reusable = self._parser.should_keep_alive() and not self._raw_head.startswith(b"HTTP/1.0")


class _WithBody:
    """Listens for a body as well, which costs; in answer to HEAD there should be none."""

    def __init__(self, answers: HttptoolsAnswers) -> None:
        self._answers = answers
        self.on_headers_complete = answers.on_headers_complete
        self.on_message_complete = answers.on_message_complete

    def on_body(self, _: bytes) -> None:
        """A piece of a body."""
        self._answers.reusable = False


def _last_head_end(raw: bytes) -> re.Match[bytes] | None:
    """Where the answer's own head ends; heads of 1xx may stand before it."""
    position = 0
    while found := _HEAD_END.search(raw, position):
        if not re.match(rb"HTTP/\d\.\d 1\d\d", raw[position:]):
            return found
        position = found.end()
    return None


class H11Answers:
    """Answers read by h11."""

    __slots__ = ("_connection", "complete", "head", "reusable", "status")

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self.head = self.complete = self.reusable = False
        self.status = 0

    def expect(self, method: str) -> None:
        """A request of this method has been sent."""
        if self._connection.our_state is not h11.IDLE:
            self._connection.start_next_cycle()
        self.head = self.complete = self.reusable = False
        self._connection.send(_ASKED[method])
        self._connection.send(h11.EndOfMessage())

    def feed(self, data: bytes) -> None:
        """Take bytes that have come."""
        self._connection.receive_data(data)
        self._read()

    def end(self) -> None:
        """The server will send nothing more."""
        self._connection.receive_data(b"")
        self._read()
        if not self.complete:
            raise GarbageError("the connection was closed in the middle of an answer")
        self.reusable = False

    def _read(self) -> None:
        http = self._connection
        while not self.complete:
            try:
                event = http.next_event()
            except h11.RemoteProtocolError as error:
                raise GarbageError(str(error)) from None
            if event is h11.NEED_DATA:
                return
            if event is h11.PAUSED:
                raise GarbageError("the server switched to another protocol than HTTP/1.1")
            if isinstance(event, h11.Response):
                self.head, self.status = True, event.status_code
            elif isinstance(event, h11.EndOfMessage):
                self.complete = True
                both_done = http.our_state is h11.DONE and http.their_state is h11.DONE
                self.reusable = both_done and not http.trailing_data[0]
            elif isinstance(event, h11.ConnectionClosed):
                raise GarbageError("the connection was closed before an answer")


def fastest() -> Callable[[], Answers]:
    """Return what reads answers at the least cost here."""
    return HttptoolsAnswers if importlib.util.find_spec("httptools") else H11Answers
