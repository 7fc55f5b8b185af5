"""Seven things that a web application waits for, each a tenth of a second long, and each a real one of its kind.

The list is that of FastAPI's page on concurrency. Sockets are sockets, files are files, the database is SQLite. What is
made up is only that somebody at the other end takes their time: a customer, a partner, a disk in another building.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable

import anyio

from fwlab.course.activities import activity

WAIT = 0.1
"""Seconds that each of them takes."""


async def order_arrives() -> str:
    """Wait for the data that a client sends, who types slowly.

    Example:
        >>> anyio.run(order_arrives)
        'two burgers'
    """

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(WAIT)
        writer.write(b"two burgers\n")

    async def ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        return (await reader.readline()).decode().strip()

    return await _talk("order arrives", ours, client)


async def answer_is_taken() -> str:
    """Wait until a client has taken the data that we send, who is in no hurry: it is more than fits on the way.

    Example:
        >>> anyio.run(answer_is_taken)
        'a picture of a burger'
    """
    picture = b"." * 1_000_000

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(WAIT)
        await reader.readexactly(len(picture))

    async def ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(picture)
        await writer.drain()
        return "a picture of a burger"

    return await _talk("answer is taken", ours, client)


async def file_is_read() -> str:
    """Wait for a file on a disk in another building.

    Example:
        >>> anyio.run(file_is_read)
        'the recipe'
    """

    def read() -> str:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
            file.write("the recipe")
            file.seek(0)
            time.sleep(WAIT)
            return file.read()

    with activity("file is read"):
        return await anyio.to_thread.run_sync(read)


async def file_is_written() -> str:
    """Wait until a disk in another building has what we write.

    Example:
        >>> anyio.run(file_is_written)
        '11 characters'
    """

    def write() -> int:
        with tempfile.TemporaryFile("w", encoding="utf-8") as file:
            time.sleep(WAIT)
            return file.write("the receipt")

    with activity("file is written"):
        return f"{await anyio.to_thread.run_sync(write)} characters"


async def remote_api() -> str:
    """Ask a partner's server over a socket, and wait for its answer.

    Example:
        >>> anyio.run(remote_api)
        'sunny'
    """

    async def partner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await asyncio.sleep(WAIT)
        writer.write(b"sunny\n")

    async def ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(b"what will the weather be?\n")
        return (await reader.readline()).decode().strip()

    return await _talk("remote API", ours, partner)


async def database_operation() -> str:
    """Wait until a database has noted an order.

    Example:
        >>> anyio.run(database_operation)
        'order 1'
    """

    def insert(database: sqlite3.Connection) -> str:
        return f"order {database.execute('INSERT INTO orders SELECT far_away(?)', ['Classic']).lastrowid}"

    return await _in_database("database operation", insert)


async def database_query() -> str:
    """Wait until a database has found what was asked for.

    Example:
        >>> anyio.run(database_query)
        'Classic'
    """

    def select(database: sqlite3.Connection) -> str:
        (burger,) = database.execute("SELECT far_away('Classic')").fetchone()
        return str(burger)

    return await _in_database("database query", select)


KINDS: dict[str, Callable[[], Awaitable[str]]] = {
    wait.__name__: wait
    for wait in (
        order_arrives,
        answer_is_taken,
        file_is_read,
        file_is_written,
        remote_api,
        database_operation,
        database_query,
    )
}
"""All seven, by name."""


async def _talk(
    name: str,
    ours: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[str]],
    theirs: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> str:
    """Be both ends of a connection, each in a task of its own, and return what our end came to."""
    here, there = socket.socketpair()
    our_end, their_end = await asyncio.open_connection(sock=here), await asyncio.open_connection(sock=there)
    try:
        with activity(name):
            said, _ = await asyncio.gather(ours(*our_end), theirs(*their_end))
        return said
    finally:
        for _, writer in (our_end, their_end):
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in (our_end, their_end)), return_exceptions=True)


async def _in_database(name: str, work: Callable[[sqlite3.Connection], str]) -> str:
    """Do something, in a worker thread, with a database that is far away: each row takes its time on the way."""

    def far_away(value: str) -> str:
        time.sleep(WAIT)
        return value

    def ask() -> str:
        database = sqlite3.connect(":memory:")
        try:
            database.create_function("far_away", 1, far_away)
            database.execute("CREATE TABLE orders (burger TEXT)")
            return work(database)
        finally:
            database.close()

    with activity(name):
        return await anyio.to_thread.run_sync(ask)
