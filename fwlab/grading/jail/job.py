"""What an inmate is asked to do, and what came of it: the messages between judge, warden and inmate."""

from __future__ import annotations

import struct
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from fwlab.grading.jail.limits import Limits

_LENGTH = struct.Struct(">I")
LONGEST = 256_000_000
"""Bytes of one message."""


@dataclass(frozen=True)
class JobCell:
    """A code cell to run."""

    number: int
    source: str
    task: str = ""
    """The task whose answer it is; empty for any other cell."""


@dataclass(frozen=True)
class JobTask:
    """A task whose experiment is to be made."""

    id: str
    names: tuple[str, ...]
    """What its starter defines: where none of that is there, there is nothing to experiment with."""


@dataclass(frozen=True)
class Job:
    """An exercise of a submission."""

    cells: tuple[JobCell, ...]
    tasks: tuple[JobTask, ...]
    experiments: str
    """The experiments' source, and nothing else of the checks."""
    module: str
    """The name of the checks' module."""
    limits: Limits = field(default_factory=Limits)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Job:
        """Make a job of what :meth:`to_dict` returned."""
        cells = tuple(JobCell(**cell) for cell in data["cells"])
        tasks = tuple(JobTask(task["id"], tuple(task["names"])) for task in data["tasks"])
        return cls(cells, tasks, data["experiments"], data["module"], Limits(**data["limits"]))


@dataclass(frozen=True)
class Ending:
    """How an inmate ended, and what it left.

    Attributes:
        how: ``"well"``, ``"exit"``, ``"signal"``, ``"processor time"`` or ``"time"``.
        status: its exit status, or the number of the signal.
        stage: what it was at: ``"cell 3"``, ``"task 1"`` (by its place in the job), or ``""`` before the first.
        records: what it wrote down, one after the other.
    """

    how: str
    status: int
    stage: str
    records: tuple[bytes, ...]


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(_LENGTH.pack(len(message)) + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one message; ``None`` where the other side has gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = pipe.read(length) if length <= LONGEST else b""
    return message if len(message) == length else None


def pieces(data: bytes) -> tuple[bytes, ...]:
    """Take messages apart that stand one after the other; what is cut off is no message."""
    found, at = [], 0
    while at + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            break
        found.append(data[at : at + length])
        at += length
    return tuple(found)


def framed(message: bytes) -> bytes:
    """Return a message as :func:`pieces` reads it."""
    return _LENGTH.pack(len(message)) + message
