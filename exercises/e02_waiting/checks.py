"""Checks of e02: which waits overlap, which must not, and how long things take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from fwlab.grading import (
    Answer,
    Finding,
    Guesses,
    Recording,
    Said,
    guesses_in,
    no_leaked_tasks,
    order,
    overlaps,
    record,
    takes,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.lab import burn

LUNCH = ("bake bun", "grill patty", "fry potatoes")


@task("e02.1", title="Wait for three machines at once", points=2, orders=2)
def lunch(answer: Answer) -> Recording:
    return record(answer.function("lunch"))


@lunch.expect(to_try="The tray has a bun, a patty and fries, in this order, as a list or a tuple.")
def the_tray_is_right(seen: Recording, answer: Answer) -> None:
    tray = list(seen.result) if isinstance(seen.result, list | tuple) else seen.result
    assert tray == ["bun", "patty", "fries"], f"On the tray is {seen.result!r}."


lunch.expect("Which of the machines waits for another, and why?", overlaps(*LUNCH), takes(0.4))
lunch.expect("Whoever begins a task waits for its end.", no_leaked_tasks())


@lunch.diagnose
def it_cannot_wait(seen: Recording, answer: Answer) -> Finding | None:
    if seen.awaitable:
        return None
    return Finding(
        f"It is a plain function now, and gave back {seen.result!r}, which nobody can await.",
        "Only one kind of function can pause. What does its first line begin with?",
    )


lunch.diagnose(*known("M15", "M3"))


@lunch.diagnose
def something_is_missing(seen: Recording, answer: Answer) -> Finding | None:
    missing = [name for name in LUNCH if not seen.of(name)]
    if seen.failure is not None or not missing:
        return None
    return Finding(f"Nobody did this: {missing[0]}.", "A lunch has three things. Which one did you lose?")


lunch.diagnose(*known("M14", "M4"))


@lunch.diagnose
def only_some_of_them_together(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.most_at_once(*LUNCH) != 2:
        return None
    late = max(seen.activities, key=lambda one: one.begin)
    return Finding(
        f"Two of the three went on together; `{late.name}` began only after {late.begin:.4g} s.",
        "What does the late one wait for, and does it need it?",
        points=1,
    )


@task("e02.2", title="Let wait only what has to", points=2, orders=2)
def burger(answer: Answer) -> Recording:
    return record(answer.function("burger"))


@burger.expect(to_try="A burger is a toasted bun and a patty, in this order, as a list or a tuple.")
def the_burger_is_right(seen: Recording, answer: Answer) -> None:
    parts = list(seen.result) if isinstance(seen.result, list | tuple) else seen.result
    assert parts == ["toasted bun", "patty"], f"The burger is {seen.result!r}."


burger.expect("A bun has to be baked before it can be toasted.", order("bake bun", "toast bun"))
burger.expect("Which wait could begin sooner?", takes(0.4))
burger.expect("Whoever begins a task waits for its end.", no_leaked_tasks())


@burger.diagnose
def a_coroutine_in_the_toaster(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or seen.failure.error != "TypeError" or "bun" not in seen.failure.message:
        return None
    return Finding(
        f"Something went into the toaster that is no bun.\n{seen.failure}",
        "The bun is there when whoever bakes it has been waited for. What do you have in hand before that?",
    )


burger.diagnose(*known("M15", "M3", "M14", "M4"))


@burger.diagnose
def toasted_before_it_was_baked(seen: Recording, answer: Answer) -> Finding | None:
    baked, toasted = seen.of("bake bun"), seen.of("toast bun")
    if seen.failure is not None or not toasted:
        return None
    if baked and baked[0].end is not None and toasted[0].begin >= baked[0].end:
        return None
    return Finding(
        f"`toast bun` began after {toasted[0].begin:.4g} s, before the bun was baked.",
        "What has to be over before the toaster may begin? Those two belong in one line of work.",
    )


@burger.diagnose
def the_toaster_waits_for_the_patty(seen: Recording, answer: Answer) -> Finding | None:
    grilled, toasted = seen.of("grill patty"), seen.of("toast bun")
    if seen.failure is not None or not grilled or not toasted or toasted[0].begin < (grilled[0].end or 0.0):
        return None
    return Finding(
        f"The bun was baked after 0.2 s. `toast bun` began after {toasted[0].begin:.4g} s, when the patty was done.",
        "Baking and toasting are a chain of their own. Who could follow that chain while the patty is on the grill?",
    )


@burger.diagnose
def the_patty_waits_for_the_bun(seen: Recording, answer: Answer) -> Finding | None:
    grilled = seen.of("grill patty")
    if seen.failure is not None or not grilled or grilled[0].begin == 0:
        return None
    return Finding(
        f"`grill patty` began after {grilled[0].begin:.4g} s; until then the grill was empty.",
        "The patty depends on nobody. What keeps it from beginning at once?",
    )


async def wait(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def compute(seconds: float) -> None:
    burn(seconds)


ONE_BY_ONE = "await wait(1); await wait(2); await wait(3)"
TOGETHER = "await asyncio.gather(wait(1), wait(2), wait(3))"
COMPUTING = "await asyncio.gather(compute(1), compute(2), compute(3))"
WAIT_FIRST = "await asyncio.gather(wait(2), compute(2))"
COMPUTE_FIRST = "await asyncio.gather(compute(2), wait(2))"


async def _one_by_one() -> None:
    await wait(1)
    await wait(2)
    await wait(3)


def _gathered(*make: Callable[[], Coroutine[None, None, None]]) -> Callable[[], Coroutine[None, None, None]]:
    async def run() -> None:
        await asyncio.gather(*(one() for one in make))

    return run


PROGRAMS = {
    ONE_BY_ONE: _one_by_one,
    TOGETHER: _gathered(lambda: wait(1), lambda: wait(2), lambda: wait(3)),
    COMPUTING: _gathered(lambda: compute(1), lambda: compute(2), lambda: compute(3)),
    WAIT_FIRST: _gathered(lambda: wait(2), lambda: compute(2)),
    COMPUTE_FIRST: _gathered(lambda: compute(2), lambda: wait(2)),
}


def _truth() -> dict[str, float]:
    return {program: record(run).seconds for program, run in PROGRAMS.items()}


@task("e02.3", title="Predict how long it takes", points=2)
def seconds(answer: Answer) -> Said:
    return guesses_in(answer, "seconds")


guesses = Guesses(seconds, _truth, to_try="Draw it: a line for each task, and when it waits or computes.")
guesses.believes(
    ONE_BY_ONE,
    3,
    "await-begins-nothing-else",
    f"You say 3 seconds for `{ONE_BY_ONE}`. When the first second was over, the second wait had not begun.",
    "When does Python come to the second `await`?",
)
guesses.believes(
    TOGETHER,
    6,
    "waits-can-be-shared",
    f"You say 6 seconds for `{TOGETHER}`. After one second, all three had been waiting for one second.",
    "Who is busy while somebody waits? How many can wait at the same time?",
)
guesses.believes(
    COMPUTING,
    3,
    "computing-cannot-be-shared",
    f"You say 3 seconds for `{COMPUTING}`. When the first was done, the second had not begun: the loop was held.",
    "`gather` lets its tasks take turns where they pause. Where does `compute` pause?",
)
guesses.believes(
    COMPUTE_FIRST,
    2,
    "a-wait-that-begins-late",
    f"You say 2 seconds for `{COMPUTE_FIRST}`. The wait began after two seconds.",
    "`gather` begins with the first, and comes to the next when that one pauses. When is that here?",
)
guesses.believes(
    WAIT_FIRST,
    4,
    "waiting-needs-nobody",
    f"You say 4 seconds for `{WAIT_FIRST}`. The wait began at once, and while it waited, the other computed.",
    "A wait that has begun needs no processor. What can be done meanwhile?",
)
