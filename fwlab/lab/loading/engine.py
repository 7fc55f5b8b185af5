"""What sends a load's requests: one small face, behind which there are two engines.

A model (``closed_model.py``, ``open_model.py``) says who sends what and when; an engine sends it and reports what came.
It knows nothing of users who wait and of schedules, and a model nothing of connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.loading.prepared import Prepared

ENGINES = ("httpx", "raw")


class Exchange(NamedTuple):
    """One request and what came of it; moments are seconds of the event loop, ``None`` where it never came so far.

    Attributes:
        intended: when it was to be sent.
        sent: when the engine began to send it; where there was no connection yet, when it began to connect.
        first_byte: when the head of the answer had come.
        done: when the whole answer had come.
        status: the answer's HTTP status.
        error: the kind of failure.
        user: who sent it.
        name: which of the load's requests it was.
    """

    intended: float
    sent: float
    first_byte: float | None
    done: float | None
    status: int | None
    error: str | None
    user: int
    name: str


Row: TypeAlias = tuple[float, float, float | None, float | None, int | None, str | None, int, str]
"""An exchange as a plain tuple: while a load runs, the third of a microsecond that the names cost is the server's."""


class Engine(Protocol):
    """Sends requests for users, at most one at a time for each.

    Attributes:
        report: called with each exchange when it has come to its end, whatever that was; never from within ``send``.
        refused: why the last connection did not come about, in the system's words.
        cpu: seconds of processor time of its own so far, where it was told to count them: most of what a client uses,
            less what the event loop spends on its sockets.
    """

    report: Callable[[Row], None]
    refused: str
    cpu: float

    def send(self, user: int, prepared: Prepared, intended: float, ready: float) -> None:
        """Send a request as soon as can be; it was to be sent at ``intended``, and the user could from ``ready`` on."""

    async def close(self) -> None:
        """Break off what is under way (reported as ``"interrupted"``), and leave neither socket nor task."""


CONNECT_ERROR = "ConnectError"
READ_ERROR = "ReadError"
PROTOCOL_ERROR = "RemoteProtocolError"
TIMEOUT = "timeout"
INTERRUPTED = "interrupted"


def http_error(status: int) -> str | None:
    """Return the kind of failure that a status means: ``"HTTP 503"``, and none below 400."""
    return f"HTTP {status}" if status >= 400 else None
