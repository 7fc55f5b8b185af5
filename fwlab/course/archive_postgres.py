"""The archive in PostgreSQL, for those who have a server of it: a database that is asked over a connection.

``FWLAB_POSTGRES`` says where: ``postgresql://user:password@127.0.0.1/database``. What is made there is a schema of this
process's own, which is dropped at the end.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fwlab.course.activities import activity
from fwlab.course.archive import NOTES, RECEIPTS, Note, Receipt, total_of
from fwlab.exceptions import import_extra

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

VARIABLE = "FWLAB_POSTGRES"
"""The environment variable that holds the address of the server."""
CONNECTIONS = 10


def postgres_address() -> str | None:
    """Return where a PostgreSQL is that may be used, or ``None`` where nobody has said so."""
    return os.environ.get(VARIABLE) or None


class PostgresArchive:
    """The archive as :func:`open_postgres` opens it; its driver is awaited, so no thread waits."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def receipt(self, number: int) -> Receipt | None:
        """Return a receipt, or ``None`` where there is none of that number; one query."""
        with activity("query"):
            row = await self._pool.fetchrow("SELECT number, total FROM receipts WHERE number = $1", number)
        return Receipt(*row) if row else None

    async def notes(self) -> list[Note]:
        """Return all notes; one query."""
        with activity("query"):
            return [Note(*row) for row in await self._pool.fetch("SELECT number, text FROM notes")]


@asynccontextmanager
async def open_postgres(address: str) -> AsyncIterator[PostgresArchive]:
    """Fill an archive in PostgreSQL, lend it, and take it away again; ten connections serve it.

    Args:
        address: of the server: ``"postgresql://user:password@127.0.0.1/database"``.

    Raises:
        FwlabError: asyncpg is not installed.

    Example:
        In a notebook, where there is a server::

            async with open_postgres(postgres_address()) as archive:
                await archive.receipt(2)
    """
    asyncpg = import_extra("asyncpg", "Archives in PostgreSQL")
    schema = f"fwlab_{os.getpid()}"
    settings = {"search_path": schema}
    async with asyncpg.create_pool(address, min_size=1, max_size=CONNECTIONS, server_settings=settings) as pool:
        await pool.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};")
        try:
            await pool.execute("CREATE TABLE receipts (number INTEGER PRIMARY KEY, total INTEGER)")
            await pool.execute("CREATE TABLE notes (number INTEGER PRIMARY KEY, text TEXT)")
            rows = [(number, total_of(number)) for number in range(1, RECEIPTS + 1)]
            await pool.copy_records_to_table("receipts", records=rows)
            await pool.copy_records_to_table("notes", records=list(enumerate(NOTES, 1)))
            yield PostgresArchive(pool)
        finally:
            await pool.execute(f"DROP SCHEMA {schema} CASCADE")
