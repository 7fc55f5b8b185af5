"""The small types that requests and responses are made of: addresses, headers, repeated keys, uploaded files.

Headers and queries may hold a name several times. Reading one gives the value that counts (the first of a header, the
last of a query); ``getlist`` gives them all.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, BinaryIO, NamedTuple, Self, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from fwlab.concurrency import run_in_threadpool
from fwlab.types import RawHeader, Scope

T = TypeVar("T")


class Address(NamedTuple):
    """Where the other side of a connection is."""

    host: str
    port: int


class URL(SplitResult):
    """An absolute or relative address; its parts are those of :func:`urllib.parse.urlsplit`.

    Example:
        >>> url = URL("http://127.0.0.1:8000/burgers?size=2")
        >>> url.port, url.path, url.query
        (8000, '/burgers', 'size=2')
        >>> str(url.include_query_params(size=3))
        'http://127.0.0.1:8000/burgers?size=3'
    """

    def __new__(cls, url: str = "", *, scope: Scope | None = None) -> Self:
        """Read an address, or that of a request's ASGI scope."""
        return cls._make(urlsplit(url) if scope is None else _address_of(scope))

    def replace(self, **parts: Any) -> Self:
        """Return the address with other parts; ``hostname``, ``port``, ``username`` and ``password`` count as parts."""
        if not parts.keys().isdisjoint(authority := ("username", "password", "hostname", "port")):
            username, password, host, port = (parts.pop(part, getattr(self, part)) for part in authority)
            host = f"[{host}]" if host and ":" in host and not host.startswith("[") else host or ""
            user = username if password is None else f"{username}:{password}"
            parts["netloc"] = f"{'' if username is None else f'{user}@'}{host}{'' if port is None else f':{port}'}"
        return self._replace(**parts)

    def include_query_params(self, **params: Any) -> Self:
        """Return the address with these query parameters, others kept."""
        kept = parse_qsl(self.remove_query_params(params).query, keep_blank_values=True)
        return self.replace(query=urlencode([*kept, *params.items()]))

    def remove_query_params(self, names: str | Iterable[str]) -> Self:
        """Return the address without these query parameters."""
        gone = {names} if isinstance(names, str) else set(names)
        pairs = parse_qsl(self.query, keep_blank_values=True)
        return self.replace(query=urlencode([pair for pair in pairs if pair[0] not in gone]))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return self.geturl()

    def __repr__(self) -> str:
        shown = self.replace(password="********") if self.password else self
        return f"{type(self).__name__}({str(shown)!r})"


_HOST = r"(?ai)([\w.~%!$&'()*+,;=-]+|\[[0-9a-f:.]+\])(:\d{1,5})?"


def host_of(scope: Scope) -> tuple[str, str] | None:
    """Return the host that a request named in its ``Host`` header, without and with its port; None if it is no host.

    Example:
        >>> host_of({"headers": [(b"host", b"[::1]:8000")]})
        ('[::1]', '[::1]:8000')
    """
    given = Headers(scope=scope).get("host", "")
    match = re.fullmatch(_HOST, given)
    try:
        return (match[1], given) if match and (urlsplit(f"//{given}").port or 0) < 65536 else None
    except ValueError:  # a port that is too high, or brackets without an IPv6 address
        return None


