"""The shop's orders in a file of SQLite, through two drivers: the standard library's, which blocks,
and aiosqlite, which is awaited.

Each call opens a connection of its own and closes it. That costs a fraction of a millisecond, and no connection is ever
seen by two threads, which ``sqlite3`` would refuse.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.course.activities import activity
from fwlab.exceptions import import_extra

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, customer TEXT, burger INTEGER)"
_PLACE = "INSERT INTO orders (customer, burger) VALUES (?, ?)"
_FIND = "SELECT number, customer, burger FROM orders WHERE number = ?"
PATIENCE = 10.0
"""Seconds that a call waits while somebody else writes: a file of SQLite has one writer at a time."""


@dataclass(frozen=True)
class Order:
    """A row of the table: the order's number, who ordered, and the burger's number on the menu."""

    number: int
    customer: str
    burger: int


class OrdersFile:
    """The orders in one file, which is made when the first order comes.

    Args:
        path: the file.

    Example:
        >>> import tempfile, pathlib, anyio
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     orders = OrdersFile(pathlib.Path(folder, "orders.db"))
        ...     number = orders.place_blocking("ada", 2)
        ...     anyio.run(orders.find, number)
        Order(number=1, customer='ada', burger=2)
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def connect(self) -> sqlite3.Connection:
        """Return an open connection, for whoever keeps one longer: any thread may use it, one at a time."""
        connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
        with connection:
            connection.execute(_TABLE)
        return connection

    def prepare(self) -> None:
        """Make the file and its table, once for all who will use them; to do it again changes nothing."""
        with closing(self.connect()):
            pass

    @property
    def prepared(self) -> bool:
        """Whether the table is there. To ask makes no file."""
        if not self.path.exists():
            return False
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'orders'").fetchone() is not None

    def place_blocking(self, customer: str, burger: int) -> int:
        """Note an order and return its number; the thread waits for the disk."""
        with activity("place order"), closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection, connection:
            connection.execute(_TABLE)
            return int(connection.execute(_PLACE, (customer, burger)).lastrowid or 0)

    def find_blocking(self, number: int) -> Order | None:
        """Return an order, or ``None`` where there is none of that number; the thread waits for the disk."""
        with activity("find order"), closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            connection.execute(_TABLE)
            row = connection.execute(_FIND, (number,)).fetchone()
        return Order(*row) if row else None

    async def place(self, customer: str, burger: int) -> int:
        """Note an order and return its number; whoever awaits it pauses.

        Raises:
            FwlabError: aiosqlite is not installed.
        """
        aiosqlite = import_extra("aiosqlite", "Orders that are awaited")
        with activity("place order"):
            async with aiosqlite.connect(self.path, timeout=PATIENCE) as connection:
                await connection.execute(_TABLE)
                cursor = await connection.execute(_PLACE, (customer, burger))
                await connection.commit()
                return int(cursor.lastrowid)

    async def find(self, number: int) -> Order | None:
        """Return an order, or ``None`` where there is none of that number; whoever awaits it pauses.

        Raises:
            FwlabError: aiosqlite is not installed.
        """
        aiosqlite = import_extra("aiosqlite", "Orders that are awaited")
        with activity("find order"):
            async with aiosqlite.connect(self.path, timeout=PATIENCE) as connection:
                await connection.execute(_TABLE)
                async with connection.execute(_FIND, (number,)) as cursor:
                    row = await cursor.fetchone()
        return Order(*row) if row else None
