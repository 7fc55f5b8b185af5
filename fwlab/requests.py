"""How the parts of a request are read out of ASGI: the path, the query string, the content type, the body's bytes."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from fwlab.exceptions import HTTPException
from fwlab.types import Receive, Scope


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
    parts = (part.partition("=") for part in text.split("&") if part)
    return [(name, value) for name, _, value in parts]


def is_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether the headers declare a JSON body: ``application/json`` or ``application/…+json``.

    Example:
        >>> is_json([(b"content-type", b"application/json; charset=utf-8")])
        True
    """
    for name, value in headers:
        if name == b"content-type":
            media_type = value.partition(b";")[0].strip().lower()
            return media_type == b"application/json" or (
                media_type.startswith(b"application/") and media_type.endswith(b"+json")
            )
    return False


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request.

    Raises:
        HTTPException: with status 400 when the client leaves before it has sent everything.
    """
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        return whole
    chunks = []
    while message["type"] == "http.request":
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()
    raise HTTPException(400, "There was an error parsing the body")
