"""The suite's side of a server process: start it, ask for its CPU time, end it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.cases import Case

_START_UP = 30  # seconds
_ROOT = Path(__file__).resolve().parents[1]


class ServerError(Exception):
    """A server did not start, or answered wrongly."""


class Load(NamedTuple):
    """What a driver did.

    Attributes:
        requests: that were answered.
        rate: of them, per second.
    """

    requests: int
    rate: float


class Served:
    """A running server.

    Attributes:
        name: of the app it serves.
        port: on 127.0.0.1.
    """

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process
        self.port = int(self._line())

    def cpu_time(self) -> float:
        """Return the seconds of CPU that the server has used so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._line())

    def check(self, case: Case) -> None:
        """See that it answers a case rightly, waiting for its start if need be.

        Raises:
            ServerError: it does not.
        """
        patience = time.monotonic() + _START_UP
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            headers = {"content-type": "application/json"} if case.body else {}
            try:
                connection.request(case.method, case.target, body=case.body or None, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
                break
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > patience:
                    raise ServerError(f"The server of {self.name} does not start.") from None
                time.sleep(0.05)
            finally:
                connection.close()
        if (answer.status, body) != (200, case.answer):
            raise ServerError(f"The server of {self.name} answers {case.name} with {answer.status} {body!r}.")

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ServerError(f"The server of {self.name} has ended.")
        return line


@contextmanager
def serving(name: str) -> Iterator[Served]:
    """Serve an app in a process of its own until the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        start_new_session=True,  # the interrupt key is for the suite, which then ends its servers
    )
    try:
        yield Served(name, process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()
