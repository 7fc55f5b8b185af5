"""Checks of e00: does the loop get its turns, and who ends what was started?"""

from __future__ import annotations

import asyncio
import time

from fwlab.grading import (
    Answer,
    Finding,
    Guesses,
    Recording,
    Said,
    guesses_in,
    no_leaked_tasks,
    record,
    takes,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.lab import burn
from fwlab.lab.translation import gettext

ALL_TICKS = 100
WORDS = ("blocks", "pauses", "nothing")


@task("e00.1", title=gettext("Wait, and let the clock tick"), points=2)
def grill(answer: Answer) -> Recording:
    """Wait for the grill beside a clock of a hundred ticks a second."""
    return record(answer.function("wait_for_the_grill"), tick=1 / ALL_TICKS)


@grill.expect(to_try=gettext("Compare the function's last line with the one that you were given."))
def it_says_that_it_is_grilled(seen: Recording, answer: Answer) -> None:
    assert seen.result == "grilled", gettext(
        "It returned {result!r}, and the cook expects 'grilled'.", result=seen.result
    )


grill.expect(gettext("The grill needs one second, no more and no less."), takes(1))


@grill.expect(to_try=gettext("Which line keeps the thread, so that the clock has no turn?"))
def the_clock_goes_on(seen: Recording, answer: Answer) -> None:
    assert len(seen.ticks) >= 0.9 * ALL_TICKS, gettext(
        "The clock had {turns} of its {all} turns.", turns=len(seen.ticks), all=ALL_TICKS
    )


@grill.diagnose
def it_cannot_pause(seen: Recording, answer: Answer) -> Finding | None:
    if seen.awaitable:
        return None
    return Finding(
        gettext(
            "It is a plain function now, and gives nothing back to await. The clock had {turns} turns.",
            turns=len(seen.ticks),
        ),
        gettext("Only one kind of function can pause. What does its first line begin with?"),
    )


grill.diagnose(*known("M15", "M3", "M10", "M1"))


@grill.diagnose
def it_does_not_wait(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.seconds > 0.9:
        return None
    return Finding(
        gettext("It was over after {seconds:.4g} s, and the grill needs one: the patty is raw.", seconds=seen.seconds),
        gettext("It still has to wait for a full second, only in another way."),
    )


@task("e00.2", title=gettext("Start the clock, and end it"), points=2)
def kitchen(answer: Answer) -> Recording:
    """Open the kitchen."""
    return record(answer.function("open_kitchen"))


@kitchen.expect(to_try=gettext("The clock has to tick while `open_kitchen` waits."))
def it_counts_a_second_of_ticks(seen: Recording, answer: Answer) -> None:
    assert seen.result in (9, 10), gettext(
        "It said {result!r} ticks; in one second there are 9 or 10.", result=seen.result
    )


kitchen.expect(gettext("It waits for one second, beside the clock."), takes(1))
kitchen.expect(gettext("Which tasks are yours to end?"), no_leaked_tasks())

kitchen.diagnose(*known("M15", "M3"))


@kitchen.diagnose
def it_waits_for_the_clock(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.stuck:
        return None
    return Finding(
        f"{seen.stuck}\n{gettext('It waits for a clock that never stops.')}",
        gettext("To wait for something and to let it run beside you are two things. Which of them does that line do?"),
    )


@kitchen.diagnose
def the_clock_still_ticks(seen: Recording, answer: Answer) -> Finding | None:
    if not any("clock" in task for task in seen.left_over):
        return None
    return Finding(
        gettext(
            "`open_kitchen` was over after {seconds:.4g} s and said {result!r} ticks, and the clock ticked on.",
            seconds=seen.seconds,
            result=seen.result,
        ),
        gettext("What you start is yours to end. How did chapter 0 stop its ticker?"),
        points=1 if seen.result in (9, 10) else 0,
    )


@kitchen.diagnose
def it_stops_too_soon(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.result not in (0, 1, None):
        return None
    return Finding(
        gettext(
            "It said {result!r} ticks after {seconds:.4g} s: the clock had hardly a turn.",
            result=seen.result,
            seconds=seen.seconds,
        ),
        gettext("In which order do these happen: start the clock, wait for a second, end the clock, count?"),
    )


kitchen.diagnose(*known("M10", "M1"))


def _truth() -> dict[str, str]:
    """Run each of the five, and see what it does."""

    async def sleeps() -> None:
        time.sleep(1)

    async def pauses() -> None:
        await asyncio.sleep(1)

    async def only_calls() -> None:
        asyncio.sleep(1)

    async def computes() -> None:
        burn(1)

    async def in_a_thread() -> None:
        await asyncio.to_thread(time.sleep, 1)

    tried = {
        "time.sleep(1)": sleeps,
        "await asyncio.sleep(1)": pauses,
        "asyncio.sleep(1)": only_calls,
        "burn(1)": computes,
        "await asyncio.to_thread(time.sleep, 1)": in_a_thread,
    }
    seen = {line: record(function) for line, function in tried.items()}
    return {line: "blocks" if one.holds else "pauses" if one.seconds else "nothing" for line, one in seen.items()}


@task("e00.3", title=gettext("Say who gives the loop a turn"), points=2)
def words(answer: Answer) -> Said:
    return guesses_in(answer, "what_it_does")


guesses = Guesses(
    words, _truth, options=WORDS, to_try=gettext("Try that line in a cell, beside the ticker of chapter 0.")
)
guesses.believes(
    "time.sleep(1)",
    ("pauses", "nothing"),
    "a-sleep-that-blocks",
    gettext("Beside `time.sleep(1)`, a clock of a hundred ticks a second had none."),
    gettext("Whose thread sleeps there? Where does the loop live?"),
)
guesses.believes(
    "asyncio.sleep(1)",
    ("pauses", "blocks"),
    "a-call-is-not-a-wait",
    gettext("`asyncio.sleep(1)` alone was over after 0 s, and Python warned of a coroutine that was never awaited."),
    gettext("Compare it with the line above it. What is missing, and what does that word do?"),
)
guesses.believes(
    "burn(1)",
    ("pauses", "nothing"),
    "computing-never-pauses",
    gettext("Beside `burn(1)`, a clock of a hundred ticks a second had none."),
    gettext("It computes. In which thread, and does that thread do anything else meanwhile?"),
)
guesses.believes(
    "await asyncio.to_thread(time.sleep, 1)",
    ("blocks", "nothing"),
    "a-thread-of-its-own",
    gettext("Beside `await asyncio.to_thread(time.sleep, 1)`, the clock went on, and it took a second nevertheless."),
    gettext("Which thread sleeps there, and which one only waits for it?"),
)
