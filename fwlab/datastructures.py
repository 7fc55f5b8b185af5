"""The small types that requests and responses are made of: addresses, headers, repeated keys, uploaded files.

Headers and queries may hold a name several times. Reading one gives the value that counts (the first of a header, the
last of a query); ``getlist`` gives them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv6Address
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from fwlab.concurrency import run_in_threadpool
from fwlab.types import Scope


class Address(NamedTuple):
    """Where the other side of a connection is."""

    host: str
    port: int


class URL:
    """An absolute or relative address, with its parts as attributes.

    Example:
        >>> url = URL("http://127.0.0.1:8000/burgers?size=2")
        >>> url.port, url.path, url.query
        (8000, '/burgers', 'size=2')
        >>> str(url.include_query_params(size=3))
        'http://127.0.0.1:8000/burgers?size=3'
    """

    def __init__(self, url: str = "", *, scope: Scope | None = None) -> None:
        self._url = url if scope is None else _url_of(scope)
        self._parts: SplitResult | None = None

    @property
    def components(self) -> SplitResult:
        """All parts at once, as :func:`urllib.parse.urlsplit` names them."""
        if self._parts is None:
            self._parts = urlsplit(self._url)
        return self._parts

    @property
    def scheme(self) -> str:
        """Such as ``"http"``."""
        return self.components.scheme

    @property
    def netloc(self) -> str:
        """Host and port, and user name and password where the address has them."""
        return self.components.netloc

    @property
    def path(self) -> str:
        """From the slash after the host to the question mark."""
        return self.components.path

    @property
    def query(self) -> str:
        """What comes after the question mark."""
        return self.components.query

    @property
    def fragment(self) -> str:
        """What comes after the hash."""
        return self.components.fragment

    @property
    def username(self) -> str | None:
        """The user name in it."""
        return self.components.username

    @property
    def password(self) -> str | None:
        """The password in it."""
        return self.components.password

    @property
    def hostname(self) -> str | None:
        """The host without the port."""
        return self.components.hostname

    @property
    def port(self) -> int | None:
        """The port, where it is written."""
        return self.components.port

    @property
    def is_secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme in ("https", "wss")

    def replace(self, **parts: Any) -> URL:
        """Return the address with other parts; ``hostname``, ``port``, ``username`` and ``password`` count as parts."""
        authority = {key: parts.pop(key) for key in ("username", "password", "hostname", "port") if key in parts}
        if authority:
            now = self.components
            host = authority.get("hostname", now.hostname) or ""
            port = authority.get("port", now.port)
            username = authority.get("username", now.username)
            password = authority.get("password", now.password)
            netloc = f"[{host}]" if ":" in host and not host.startswith("[") else host
            netloc += f":{port}" if port is not None else ""
            if username is not None:
                netloc = f"{username}:{password}@{netloc}" if password is not None else f"{username}@{netloc}"
            parts["netloc"] = netloc
        return type(self)(self.components._replace(**parts).geturl())

    def include_query_params(self, **params: Any) -> URL:
        """Return the address with these query parameters, others kept."""
        kept = [(name, value) for name, value in parse_qsl(self.query, keep_blank_values=True) if name not in params]
        return self.replace(query=urlencode([*kept, *((name, str(value)) for name, value in params.items())]))

    def replace_query_params(self, **params: Any) -> URL:
        """Return the address with these query parameters and no others."""
        return self.replace(query=urlencode([(name, str(value)) for name, value in params.items()]))

    def remove_query_params(self, names: str | Iterable[str]) -> URL:
        """Return the address without these query parameters."""
        gone = {names} if isinstance(names, str) else set(names)
        kept = [(name, value) for name, value in parse_qsl(self.query, keep_blank_values=True) if name not in gone]
        return self.replace(query=urlencode(kept))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self._url)

    def __str__(self) -> str:
        return self._url

    def __repr__(self) -> str:
        shown = self.replace(password="********") if self.password else self
        return f"{type(self).__name__}({str(shown)!r})"


_HOST = re.compile(r"(?P<name>[\w.~%!$&'()*+,;=-]+|\[(?P<v6>[0-9a-f:.]+)\])(?::(?P<port>\d{1,5}))?", re.ASCII | re.I)


def host_of(scope: Scope) -> tuple[str, str] | None:
    """Return the host that a request named in its ``Host`` header, without and with its port; None if it is no host.

    Example:
        >>> host_of({"headers": [(b"host", b"[::1]:8000")]})
        ('[::1]', '[::1]:8000')
    """
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    match = _HOST.fullmatch(given)
    if match is None or int(match["port"] or 0) > 65535:
        return None
    if match["v6"] is not None:
        try:
            IPv6Address(match["v6"])
        except ValueError:
            return None
    return match["name"], given


def _url_of(scope: Scope) -> str:
    """Return the address that a request asked for: the host it named, or else the server's own."""
    scheme = scope.get("scheme", "http")
    found = host_of(scope)
    host = None if found is None else found[1]
    if host is None and scope.get("server") is not None:
        name, port = scope["server"]
        default = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(scheme)
        host = f"[{name}]" if ":" in name else name
        host += "" if port in (default, None) else f":{port}"
    query = scope.get("query_string", b"")
    # The path is decoded, so what ends a path in an address must be encoded again.
    path = scope["path"].replace("?", "%3F").replace("#", "%23").replace("\\", "%5C")
    if host is None and path.startswith("//"):  # where a host would stand
        path = "/%2F" + path[2:]
    path += "?" + query.decode("latin-1") if query else ""
    return path if host is None else f"{scheme}://{host}{path}"


