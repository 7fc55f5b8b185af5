"""Checks of e08: for how long is the loop blocked while pictures are read, and are the other cores used?"""

from __future__ import annotations

import ast
import asyncio
from functools import partial

from fwlab import App
from fwlab.course.loyalty import ROUND_TRIP
from fwlab.course.pictures import COST, classify, digit_of, picture
from fwlab.grading import (
    Answer,
    Finding,
    Guesses,
    Recording,
    Said,
    blocks_loop,
    guesses_in,
    not_,
    record_requests,
    responds,
    takes,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.slips import SLIPS
from fwlab.lab import load, virtual

NUMBER = 5
POINTS_OF_ADA = 52


@task("e08.1", title="Compute and wait at the same time", points=2)
def receipt(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [f"/receipts/ada/{NUMBER}"])


receipt.expect(
    "The answer has the digit of the picture, and the customer's points.",
    responds(0, json={"digit": digit_of(NUMBER), "points": POINTS_OF_ADA}),
)
receipt.expect("Which line computes on the loop?", not_(blocks_loop(0.001)))
receipt.expect("What could begin sooner?", takes(ROUND_TRIP))


@receipt.diagnose
def called_before_it_was_sent(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or "callable" not in seen.failure.message:
        return None
    return Finding(
        f"What was sent to the process is no function.\n{seen.failure}",
        "With its parentheses, a function is called here and now. What does the process need, to call it there?",
    )


receipt.diagnose(*SLIPS, *known("M3", "M10", "M1"))


@receipt.diagnose
def the_wait_begins_late(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.holds or seen.seconds <= ROUND_TRIP:
        return None
    return Finding(
        f"The loop is free now: well done. The answer was there after {seen.seconds:.4g} s, for the picture and the "
        "points came one after the other.",
        "Neither needs the other. How can both begin before you wait for one of them?",
        points=1,
    )


ON_THE_LOOP = "async def: classify(scan)"
AWAITED = "async def: await read(scan)  # read is async def, and calls classify"
IN_THREADS = "def: classify(scan)"
IN_PROCESSES = "def, run_in='process': classify(scan)"


def _shop() -> App:
    app = App()

    async def read() -> None:
        classify(picture(0))

    @app.get("/health")
    async def health() -> None: ...

    @app.get("/loop")
    async def on_the_loop() -> None:
        classify(picture(0))

    @app.get("/awaited")
    async def awaited() -> None:
        await read()

    @app.get("/thread")
    def in_a_thread() -> None:
        classify(picture(0))

    @app.get("/process", run_in="process")
    def in_a_process() -> None:
        classify(picture(0))

    return app


async def _health_beside(path: str) -> float:
    app = _shop()
    reading = asyncio.create_task(load(app, path, users=3, requests=3, warmup=0))
    await asyncio.sleep(0)
    health = await load(app, "/health", users=1, requests=1, warmup=0)
    await reading
    return health.response_times[0]


def _truth() -> dict[str, float]:
    paths = {ON_THE_LOOP: "/loop", AWAITED: "/awaited", IN_THREADS: "/thread", IN_PROCESSES: "/process"}
    return {way: round(1000 * virtual(partial(_health_beside, path))) for way, path in paths.items()}


@task("e08.2", title="Foretell how long the loop is blocked", points=2)
def waits(answer: Answer) -> Said:
    return guesses_in(answer, "waits")


guesses = Guesses(waits, _truth, to_try="Who has the loop's thread when the health check comes, and for how long?")
guesses.believes(
    ON_THE_LOOP,
    (0, 20),
    "all-of-them-are-before-it",
    f"With `{ON_THE_LOOP}`, the health check stood behind every picture that had come before it.",
    "How many customers came before the health check?",
)
guesses.believes(
    AWAITED,
    (0, 20),
    "an-await-leaves-the-loop",
    "You say that `await` takes the work off the loop. The picture was read there, and nothing in `read` ever paused.",
    "In which thread does an `async def` run, once it is awaited?",
)
guesses.believes(
    IN_THREADS,
    (20, 60),
    "a-thread-holds-the-loop",
    f"With `{IN_THREADS}` the pictures are read slowly, and the loop had its turns meanwhile.",
    "Who waits for the thread's result: the loop, or only the one who asked for it?",
)
guesses.believes(
    IN_PROCESSES,
    (20, 40, 60),
    "a-process-holds-the-loop",
    f"With `{IN_PROCESSES}` the loop sent the pictures off, and had nothing to do.",
    "What does the loop do while it awaits?",
)

PICTURES = [3, 7, 12]
ROUNDS = 2  # three pictures, two cores


@task("e08.3", title="Use both cores", points=2)
def many(answer: Answer) -> Recording:
    return record_requests(answer.require("shop"), ["/many"])


many.expect("A list of the three digits, in their order.", responds(0, json=[digit_of(number) for number in PICTURES]))
many.expect("Which line computes on the loop?", not_(blocks_loop(0.001)))
many.expect("Which picture could begin sooner?", takes(ROUNDS * COST))


@many.diagnose
def one_picture_after_the_other(seen: Recording, answer: Answer) -> Finding | None:
    right = seen.failure is None and not seen.never_awaited and not seen.holds
    if not right or round(seen.seconds, 6) < len(PICTURES) * COST or _uses_threads(answer):
        return None
    return Finding(
        f"Three pictures took {seen.seconds:.4g} s: each was sent off when the one before it had come back.",
        "At an `await`, this function stands still. Who is to begin the second picture meanwhile?",
    )


@many.diagnose
def threads_read_them(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.holds or not _uses_threads(answer):
        return None
    return Finding(
        f"The pictures were read in threads, and took {seen.seconds:.4g} s: one thread computed at a time.",
        "What do threads share that processes do not?",
    )


many.diagnose(*SLIPS, *known("M3", "M5", "M10", "M1"))


@many.diagnose
def another_list(seen: Recording, answer: Answer) -> Finding | None:
    said = seen.replies[0].json() if seen.replies and seen.replies[0].status == 200 else None
    if not isinstance(said, list) or said == [digit_of(number) for number in PICTURES]:
        return None
    return Finding(f"/many was answered with {said!r}.", "Three pictures, three digits, in the order of the pictures.")


def _uses_threads(answer: Answer) -> bool:
    return "to_thread.run_sync" in ast.unparse(answer.tree)
