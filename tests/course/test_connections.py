"""The pool of connections: never more than there are, first come, first served, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import to_thread
from hypothesis import given, settings
from hypothesis import strategies as st

from fwlab import FwlabError
from fwlab.course.connections import QUERY, ConnectionPool, NoConnectionError
from fwlab.course.orders_db import Order, OrdersFile
from fwlab.lab import virtual


@pytest.fixture
def orders(tmp_path: Path) -> OrdersFile:
    return OrdersFile(tmp_path / "orders.db")


async def ask(pool: ConnectionPool, *, blocking: bool) -> list[Order]:
    connection = await (to_thread.run_sync(pool.take_blocking) if blocking else pool.take())
    try:
        return await to_thread.run_sync(connection.orders_of, "ada")
    finally:
        if blocking:
            await to_thread.run_sync(pool.give_back, connection)
        else:
            pool.give_back(connection)


def rush(pool: ConnectionPool, users: int, *, blocking: bool) -> float:
    async def all_at_once() -> float:
        begin = time.perf_counter()
        async with anyio.create_task_group() as group:
            for _ in range(users):
                group.start_soon(partial(ask, pool, blocking=blocking))
        return time.perf_counter() - begin

    return virtual(all_at_once)


def test_a_connection_finds_the_orders_of_a_customer(orders: OrdersFile):
    orders.place_blocking("ada", 2)
    orders.place_blocking("ben", 1)
    assert anyio.run(partial(ask, ConnectionPool(orders), blocking=False)) == [Order(1, "ada", 2)]


@pytest.mark.parametrize("blocking", [True, False])
def test_as_many_at_once_as_there_are(orders: OrdersFile, blocking: bool):
    pool = ConnectionPool(orders, size=3)
    assert rush(pool, 7, blocking=blocking) == pytest.approx(3 * QUERY)
    assert (pool.most_lent, pool.lent, pool.waiting) == (3, 0, 0)


@settings(max_examples=25)
@given(users=st.integers(1, 12), size=st.integers(1, 5))
def test_nobody_is_forgotten(tmp_path_factory: pytest.TempPathFactory, users: int, size: int):
    pool = ConnectionPool(OrdersFile(tmp_path_factory.mktemp("pool") / "orders.db"), size)
    assert rush(pool, users, blocking=False) == pytest.approx(-(-users // size) * QUERY)
    assert pool.lent == 0


def test_who_waits_longer_than_they_have_patience_is_told(orders: OrdersFile):
    pool = ConnectionPool(orders, size=1, patience=2.0)

    async def two() -> float:
        await pool.take()
        with pytest.raises(NoConnectionError, match=r"in 2\.0 s: all 1 are lent"):
            await pool.take()
        return time.perf_counter()

    assert virtual(two) == pytest.approx(2)
    assert (pool.lent, pool.waiting) == (1, 0)


def test_who_leaves_the_line_takes_nothing_with_them(orders: OrdersFile):
    pool = ConnectionPool(orders, size=1)

    async def one_leaves() -> None:
        connection = await pool.take()
        with anyio.move_on_after(0.1):
            await pool.take()
        pool.give_back(connection)

    virtual(one_leaves)
    assert (pool.lent, pool.waiting) == (0, 0)


def test_a_connection_that_comes_when_its_taker_leaves_goes_to_the_next(orders: OrdersFile):
    pool = ConnectionPool(orders, size=1)
    got: list[str] = []

    async def take(name: str) -> None:
        got.append(f"{name} {(await pool.take()).number}")

    async def leaves_as_it_comes() -> None:
        connection = await pool.take()
        ada, ben = asyncio.create_task(take("ada")), asyncio.create_task(take("ben"))
        await asyncio.sleep(0.1)
        pool.give_back(connection)
        ada.cancel()
        await ben

    virtual(leaves_as_it_comes)
    assert got == ["ben 0"]
    assert pool.lent == 1


def test_what_was_given_back_is_not_given_back_again(orders: OrdersFile):
    pool = ConnectionPool(orders)

    async def twice() -> None:
        connection = await pool.take()
        pool.give_back(connection)
        pool.give_back(connection)

    with pytest.raises(FwlabError, match="<connection 0> is not lent now"):
        anyio.run(twice)


def test_a_closed_pool_has_closed_its_connections(orders: OrdersFile):
    pool = ConnectionPool(orders)
    connection = anyio.run(pool.take)
    pool.close()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.orders_of("ada")
