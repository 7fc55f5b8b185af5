"""A request as ASGI brings it, read in two ways: piece by piece for a plan, and as an object for who asks for one.

The functions at the top read the single parts that a compiled plan needs and nothing else. :class:`Request` gives all
of it a convenient face, and reads each part when it is looked at.
"""

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Generator, Iterable, Iterator, Mapping
from contextlib import aclosing
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qsl

import anyio

from fwlab.datastructures import URL, Address, FormData, Headers, QueryParams, State
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.types import Message, RawHeader, Receive, Scope, Send


def route_path(scope: Scope) -> str:
    """Return the path without the root path, under which a proxy or a server has mounted the app.

    Some servers and proxies leave the root path at the head of the path, and some take it away.

    Example:
        >>> route_path({"path": "/proxy/burgers", "root_path": "/proxy"}), route_path({"path": "/burgers"})
        ('/burgers', '/burgers')
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if root and path.startswith(root + "/") else path


def query_pairs(query: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query string in their order, repeated names included.

    Example:
        >>> query_pairs(b"size=2&with=cheese&with=no+onions")
        [('size', '2'), ('with', 'cheese'), ('with', 'no onions')]
    """
    text = query.decode("latin-1")
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    # Nothing is escaped, which is the usual case and six times cheaper to split here.
    return [part.partition("=")[::2] for part in text.split("&") if part]


_JSON = re.compile(rb"application/(.*\+)?json")


def media_type(headers: Iterable[RawHeader]) -> bytes:
    """Return the content type that the headers declare, without its parameters, in lower case; empty if none.

    Example:
        >>> media_type([(b"content-type", b"Application/JSON; charset=utf-8")])
        b'application/json'
    """
    for name, value in headers:
        if name == b"content-type":
            return value.partition(b";")[0].strip().lower()
    return b""


def is_json(headers: Iterable[RawHeader], *, strict: bool = True) -> bool:
    """Tell whether the headers declare a JSON body: ``application/json`` or ``application/…+json``.

    Args:
        headers: of the request.
        strict: whether a request that declares nothing has no JSON body.

    Example:
        >>> is_json([(b"content-type", b"application/json; charset=utf-8")])
        True
    """
    declared = media_type(headers)
    return declared == b"application/json" or (bool(_JSON.fullmatch(declared)) if declared else not strict)


