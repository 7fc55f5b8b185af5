"""What the kinds of failure mean, in words: of a request that got no answer, or one that is an error."""

from __future__ import annotations

from http import HTTPStatus

_MEANINGS = {
    "timeout": "no whole answer within the timeout",
    "interrupted": "under way when the run was stopped",
    "ConnectError": "nobody took the connection: the server is gone, or takes no more",
    "ReadError": "the connection broke before the answer was whole: the server reset it, or died",
    "RemoteProtocolError": "the server closed the connection before its answer was whole, or sent what is no HTTP",
    "WriteError": "the connection broke while the request was sent",
    "ConnectTimeout": "the client's own limit: no connection came about in time",
    "ReadTimeout": "the client's own limit: nothing came in time",
    "WriteTimeout": "the client's own limit: the server took no more of the request in time",
    "PoolTimeout": "the client's own limit: its pool had no connection free in time",
}


def meaning(kind: str) -> str:
    """Return what a kind of failure means, for a person.

    Args:
        kind: as :attr:`Sample.error <fwlab.lab.Sample.error>` has it.

    >>> meaning("HTTP 503")
    'Service Unavailable'
    >>> meaning("ValueError")
    'raised by the application, or by the client'
    """
    if kind.startswith("HTTP "):
        try:
            return HTTPStatus(int(kind.removeprefix("HTTP "))).phrase
        except ValueError:
            return "a status that HTTP does not know"
    return _MEANINGS.get(kind, "raised by the application, or by the client")
