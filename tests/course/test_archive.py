"""The archive: the same rows in SQLite and, where there is one, in PostgreSQL; the page; who asks is not held up."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

import anyio
import pytest

from fwlab.course.activities import watched
from fwlab.course.archive import (
    LATEST,
    NOTES,
    RECEIPTS,
    Archive,
    Note,
    Receipt,
    SQLiteArchive,
    guest_book,
    receipts_of,
    total_of,
)


async def everything_of(archive: Archive) -> tuple[list[Receipt], list[Note], Receipt | None]:
    receipts = await receipts_of(archive, [1, 2, RECEIPTS, RECEIPTS + 1])
    return receipts, sorted(await archive.notes(), key=lambda note: note.number), await archive.receipt(0)


EVERYTHING = (
    [Receipt(number, total_of(number)) for number in (1, 2, RECEIPTS)],
    [Note(number, text) for number, text in enumerate(NOTES, 1)],
    None,
)


def test_the_archive_in_sqlite_has_all_receipts_and_notes(tmp_path: Path):
    with SQLiteArchive(tmp_path / "archive.db") as archive:
        assert anyio.run(everything_of, archive) == EVERYTHING


def test_an_archive_that_is_opened_again_is_not_filled_twice(tmp_path: Path):
    for _ in range(2):
        with SQLiteArchive(tmp_path / "archive.db") as archive:
            assert len(anyio.run(archive.notes)) == len(NOTES)


def test_each_receipt_has_a_query_of_its_own_in_a_thread(tmp_path: Path):
    with SQLiteArchive(tmp_path / "archive.db") as archive, watched() as activities:
        anyio.run(receipts_of, archive, [3, 4, 5])
    assert [(one.name, one.lane) for one in activities] == [("query", "thread")] * 3


def test_many_may_ask_at_once(tmp_path: Path):
    found: list[Receipt | None] = []

    async def all_at_once() -> None:
        async def ask(number: int) -> None:
            found.append(await archive.receipt(number))

        async with anyio.create_task_group() as group:
            for number in range(1, 101):
                group.start_soon(ask, number)

    with SQLiteArchive(tmp_path / "archive.db") as archive:
        anyio.run(all_at_once)
    assert {one.number: one.total for one in found if one} == {number: total_of(number) for number in range(1, 101)}


def test_the_page_has_all_notes_and_the_latest_sorted_and_as_text():
    tags, texts = set[str](), list[str]()

    class Items(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.add(tag)

        def handle_data(self, data: str) -> None:
            texts.append(data)

    page = Items()
    page.feed(guest_book([Note(number, text) for number, text in enumerate(NOTES, 1)]))
    assert texts == ["Guest book", *sorted([*NOTES, LATEST])]
    assert "script" not in tags


@pytest.mark.skipif(not os.environ.get("FWLAB_POSTGRES"), reason="FWLAB_POSTGRES names no server of PostgreSQL")
def test_the_archive_in_postgresql_has_the_same_and_leaves_nothing_behind():
    pytest.importorskip("asyncpg")
    import asyncpg

    from fwlab.course.archive_postgres import open_postgres

    async def look() -> tuple[object, int]:
        async with open_postgres(os.environ["FWLAB_POSTGRES"]) as archive:
            found = await everything_of(archive)
        connection = await asyncpg.connect(os.environ["FWLAB_POSTGRES"])
        left = await connection.fetchval(
            "SELECT count(*) FROM information_schema.schemata WHERE schema_name = $1", f"fwlab_{os.getpid()}"
        )
        await connection.close()
        return found, left

    assert anyio.run(look) == (EVERYTHING, 0)


def test_nobody_who_has_named_no_server_has_one(monkeypatch: pytest.MonkeyPatch):
    from fwlab.course.archive_postgres import postgres_address

    monkeypatch.delenv("FWLAB_POSTGRES", raising=False)
    assert postgres_address() is None
    monkeypatch.setenv("FWLAB_POSTGRES", "postgresql://127.0.0.1/shop")
    assert postgres_address() == "postgresql://127.0.0.1/shop"
