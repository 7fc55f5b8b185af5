"""The six requests, each with the one right answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_USUAL_HEADERS = (
    (b"host", b"127.0.0.1:8000"),
    (b"user-agent", b"fwlab-benchmarks"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"connection", b"keep-alive"),
)


@dataclasses.dataclass(frozen=True)
class Case:
    """One request and its answer.

    Attributes:
        name: in tables.
        what: in words.
        method, path, query, body: of the request.
        answer: the body of the answer, whose status is 200.
        media_type: the answer's, without its parameters.
    """

    name: str
    what: str
    method: str
    path: str
    answer: bytes
    query: bytes = b""
    body: bytes = b""
    media_type: bytes = b"application/json"

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What a client would send."""
        if not self.body:
            return list(_USUAL_HEADERS)
        of_body = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.body))]
        return [*_USUAL_HEADERS, *of_body]

    @property
    def target(self) -> str:
        """Path and query, as they stand in a request line."""
        return self.path + ("?" + self.query.decode() if self.query else "")

    def scope(self) -> dict[str, Any]:
        """Return what a server would call the app with."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "headers": self.headers,
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


CASES = (
    Case("text", "plain text", "GET", "/text", b"Hello, burger!", media_type=b"text/plain"),
    Case("json", "JSON", "GET", "/json", b'{"message":"Hello, burger!","number":1}'),
    Case(
        "parameters",
        "path and query parameters",
        "GET",
        "/burgers/12",
        b'{"burger_id":12,"cheese":"gouda","double":true}',
        query=b"cheese=gouda&double=true",
    ),
    Case(
        "body",
        "a validated JSON body, and a response model",
        "POST",
        "/burgers",
        b'{"name":"Cheese","price":7.5,"toppings":["onion","gherkin"]}',
        body=b'{"name": "Cheese", "price": 7.5, "toppings": ["onion", "gherkin"]}',
    ),
    Case("dependency", "a two-step dependency", "GET", "/dependency", b'{"found":"onion!"}', query=b"q=onion"),
    Case("def", "a def handler, in a thread", "GET", "/def", b'{"message":"Hello, thread!"}'),
)
BY_NAME = {case.name: case for case in CASES}


def turns(cases: Mapping[str, Sequence[Case]]) -> Iterator[tuple[str, Case]]:
    """Yield each framework with each of its cases, all frameworks of one case after another.

    What disturbs the machine for a moment so disturbs them all.
    """
    for case in CASES:
        for framework, its_cases in cases.items():
            if case in its_cases:
                yield framework, case
