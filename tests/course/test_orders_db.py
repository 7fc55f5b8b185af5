"""The orders' file: both drivers see the same orders, at once too, and no number is given twice."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from fwlab.course.orders_db import Order, OrdersFile
from fwlab.course.steps.step09 import app
from fwlab.testclient import TestClient


@pytest.fixture
def orders(tmp_path: Path) -> OrdersFile:
    return OrdersFile(tmp_path / "orders.db")


def test_what_one_driver_wrote_the_other_reads(orders: OrdersFile):
    assert orders.place_blocking("ada", 2) == 1
    assert anyio.run(orders.place, "ben", 3) == 2
    assert anyio.run(orders.find, 1) == orders.find_blocking(1) == Order(1, "ada", 2)
    assert anyio.run(orders.find, 2) == orders.find_blocking(2) == Order(2, "ben", 3)


def test_an_order_that_nobody_placed_is_none(orders: OrdersFile):
    assert orders.find_blocking(7) is None
    assert anyio.run(orders.find, 7) is None


def test_many_at_once_get_a_number_each(orders: OrdersFile):
    numbers: list[int] = []

    async def awaited() -> None:
        numbers.append(await orders.place("ada", 1))

    async def blocking() -> None:
        numbers.append(await to_thread.run_sync(orders.place_blocking, "ben", 2))

    async def rush() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(awaited)
                group.start_soon(blocking)

    anyio.run(rush)
    assert sorted(numbers) == list(range(1, 11))


def test_the_shop_keeps_orders():
    with TestClient(app) as client:
        placed = client.post("/orders", json={"customer": "ada", "burger": 2})
        assert placed.status_code == 201
        number = placed.json()["number"]
        assert client.get(f"/orders/{number}").json() == {"number": number, "customer": "ada", "burger": 2}
        assert client.get("/orders/99999").status_code == 404
        assert client.post("/orders", json={"customer": "ada", "burger": 9}).status_code == 404