def cookie_pairs(header: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a ``Cookie`` header, as leniently as browsers write it.

    Example:
        >>> list(cookie_pairs('session=abc; theme="dark blue"'))
        [('session', 'abc'), ('theme', 'dark blue')]
    """
    for chunk in header.split(";"):
        before, equals, after = chunk.partition("=")
        name, value = (before.strip(), after.strip()) if equals else ("", before.strip())
        if len(value) > 1 and value[0] == value[-1] == '"':  # the quotes and escapes of RFC 6265's predecessors
            value = re.sub(r"\\(?:([0-3][0-7][0-7])|(.))", lambda m: chr(int(m[1], 8)) if m[1] else m[2], value[1:-1])
        if name or value:
            yield name, value


class ClientDisconnect(OSError):
    """The client went away, before it had sent its whole body or got its whole answer."""


async def run_while_connected(work: Awaitable[Any], receive: Receive) -> Any:
    """Wait for work to end, or until the client has left.

    The work is done in the task that asks for it, and so in the request's context.

    Raises:
        ClientDisconnect: the client left, and the work was cancelled.
    """
    result: Any = None
    failed: Exception | None = ClientDisconnect()

    async def watch() -> None:
        while not (await receive())["type"].endswith(".disconnect"):
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            result, failed = await work, None
        except Exception as error:
            failed = error  # raised below, for the task group would wrap it
        group.cancel_scope.cancel()
    if failed is not None:
        raise failed
    return result


def limited(receive: Receive, limit: int, headers: Iterable[RawHeader]) -> Receive:
    """Return a ``receive`` that lets through a body of so many bytes and refuses a larger one, as soon as it is known.

    Raises:
        HTTPException: with status 413, at once where the length is declared.
    """
    for name, value in headers:
        # Python refuses to read an int of thousands of digits.
        if name == b"content-length" and value.isdigit() and (len(value) > 18 or int(value) > limit):
            raise HTTPException(413)
    left = limit

    async def receive_within_limit() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return receive_within_limit


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request.

    Raises:
        HTTPException: with status 400 when the client leaves before it has sent everything.
    """
    chunks = []
    while (message := await receive())["type"] == "http.request":
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
    raise HTTPException(400, "There was an error parsing the body")


async def _missing(*message: Message) -> Any:
    raise FwlabError("This request was made without `receive` or `send`: it has no body, and nothing can be sent.")


class HTTPConnection(Mapping[str, Any]):
    """What requests and WebSockets have in common: where they go, what their headers say.

    Also a mapping over the ASGI scope itself. Two connections are equal when they are the same one.
    """

    def __init__(self, scope: Scope, receive: Receive = _missing, send: Send = _missing) -> None:
        self.scope, self._receive, self._send = scope, receive, send

    def __getitem__(self, key: str) -> Any:
        return self.scope[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.scope)

    def __len__(self) -> int:
        return len(self.scope)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def app(self) -> Any:
        """The application that answers."""
        return self.scope["app"]

    @cached_property
    def url(self) -> URL:
        """The address that was asked for."""
        return URL(scope=self.scope)

    @cached_property
    def base_url(self) -> URL:
        """The address under which the application is found."""
        root = self.scope.get("app_root_path", self.scope.get("root_path", "")).rstrip("/") + "/"
        return URL(scope={**self.scope, "path": root, "query_string": b""})

    @cached_property
    def headers(self) -> Headers:
        """The request's headers."""
        return Headers(scope=self.scope)

    @cached_property
    def query_params(self) -> QueryParams:
        """What stands after the question mark."""
        return QueryParams(self.scope["query_string"])

    @property
    def path_params(self) -> dict[str, Any]:
        """The path's parameters, before validation."""
        return cast(dict[str, Any], self.scope.get("path_params", {}))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies."""
        return dict(pair for header in self.headers.getlist("cookie") for pair in cookie_pairs(header))

    @property
    def client(self) -> Address | None:
        """Where the client is, as the server sees it."""
        return Address(*client) if (client := self.scope.get("client")) else None

    @property
    def session(self) -> dict[str, Any]:
        """The session, kept by SessionMiddleware."""
        if "session" not in self.scope:
            raise FwlabError("There is no session: add SessionMiddleware to the app.")
        return cast(dict[str, Any], self.scope["session"])

    @cached_property
    def state(self) -> State:
        """A place for values of your own, for this request; begins with what the lifespan yielded."""
        return State(self.scope.setdefault("state", {}))

    def url_for(self, name: str, /, **path_params: Any) -> URL:
        """Return the full address of the path operation of that name."""
        path = self.scope.get("router", self.scope["app"]).url_path_for(name, **path_params)
        return self.base_url.replace(path=self.base_url.path.rstrip("/") + str(path))


class Request(HTTPConnection):
    """An HTTP request; a handler that annotates an argument with this class gets it.

    Example:
        >>> from fwlab import App, Request
        >>> app = App()
        >>> @app.get("/who")
        ... async def who(request: Request):
        ...     return {"agent": request.headers.get("user-agent")}
    """

    _body: bytes  # not there until it is read: FastAPI's documentation has a request ask `hasattr(self, "_body")`
    _form: FormData | None = None
    _stream_consumed = _is_disconnected = False

    @property
    def receive(self) -> Receive:
        """ASGI's own way to the body."""
        return self._receive

    @property
    def method(self) -> str:
        """Such as ``"GET"``."""
        return str(self.scope["method"])

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in the pieces in which it comes; it can be done once.

        Raises:
            ClientDisconnect: the client left.
        """
        if hasattr(self, "_body"):
            yield self._body
        elif self._stream_consumed:
            raise FwlabError("The body was read as a stream already, and can be only once; keep what you read.")
        while not hasattr(self, "_body") and not self._stream_consumed:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._is_disconnected = True
                raise ClientDisconnect
            self._stream_consumed = not message.get("more_body", False)
            if body := message.get("body", b""):
                yield body
        yield b""

    async def body(self) -> bytes:
        """Return the whole body."""
        if not hasattr(self, "_body"):
            self._body = b"".join([chunk async for chunk in self.stream()])
        return self._body

    async def json(self) -> Any:
        """Return the body as JSON."""
        if not hasattr(self, "_json"):
            self._json = json.loads(await self.body())
        return self._json

    def form(self, *, max_files: float = 1000, max_fields: float = 1000, max_part_size: int = 1024**2) -> "_FormReader":
        """Read the body as a form: ``await request.form()``, or ``async with`` it, which closes its files at the end.

        Args:
            max_files: how many files it may have.
            max_fields: how many other fields it may have.
            max_part_size: how large a field may be that is no file, in bytes.

        Raises:
            HTTPException: with status 400 when the form is broken or beyond a limit.
        """
        return _FormReader(self, max_files, max_fields, max_part_size)

    async def close(self) -> None:
        """Close the form's files."""
        if self._form is not None:
            await self._form.close()

    async def is_disconnected(self) -> bool:
        """Tell whether the client has left, without waiting for anything."""
        if not self._is_disconnected:
            with anyio.CancelScope() as scope:
                scope.cancel()
                self._is_disconnected = (await self._receive())["type"] == "http.disconnect"
        return self._is_disconnected


class _FormReader:
    """A form still to be read, to be awaited or entered."""

    def __init__(self, request: Request, *limits: Any) -> None:
        self._request, self._limits = request, limits

    async def _read(self) -> FormData:
        request = self._request
        if request._form is None:
            from fwlab.formparsers import FormLimits, read_form  # loaded only by those who read forms

            async with aclosing(request.stream()) as stream:
                request._form = await read_form(request.headers, stream, FormLimits(*self._limits))
        return request._form

    def __await__(self) -> Generator[Any, None, FormData]:
        return self._read().__await__()

    async def __aenter__(self) -> FormData:
        return await self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._request.close()
