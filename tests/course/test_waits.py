"""The seven waits: each is as long as the others, none holds the loop, and all of them can be shared."""

from __future__ import annotations

import asyncio
import time

import pytest

from fwlab.course.activities import watched
from fwlab.course.waits import KINDS, WAIT
from fwlab.lab import virtual


def test_there_are_seven():
    assert len(KINDS) == 7


@pytest.mark.parametrize("name", KINDS)
def test_each_takes_its_time_and_says_so(name: str):
    async def one():
        with watched() as seen:
            await KINDS[name]()
        return [(activity.name, activity.outcome) for activity in seen], time.perf_counter()

    seen, seconds = virtual(one)
    assert seen == [(name.replace("_", " ").replace("api", "API"), "done")]
    assert round(seconds, 9) == WAIT


def test_all_seven_can_be_shared():
    async def all_at_once():
        said = await asyncio.gather(*(wait() for wait in KINDS.values()))
        return said, time.perf_counter()

    said, seconds = virtual(all_at_once)
    assert len(set(said)) == 7
    assert round(seconds, 9) == WAIT
