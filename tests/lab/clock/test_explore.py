"""explore(): a race is found, made small, and comes again when it is replayed."""

from __future__ import annotations

import anyio
import pytest

from fwlab.lab import LabError, explore


async def works_by_luck():
    said = []

    async def say(word):
        await anyio.sleep(0.1)
        said.append(word)

    async with anyio.create_task_group() as group:
        for word in ("one", "two", "three", "four"):
            group.start_soon(say, word, name=word)
    assert said.index("one") < said.index("four")


def test_a_race_is_found_and_only_what_matters_for_it_is_left():
    broken = explore(works_by_luck)
    assert isinstance(broken.error, AssertionError)
    assert len(broken.unusual) <= 2, "of the three or more choices that a run has"
    assert {choice.first for choice in broken.unusual} == {"four"}
    assert f"Seed {broken.seed} breaks it. AssertionError" in str(broken)
    assert "four went before" in str(broken)


def test_it_comes_again_when_it_is_replayed():
    broken = explore(works_by_luck)
    for _ in range(3):
        with pytest.raises(AssertionError):
            broken.replay()


def test_what_works_in_every_order():
    async def works():
        done = []
        async with anyio.create_task_group() as group:
            for number in range(4):
                group.start_soon(anyio.sleep, number)
        assert done == []

    assert explore(works, seeds=20) is None


def test_what_breaks_in_the_usual_order_already():
    async def breaks():
        raise KeyError("stock")

    broken = explore(breaks)
    assert broken.seed is None
    assert "breaks in the usual order already. KeyError: 'stock'" in str(broken)


def test_a_deadlock_that_needs_an_order_is_found():
    async def deadlock():
        left, right = anyio.Lock(), anyio.Lock()

        async def take(first, second, wait):
            await anyio.sleep(0.1)
            async with first:
                if wait.is_set():
                    await anyio.sleep(1)
                wait.set()
                async with second:
                    pass

        flag = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(take, left, right, flag, name="a")
            group.start_soon(take, left, right, flag, name="b")
            group.start_soon(take, right, left, flag, name="c")

    broken = explore(deadlock)
    assert broken is None or "everybody waits" in str(broken)


@pytest.mark.parametrize("wrong", [0, True, "many", 1.5])
def test_what_is_no_number_of_seeds_is_refused(wrong):
    with pytest.raises(LabError, match="whole number from 1 on"):
        explore(works_by_luck, seeds=wrong)