def _address_of(scope: Scope) -> tuple[str, str, str, str, str]:
    """Return the parts of the address that a request asked for, at the host it named, or else at the server's own."""
    scheme, host = scope.get("scheme", "http"), host_of(scope)
    netloc = host[1] if host else ""
    if host is None and scope.get("server") is not None:
        name, port = scope["server"]
        usual = port in (None, {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(scheme))
        netloc = (f"[{name}]" if ":" in name else name) + ("" if usual else f":{port}")
    # The path is decoded, so what ends a path in an address must be encoded again.
    path = scope["path"].replace("?", "%3F").replace("#", "%23").replace("\\", "%5C")
    if not netloc and path.startswith("//"):  # where a host would stand
        path = "/%2F" + path[2:]
    return scheme if netloc else "", netloc, path, scope.get("query_string", b"").decode("latin-1"), ""


class Headers(Mapping[str, str]):
    """The headers of a request: names without regard to case, values as text; ``raw`` is what ASGI has of them.

    Example:
        >>> headers = Headers({"Content-Type": "text/plain"})
        >>> headers["content-type"]
        'text/plain'
    """

    def __init__(
        self, headers: Mapping[str, str] | None = None, raw: Iterable[RawHeader] = (), scope: Scope | None = None
    ) -> None:
        if headers is not None:
            raw = [(_key(name), value.encode("latin-1")) for name, value in headers.items()]
        elif scope is not None:
            raw = scope["headers"]
        # A list is kept, not copied, so that a response's headers can be changed through this view.
        self.raw = raw if isinstance(raw, list) else list(raw)

    def getlist(self, name: str) -> list[str]:
        """Return every value of a header."""
        wanted = _key(name)
        return [value.decode("latin-1") for key, value in self.raw if key == wanted]

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Return every name with its value, repeated ones as often as they stand there."""
        return [(key.decode("latin-1"), value.decode("latin-1")) for key, value in self.raw]

    def values(self) -> list[str]:  # type: ignore[override]
        """Return every value."""
        return [value for _, value in self.items()]

    def __getitem__(self, name: str) -> str:
        for value in self.getlist(name):
            return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.items())

    def __len__(self) -> int:
        return len(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and sorted(self.raw) == sorted(other.raw)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(raw={self.raw!r})"


def _key(name: str) -> bytes:
    return name.lower().encode("latin-1")


class MutableHeaders(Headers, MutableMapping[str, str]):
    """The headers of a response, which can be changed."""

    def __setitem__(self, name: str, value: str) -> None:
        key = _key(name)
        place = next((index for index, (old, _) in enumerate(self.raw) if old == key), len(self.raw))
        del self[name]
        self.raw.insert(place, (key, value.encode("latin-1")))

    def __delitem__(self, name: str) -> None:
        self.raw[:] = [pair for pair in self.raw if pair[0] != _key(name)]

    def append(self, name: str, value: str) -> None:
        """Add a header, also when there is one of this name."""
        self.raw.append((_key(name), value.encode("latin-1")))

    def add_vary_header(self, vary: str) -> None:
        """Say that the response depends on one more request header."""
        self["vary"] = ", ".join([*self.getlist("vary"), vary])


class MultiDict(Mapping[str, Any]):
    """Names with values, where a name may stand several times; the last one counts.

    Args:
        pairs: a mapping, or pairs of name and value.

    Example:
        >>> choice = MultiDict([("with", "cheese"), ("with", "onions")])
        >>> choice["with"], choice.getlist("with")
        ('onions', ['cheese', 'onions'])
    """

    def __init__(self, pairs: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        if isinstance(pairs, Mapping):
            pairs = pairs.multi_items() if isinstance(pairs, MultiDict) else pairs.items()
        self._list = list(pairs)
        self._dict = dict(self._list)

    def getlist(self, name: str) -> list[Any]:
        """Return every value of a name."""
        return [value for key, value in self._list if key == name]

    def multi_items(self) -> list[tuple[str, Any]]:
        """Return every name with its value, repeated ones too."""
        return self._list[:]

    def __getitem__(self, name: str) -> Any:
        return self._dict[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and sorted(self._list, key=repr) == sorted(other._list, key=repr)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._list!r})"


class QueryParams(MultiDict):
    """The query of a request; a string, too, can be made into one."""

    def __init__(self, query: str | bytes | Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        if isinstance(query, bytes):
            query = query.decode("latin-1")
        pairs = parse_qsl(query, keep_blank_values=True) if isinstance(query, str) else MultiDict(query).multi_items()
        super().__init__((str(name), str(value)) for name, value in pairs)

    def __str__(self) -> str:
        return urlencode(self._list)


class UploadFile:
    """A file that came with a form, in memory or, when it is large, on disk; reading it does not block the loop.

    Args:
        file: the open file.
        size: in bytes, where it is known.
        filename: as the client calls it; never trust it as a path.
        headers: of its part of the form.
    """

    def __init__(
        self, file: BinaryIO, *, size: int | None = None, filename: str | None = None, headers: Headers | None = None
    ) -> None:
        self.file, self.size, self.filename, self.headers = file, size, filename, headers or Headers()

    @property
    def content_type(self) -> str | None:
        """What the client says that it is."""
        return self.headers.get("content-type")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic check that a value is an uploaded file: what came without a file name is text."""

        def checked(value: Any) -> Any:
            if not isinstance(value, UploadFile):
                raise ValueError(f"Expected UploadFile, received: {type(value)}")
            return value

        return core_schema.no_info_plain_validator_function(checked)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe a file as OpenAPI 3.1 does: a string of any bytes."""
        return {"type": "string", "contentMediaType": "application/octet-stream"}

    async def _call(self, method: Callable[..., T], *args: Any, growth: int = 0) -> T:
        """Call a method of the file: on the loop while it is in memory and stays there, else in a worker thread."""
        file: Any = self.file
        if getattr(file, "_rolled", True) or (growth and file.tell() + growth > file._max_size):
            return await run_in_threadpool(method, *args)
        return method(*args)

    async def read(self, size: int = -1) -> bytes:
        """Return so many bytes, or all that is left."""
        return await self._call(self.file.read, size)

    async def write(self, data: bytes) -> None:
        """Write bytes where the file stands."""
        if self.size is not None:
            self.size += len(data)
        await self._call(self.file.write, data, growth=len(data))

    async def seek(self, offset: int) -> None:
        """Go to a place in the file."""
        await self._call(self.file.seek, offset)

    async def close(self) -> None:
        """Close the file; what was on disk is deleted."""
        await self._call(self.file.close)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(filename={self.filename!r}, size={self.size!r}, headers={self.headers!r})"


class FormData(MultiDict):
    """The fields of a form: texts, and uploaded files."""

    async def close(self) -> None:
        """Close every uploaded file."""
        for _, value in self._list:
            if isinstance(value, UploadFile):
                await value.close()


class State:
    """A place for values of your own: on the app, or on a request.

    Args:
        state: where they are kept. Default: a dictionary of its own.

    Example:
        >>> state = State()
        >>> state.kitchen = "open"
        >>> state.kitchen
        'open'
    """

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.__dict__ = {} if state is None else state

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"nothing was stored as {name!r} in this state")
