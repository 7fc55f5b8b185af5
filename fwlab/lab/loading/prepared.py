"""What a load asks for: requests made ready before they are sent, and which of them comes next."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import httpx

from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})  # RFC 9110, section 9.2.2
_MOST_KEPT = 1000  # paths of a function whose requests are kept ready

MakeRequest: TypeAlias = Callable[[int, int], Any]
"""Makes each request: called with the user and the request's number, both from 0; returns a path, the arguments of
``httpx.AsyncClient.build_request`` as a dict, or an ``httpx.Request``."""

Paths: TypeAlias = str | Mapping[str, int] | MakeRequest


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is ready to be sent, once or many times.

    Attributes:
        name: in tables: ``"GET /burgers"``.
        method: of HTTP.
        request: as httpx has it.
        wire: its bytes, as HTTP/1.1 has it.
        repeatable: whether it may be sent again where a connection was lost before any answer.
    """

    name: str
    method: str
    request: httpx.Request
    wire: bytes
    repeatable: bool


class Source(Protocol):
    """Says which request comes next."""

    def next(self, user: int) -> Prepared:
        """Return the request that this user sends now.

        Raises:
            LoadError: a function that makes requests failed, or made something else.
        """


def source(
    client: httpx.AsyncClient, paths: Paths, *, method: str, json: Any, headers: Mapping[str, str] | None, seed: int
) -> Source:
    """Return what says which request comes next.

    Args:
        client: whose address, headers and cookies they get.
        paths: one, several with their weights, or a function that makes each request.
        method, json, headers: of all of them; a function may say otherwise.
        seed: several paths come in an order that is drawn at random, and the same for the same seed.

    Raises:
        LoadError: no request can be made of these.
    """
    if isinstance(paths, Mapping):
        ready = [_prepare(client, method, path, json, headers) for path in paths]
        return _Several(ready, list(paths.values()), seed)
    if isinstance(paths, str):
        return _Several([_prepare(client, method, paths, json, headers)], [1], seed)
    return _Made(client, paths, method, json, headers)


def name_of(paths: Paths, method: str) -> str:
    """Return what a load of these is called.

    >>> name_of({"/a": 3, "/b": 1}, "GET")
    'GET /a, /b'
    """
    if isinstance(paths, str):
        return f"{method} {paths}"
    if isinstance(paths, Mapping):
        shown = [*itertools.islice(paths, 3), *(["..."] if len(paths) > 3 else [])]
        return f"{method} {', '.join(shown)}"
    return f"{getattr(paths, '__name__', type(paths).__name__)}()"


class _Several:
    """A few requests, each as often as its weight says."""

    def __init__(self, ready: list[Prepared], weights: list[int], seed: int) -> None:
        self._next: Iterator[Prepared] = itertools.repeat(ready[0]) if len(ready) == 1 else _draw(ready, weights, seed)

    def next(self, _: int) -> Prepared:
        return next(self._next)


def _draw(ready: list[Prepared], weights: list[int], seed: int) -> Iterator[Prepared]:
    at_random = random.Random(seed)
    cumulative = list(itertools.accumulate(weights))
    while True:
        yield from at_random.choices(ready, cum_weights=cumulative, k=100)


class _Made:
    """Requests that a function makes, one by one."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        make: MakeRequest,
        method: str,
        json: Any,
        headers: Mapping[str, str] | None,
    ) -> None:
        self._client = client
        self._make = make
        self._all = {"method": method, "json": json, "headers": headers}
        self._numbers = itertools.count()
        self._kept: dict[str, Prepared] = {}

    def next(self, user: int) -> Prepared:
        number = next(self._numbers)
        try:
            made = self._make(user, number)
        except Exception as error:
            raise LoadError(
                f"load(path={self._called}): it raised {type(error).__name__}: {error}, for user {user} and request "
                f"{number}. It makes a request of these two numbers, and must do so for all of them."
            ) from error
        if isinstance(made, str):
            kept = self._kept.get(made)
            if kept is None:
                kept = self._prepared(made, {"url": made})
                if len(self._kept) < _MOST_KEPT:
                    self._kept[made] = kept
            return kept
        return self._prepared(made, made)

    @property
    def _called(self) -> str:
        return getattr(self._make, "__name__", repr(self._make))

    def _prepared(self, made: Any, arguments: Any) -> Prepared:
        if isinstance(made, httpx.Request):
            request = made
        elif isinstance(arguments, Mapping):
            own_body = {"content", "data", "files", "json"} & set(arguments)
            defaults = {name: value for name, value in self._all.items() if not (own_body and name == "json")}
            try:
                request = self._client.build_request(**{**defaults, **arguments}, timeout=None)
            except (TypeError, ValueError, httpx.InvalidURL, AttributeError) as error:
                raise LoadError(f"load(path={self._called}): no request can be made of {made!r}: {error}.") from None
        else:
            wait = " Write `def`, not `async def`." if hasattr(made, "__await__") else ""
            if hasattr(made, "close"):
                made.close()  # a coroutine, which would complain that nobody awaited it
            raise LoadError(
                f"load(path={self._called}): it returned {made!r}. It returns a path such as '/burgers', the arguments "
                f"of httpx's build_request as a dict, or an httpx.Request.{wait}"
            )
        base = self._client.base_url
        there = (base.scheme, base.host, base.port)
        if (request.url.scheme, request.url.host, request.url.port) != there:
            raise LoadError(
                f"load(path={self._called}): it asks for {str(request.url)!r}, which is not on the load's target "
                f"{str(base)!r}. Return a path such as '/burgers'."
            )
        return _ready(request, request.url.raw_path.decode("ascii", "replace"))


def _prepare(
    client: httpx.AsyncClient, method: str, path: str, json: Any, headers: Mapping[str, str] | None
) -> Prepared:
    try:
        request = client.build_request(method, path, json=json, headers=headers, timeout=None)
    except (TypeError, ValueError, httpx.InvalidURL, AttributeError) as error:
        raise LoadError(
            f"load(path={path!r}, json={json!r}, headers={headers!r}): no request can be made of these: {error}."
        ) from None
    return _ready(request, path)


def _ready(request: httpx.Request, path: str) -> Prepared:
    try:
        body = request.read()
    except RuntimeError:  # an asynchronous stream
        raise LoadError("The body of a load's request is bytes that are there before it is sent, no stream.") from None
    head = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    for name, value in request.headers.raw:
        if b"\r" in value or b"\n" in value or b"\r" in name or b"\n" in name:
            raise LoadError(f"load(headers=...): a header is one line, and {name!r} has the value {value!r}.")
        head.append(b"%b: %b" % (name, value))
    return Prepared(
        name=f"{request.method} {path}",
        method=request.method,
        request=request,
        wire=b"\r\n".join((*head, b"", body)),
        repeatable=request.method in _IDEMPOTENT,
    )
