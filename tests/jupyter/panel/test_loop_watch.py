"""What a thread sees of a loop: how late it is, and who holds it."""

from __future__ import annotations

import asyncio
import threading

from fwlab.jupyter.panel.loop_watch import LoopState, LoopWatch


class Clock:
    """A clock that goes on when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def hold_the_loop(looks: list[LoopState], watch: LoopWatch, clock: Clock) -> None:
    clock.now += 1.7
    looks.append(watch.look())  # as the feed's thread would, while this line runs


def test_a_loop_that_turns_is_free() -> None:
    async def main() -> list[LoopState]:
        clock = Clock()
        watch = LoopWatch(asyncio.get_running_loop(), threading.get_ident(), clock)
        looks = [watch.look()]
        clock.now += 0.02
        await asyncio.sleep(0)
        looks.append(watch.look())
        return looks

    assert asyncio.run(main()) == [LoopState(0.0, 0.0, ""), LoopState(0.02, 0.0, "")]


def test_a_loop_that_is_held_is_blocked_by_a_line() -> None:
    looks: list[LoopState] = []

    async def main() -> None:
        clock = Clock()
        watch = LoopWatch(asyncio.get_running_loop(), threading.get_ident(), clock)
        watch.look()
        hold_the_loop(looks, watch, clock)
        await asyncio.sleep(0)
        looks.append(watch.look())

    asyncio.run(main())
    blocked, free = looks
    assert blocked.blocked == 1.7
    assert blocked.by == f"hold_the_loop line {hold_the_loop.__code__.co_firstlineno + 2}"
    assert (free.blocked, free.by, free.lag) == (0.0, "", 1.7)


def test_a_short_delay_is_no_news() -> None:
    assert LoopState(0.004, 0.0, "").facts() == {"lag": 0, "blocked": 0.0, "by": ""}
    assert LoopState(0.25, 1.234, "In[5] line 2").facts() == {"lag": 250, "blocked": 1.2, "by": "In[5] line 2"}


def test_a_loop_that_has_ended_is_not_waited_for() -> None:
    loop = asyncio.new_event_loop()
    watch = LoopWatch(loop, threading.get_ident())
    loop.close()
    assert watch.look() == LoopState(0.0, 0.0, "")
    assert watch.look() == LoopState(0.0, 0.0, "")
