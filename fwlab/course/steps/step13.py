"""Chapter 13: the shop has an archive to be measured with. New: ``GET /receipts/{number}``, ``GET /receipts``,
``GET /guest-book``.

They are what database benchmarks ask for: one row, many rows, a page. Which database answers is a dependency, so that
another can take its place.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Annotated

from fwlab import APIRouter, App, Depends, HTTPException, Query
from fwlab.course.archive import RECEIPTS, Archive, Receipt, SQLiteArchive, guest_book, receipts_of
from fwlab.course.passing_folder import passing_folder
from fwlab.course.steps import step12
from fwlab.responses import HTMLResponse


@cache
def _sqlite() -> SQLiteArchive:
    return SQLiteArchive(passing_folder("burger-archive") / "archive.db")


async def archive() -> Archive:
    """The shop's archive: a file of SQLite, which ends with the program."""
    return _sqlite()


Asked = Annotated[Archive, Depends(archive)]

shop = APIRouter()
shop.include_router(step12.shop)


@shop.get("/receipts/{number}")
async def receipt(number: int, archive: Asked) -> Receipt:
    """One receipt, by its number."""
    found = await archive.receipt(number)
    if found is None:
        raise HTTPException(404, f"The receipts end with number {RECEIPTS}.")
    return found


@shop.get("/receipts")
async def receipts(archive: Asked, count: Annotated[int, Query(ge=1, le=500)] = 1) -> list[Receipt]:
    """So many receipts, drawn by lot, each with a query of its own."""
    return await receipts_of(archive, random.choices(range(1, RECEIPTS + 1), k=count))


@shop.get("/guest-book", response_class=HTMLResponse)
async def book(archive: Asked) -> str:
    """What guests wrote, as a page."""
    return guest_book(await archive.notes())


app = App(title="The burger shop")
app.include_router(shop)