class Headers(Mapping[str, str]):
    """The headers of a request: names without regard to case, values as text.

    Example:
        >>> headers = Headers({"Content-Type": "text/plain"})
        >>> headers["content-type"]
        'text/plain'
    """

    def __init__(
        self,
        headers: Mapping[str, str] | None = None,
        raw: Iterable[tuple[bytes, bytes]] | None = None,
        scope: Scope | None = None,
    ) -> None:
        if headers is not None:
            raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        elif scope is not None:
            raw = scope["headers"]
        # A list given as `raw` is kept, not copied, so that a response's headers can be changed through this view.
        self._list: list[tuple[bytes, bytes]] = raw if isinstance(raw, list) else list(raw or ())

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI has them, in their order."""
        return self._list

    def getlist(self, name: str) -> list[str]:
        """Return every value of a header."""
        wanted = name.lower().encode("latin-1")
        return [value.decode("latin-1") for key, value in self._list if key == wanted]

    def mutablecopy(self) -> MutableHeaders:
        """Return a copy that can be changed."""
        return MutableHeaders(raw=self._list[:])

    def keys(self) -> list[str]:  # type: ignore[override]
        """Return every name, repeated ones as often as they stand there."""
        return [key.decode("latin-1") for key, _ in self._list]

    def values(self) -> list[str]:  # type: ignore[override]
        """Return every value."""
        return [value.decode("latin-1") for _, value in self._list]

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Return every name with its value."""
        return [(key.decode("latin-1"), value.decode("latin-1")) for key, value in self._list]

    def __getitem__(self, name: str) -> str:
        wanted = name.lower().encode("latin-1")
        for key, value in self._list:
            if key == wanted:
                return value.decode("latin-1")
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and any(key == name.lower().encode("latin-1") for key, _ in self._list)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._list)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and sorted(self._list) == sorted(other._list)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        pairs = self.items()
        shown = repr(dict(pairs)) if len(dict(pairs)) == len(pairs) else f"raw={self._list!r}"
        return f"{type(self).__name__}({shown})"


