"""What a load's process and the one that started it say to each other: pickled values, each with its length before it.

Only these two processes hold the pipe's ends, so what is unpickled is what the other one pickled. Samples travel as
columns of numbers, an eighth of what they would take as objects.
"""

from __future__ import annotations

import math
import pickle
import struct
from array import array
from typing import IO, TYPE_CHECKING, Any

from fwlab.lab.loading.engine import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LENGTH = struct.Struct("!Q")


def write_frame(pipe: IO[bytes], payload: bytes) -> None:
    """Write one value's bytes."""
    pipe.write(_LENGTH.pack(len(payload)) + payload)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Any:
    """Return the next value; ``None`` where the pipe has come to its end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = pipe.read(length)
    return pickle.loads(payload) if len(payload) == length else None


def pack(rows: Sequence[Exchange]) -> tuple[Any, ...]:
    """Return exchanges as columns."""

    def moments(values: Iterable[float | None]) -> array[float]:
        return array("d", (math.nan if value is None else value for value in values))

    errors: dict[str | None, int] = {}
    names: dict[str, int] = {}
    return (
        (
            moments(row.intended for row in rows),
            moments(row.sent for row in rows),
            moments(row.first_byte for row in rows),
            moments(row.done for row in rows),
        ),
        array("i", (row.status or 0 for row in rows)),
        array("i", (errors.setdefault(row.error, len(errors)) for row in rows)),
        array("i", (row.user for row in rows)),
        array("i", (names.setdefault(row.name, len(names)) for row in rows)),
        list(errors),
        list(names),
    )


def unpack(columns: tuple[Any, ...]) -> list[Exchange]:
    """Return the exchanges again."""
    (intended, sent, first_byte, done), status, error, user, name, errors, names = columns
    return [
        Exchange(
            row[0],
            row[1],
            None if math.isnan(row[2]) else row[2],
            None if math.isnan(row[3]) else row[3],
            row[4] or None,
            errors[row[5]],
            row[6],
            names[row[7]],
        )
        for row in zip(intended, sent, first_byte, done, status, error, user, name, strict=True)
    ]
