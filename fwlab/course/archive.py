"""The shop's archive: 10,000 receipts, and what guests wrote in its book. What a database benchmark reads is here.

The three things that it is asked for are those of the TechEmpower Framework Benchmarks: one row by its number; many
rows, each with a query of its own; and a page of all notes, with one more that is not in the table, sorted, and with
nothing in it that a browser would run. The archive lies in a file of SQLite here; ``archive_postgres`` has the same.
"""

from __future__ import annotations

import html
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from anyio import to_thread

from fwlab.course.activities import activity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RECEIPTS = 10_000
"""How many receipts there are, numbered from 1."""
NOTES = (
    "A burger is worth a thousand words.",
    "Two queries walk into a table.",
    "The best time to warm up was before the measurement.",
    "I came for the median and stayed for the tail.",
    "The second-best fries in town.",
    "フライドポテトもください",
    "Zwölf Gäste, ein Tisch.",
    "I waited for the cheese, and nobody else did.",
    "<script>alert('This must be seen as text.');</script>",
    "Do not measure on an empty stomach.",
    "My number was 41.",
    "Ask twice, and believe the difference.",
)
"""What guests wrote, in the order of their numbers, from 1."""
LATEST = "Written while you were waiting."
"""The note that is added to each page, and is in no table."""


@dataclass(frozen=True)
class Receipt:
    """A row: its number, and what was paid, in dollars."""

    number: int
    total: int


@dataclass(frozen=True)
class Note:
    """A row of the guest book."""

    number: int
    text: str


class Archive(Protocol):
    """What can be asked of an archive, whatever database it lies in."""

    async def receipt(self, number: int) -> Receipt | None:
        """Return a receipt, or ``None`` where there is none of that number; one query."""

    async def notes(self) -> list[Note]:
        """Return all notes, in no particular order; one query."""


def total_of(number: int) -> int:
    """Return what was paid by a receipt, in dollars: made up, and the same in every archive."""
    return 6 + number * 7919 % 50


async def receipts_of(archive: Archive, numbers: Iterable[int]) -> list[Receipt]:
    """Return receipts, each by a query of its own, one after the other. Numbers that are none are left out.

    Example:
        >>> import anyio, pathlib, tempfile
        >>> async def look(folder):
        ...     with SQLiteArchive(pathlib.Path(folder, "archive.db")) as archive:
        ...         return await receipts_of(archive, [2, 1])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     anyio.run(look, folder)
        [Receipt(number=2, total=44), Receipt(number=1, total=25)]
    """
    found = [await archive.receipt(number) for number in numbers]
    return [receipt for receipt in found if receipt is not None]


def guest_book(notes: Iterable[Note]) -> str:
    """Return the guest book as a page: the notes and the latest one, sorted by their text, as text.

    Example:
        >>> "<script>" in guest_book([Note(1, "<script>")])
        False
    """
    texts = sorted([*(note.text for note in notes), LATEST])
    lines = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    return f"<!doctype html><html><head><title>Guest book</title></head><body><ul>{lines}</ul></body></html>"


class SQLiteArchive:
    """The archive in one file, which is filled when it is new. The driver blocks: each query runs in a worker thread.

    Args:
        path: the file.

    Example:
        >>> import anyio, pathlib, tempfile
        >>> async def look(folder):
        ...     with SQLiteArchive(pathlib.Path(folder, "archive.db")) as archive:
        ...         return await archive.receipt(2), len(await archive.notes())
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     anyio.run(look, folder)
        (Receipt(number=2, total=44), 12)
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._mine = threading.Lock()  # one connection, and one thread on it at a time
        with self._connection as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS receipts (number INTEGER PRIMARY KEY, total INTEGER)")
            connection.execute("CREATE TABLE IF NOT EXISTS notes (number INTEGER PRIMARY KEY, text TEXT)")
            rows = ((number, total_of(number)) for number in range(1, RECEIPTS + 1))
            connection.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?)", rows)
            connection.executemany("INSERT OR IGNORE INTO notes VALUES (?, ?)", enumerate(NOTES, 1))

    def __enter__(self) -> SQLiteArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def receipt(self, number: int) -> Receipt | None:
        """Return a receipt, or ``None`` where there is none of that number; one query."""
        rows = await to_thread.run_sync(self._query, "SELECT number, total FROM receipts WHERE number = ?", (number,))
        return Receipt(*rows[0]) if rows else None

    async def notes(self) -> list[Note]:
        """Return all notes; one query."""
        return [Note(*row) for row in await to_thread.run_sync(self._query, "SELECT number, text FROM notes", ())]

    def close(self) -> None:
        """Close the file; nobody may ask any more."""
        self._connection.close()

    def _query(self, text: str, values: tuple[int, ...]) -> list[tuple[Any, ...]]:
        with activity("query"), self._mine:
            return self._connection.execute(text, values).fetchall()
