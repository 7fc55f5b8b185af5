"""A database lends out only so many connections. This is the pool that keeps them for the shop's orders.

Whoever comes when all are lent waits: on the loop, or in a worker thread, which then waits with its token in its hand.
SQLAlchemy's ``QueuePool`` and psycopg's ``ConnectionPool`` behave alike, with other names.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING

import anyio
from anyio import from_thread

from fwlab.course.activities import activity
from fwlab.course.orders_db import Order
from fwlab.exceptions import FwlabError

if TYPE_CHECKING:
    from fwlab.course.orders_db import OrdersFile

QUERY = 0.05
"""Seconds that a query takes, as over a network; the file itself would be read in a fraction of a millisecond."""

_ORDERS_OF = "SELECT number, customer, burger FROM orders WHERE customer = ? ORDER BY number"


class NoConnectionError(FwlabError):
    """Nobody gave a connection back while somebody had the patience to wait for one."""


class Connection:
    """One connection, for one user at a time.

    Args:
        number: its own, from 0, in its pool.
        opened: the driver's connection.
    """

    def __init__(self, number: int, opened: sqlite3.Connection) -> None:
        self.number = number
        self._opened = opened

    def __repr__(self) -> str:
        return f"<connection {self.number}>"

    def orders_of(self, customer: str) -> list[Order]:
        """Return the orders of a customer; the thread waits for 0.05 seconds.

        Args:
            customer: a name, such as ``"ada"``.
        """
        with activity("query"):
            time.sleep(QUERY)
            return [Order(*row) for row in self._opened.execute(_ORDERS_OF, (customer,))]


class ConnectionPool:
    """At most so many connections, each lent to one user at a time; the first who waits is the first who gets one.

    Args:
        orders: the file that the connections lead to.
        size: how many there are; each is opened when it is first needed.
        patience: seconds that somebody waits for one; ``None``: for ever.

    Attributes:
        most_lent: how many were lent at one moment, at the most.

    Example:
        >>> import pathlib, tempfile
        >>> from fwlab.course.orders_db import OrdersFile
        >>> async def look(folder):
        ...     pool = ConnectionPool(OrdersFile(pathlib.Path(folder, "orders.db")), size=2)
        ...     first = await pool.take()
        ...     pool.give_back(first)
        ...     pool.close()
        ...     return pool.most_lent, pool.lent
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     anyio.run(look, folder)
        (1, 0)
    """

    def __init__(self, orders: OrdersFile, size: int = 10, patience: float | None = 30.0) -> None:
        self.size, self.patience = size, patience
        self.most_lent = 0
        self._orders = orders
        self._opened: list[sqlite3.Connection] = []
        self._close = weakref.finalize(self, _close_all, self._opened)
        self._lent: set[Connection] = set()
        self._free: list[Connection] = []
        self._queue: deque[_Turn] = deque()

    @property
    def lent(self) -> int:
        """How many connections are lent now."""
        return len(self._lent)

    @property
    def waiting(self) -> int:
        """How many wait for a connection now."""
        return len(self._queue)

    async def take(self) -> Connection:
        """Return a connection, as soon as one is free; whoever awaits it pauses.

        Raises:
            NoConnectionError: none was given back within ``patience`` seconds.
        """
        with activity("take connection"):
            return await self._take()

    async def _take(self) -> Connection:
        if self.lent < self.size:
            return self._lend()
        turn = _Turn()
        self._queue.append(turn)
        try:
            with anyio.fail_after(self.patience):
                await turn.came.wait()
        except BaseException as error:
            if turn.connection is not None:  # it came, and so did the end of the wait: the next in line may have it
                self._hand_on(turn.connection)
            else:
                self._queue.remove(turn)
            if isinstance(error, TimeoutError):
                raise NoConnectionError(
                    f"No connection came free in {self.patience} s: all {self.size} are lent. Look for who has them, "
                    "and what they wait for."
                ) from None
            raise
        assert turn.connection is not None
        return turn.connection

    def take_blocking(self) -> Connection:
        """Return a connection, as soon as one is free; to be called in a worker thread, which waits until then.

        Raises:
            NoConnectionError: none was given back within ``patience`` seconds.
        """
        with activity("take connection"):
            return from_thread.run(self._take)

    def give_back(self, connection: Connection) -> None:
        """Give a connection back, to whoever waits for one. It can be called on the loop and in a worker thread.

        Args:
            connection: one that was lent.

        Raises:
            FwlabError: it is not lent now; who gives it back twice would lend it to two.
        """
        if _on_a_loop():
            self._take_back(connection)
        else:
            from_thread.run_sync(self._take_back, connection)

    def close(self) -> None:
        """Close what was opened; nobody may use it any more. It happens by itself when the pool is thrown away."""
        self._close()

    def _lend(self) -> Connection:
        if not self._free:
            self._opened.append(self._orders.connect())
            self._free.append(Connection(len(self._opened) - 1, self._opened[-1]))
        connection = self._free.pop()
        self._lent.add(connection)
        self.most_lent = max(self.most_lent, self.lent)
        return connection

    def _take_back(self, connection: Connection) -> None:
        if connection not in self._lent:
            raise FwlabError(f"{connection!r} is not lent now; give back what `take` returned, and once.")
        self._hand_on(connection)

    def _hand_on(self, connection: Connection) -> None:
        if self._queue:
            turn = self._queue.popleft()
            turn.connection = connection
            turn.came.set()
        else:
            self._lent.remove(connection)
            self._free.append(connection)


class _Turn:
    """Somebody who waits in line, and the connection that they are given."""

    def __init__(self) -> None:
        self.came = anyio.Event()
        self.connection: Connection | None = None


def _close_all(opened: list[sqlite3.Connection]) -> None:
    for connection in opened:
        connection.close()


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
