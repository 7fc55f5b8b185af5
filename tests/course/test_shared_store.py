"""The store that workers share: each question is answered whole, and a claim has one winner."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from fwlab.course.shared_store import FILLING, MENU, QUESTION, Store, fill_menu
from fwlab.lab import virtual


async def at_once(*coroutines: Any) -> list[Any]:
    return await asyncio.gather(*coroutines)


def test_what_is_added_at_once_is_all_there():
    async def ten() -> tuple[list[int], int | None]:
        store = Store()
        numbers = await at_once(*(store.add("visits") for _ in range(10)))
        return sorted(numbers), await store.get("visits")

    assert virtual(ten) == (list(range(1, 11)), 10)


def test_between_two_questions_everybody_has_a_turn():
    async def ten() -> int | None:
        store = Store()

        async def count() -> None:
            await store.put("visits", (await store.get("visits") or 0) + 1)

        await at_once(*(count() for _ in range(10)))
        return await store.get("visits")

    assert virtual(ten) == 1


def test_one_of_all_who_claim_is_the_first():
    async def five() -> list[bool]:
        store = Store()
        return [*await at_once(*(store.claim("menu") for _ in range(4))), await store.claim("menu")]

    assert virtual(five).count(True) == 1


def test_whoever_waits_hears_of_it_when_it_is_there():
    async def wait() -> tuple[int, float]:
        store = Store()
        number, _ = await at_once(store.wait_for(MENU), fill_menu(store))
        return number, time.perf_counter()

    assert virtual(wait) == (3, pytest.approx(FILLING + QUESTION))


def test_while_it_is_down_nobody_is_answered():
    async def ask() -> float:
        store = Store(down=(0.0, 2.0))
        await store.get("anything")
        return time.perf_counter()

    assert virtual(ask) == pytest.approx(2.0)