class MutableHeaders(Headers):
    """The headers of a response, which can be changed."""

    def __setitem__(self, name: str, value: str) -> None:
        key, encoded = name.lower().encode("latin-1"), value.encode("latin-1")
        places = [index for index, (old, _) in enumerate(self._list) if old == key]
        for index in reversed(places[1:]):
            del self._list[index]
        if places:
            self._list[places[0]] = (key, encoded)
        else:
            self._list.append((key, encoded))

    def __delitem__(self, name: str) -> None:
        key = name.lower().encode("latin-1")
        self._list[:] = [pair for pair in self._list if pair[0] != key]

    def append(self, name: str, value: str) -> None:
        """Add a header, also when there is one of this name."""
        self._list.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    def setdefault(self, name: str, value: str) -> str:
        """Return the header of this name, having set it to ``value`` where there was none."""
        if name not in self:
            self.append(name, value)
        return self[name]

    def update(self, other: Mapping[str, str]) -> None:
        """Set several headers."""
        for name, value in other.items():
            self[name] = value

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
        if isinstance(pairs, MultiDict):
            self._list: list[tuple[str, Any]] = list(pairs._list)
        else:
            self._list = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
        self._dict = dict(self._list)

    def getlist(self, name: str) -> list[Any]:
        """Return every value of a name."""
        return [value for key, value in self._list if key == name]

    def multi_items(self) -> list[tuple[str, Any]]:
        """Return every name with its value, repeated ones too."""
        return list(self._list)

    def __getitem__(self, name: str) -> Any:
        return self._dict[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and sorted(self._list, key=repr) == sorted(other._list, key=repr)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._list!r})"


class QueryParams(MultiDict):
    """The query of a request; a string, too, can be made into one."""

    def __init__(self, query: str | bytes | Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        if isinstance(query, bytes):
            query = query.decode("latin-1")
        pairs = parse_qsl(query, keep_blank_values=True) if isinstance(query, str) else query
        super().__init__(pairs)
        self._list = [(str(name), str(value)) for name, value in self._list]
        self._dict = dict(self._list)

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
        self.file = file
        self.size = size
        self.filename = filename
        self.headers = headers or Headers()

    @property
    def content_type(self) -> str | None:
        """What the client says that it is."""
        return self.headers.get("content-type")

    @property
    def _in_memory(self) -> bool:
        return not getattr(self.file, "_rolled", True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic check that a value is an uploaded file: what came without a file name is text."""
        return core_schema.no_info_plain_validator_function(cls._checked)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe a file as OpenAPI 3.1 does: a string of any bytes."""
        return {"type": "string", "contentMediaType": "application/octet-stream"}

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if not isinstance(value, UploadFile):
            raise ValueError(f"Expected UploadFile, received: {type(value)}")
        return value

    async def read(self, size: int = -1) -> bytes:
        """Return so many bytes, or all that is left."""
        return self.file.read(size) if self._in_memory else await run_in_threadpool(self.file.read, size)

    async def write(self, data: bytes) -> None:
        """Write bytes where the file stands."""
        if self.size is not None:
            self.size += len(data)
        if self._in_memory and self.file.tell() + len(data) <= self.file._max_size:  # type: ignore[attr-defined]
            self.file.write(data)
        else:  # on disk, or about to go there
            await run_in_threadpool(self.file.write, data)

    async def seek(self, offset: int) -> None:
        """Go to a place in the file."""
        if self._in_memory:
            self.file.seek(offset)
        else:
            await run_in_threadpool(self.file.seek, offset)

    async def close(self) -> None:
        """Close the file; what was on disk is deleted."""
        if self._in_memory:
            self.file.close()
        else:
            await run_in_threadpool(self.file.close)

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

    Example:
        >>> state = State()
        >>> state.kitchen = "open"
        >>> state.kitchen
        'open'
    """

    _state: dict[str, Any]

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        super().__setattr__("_state", {} if state is None else state)

    def __setattr__(self, name: str, value: Any) -> None:
        self._state[name] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self._state[name]
        except KeyError:
            raise AttributeError(f"nothing was stored as {name!r} in this state") from None

    def __delattr__(self, name: str) -> None:
        del self._state[name]
