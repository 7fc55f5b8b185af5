"""Checks of e07: what computing costs on the loop, in threads and in processes, and who waits for it."""

from __future__ import annotations

import time
from functools import partial

from fwlab import App
from fwlab.course.pictures import COST, digit_of
from fwlab.grading import (
    Answer,
    Ask,
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
from fwlab.lab import burn, load, virtual

WORK = 0.02
ON_THE_LOOP = "async def: burn(0.02)"
IN_THREADS = "def: burn(0.02)"
WAITING = "def: time.sleep(0.02)"
IN_PROCESSES = "def, run_in='process': burn(0.02)"


def _computing_app() -> App:
    app = App()

    @app.get("/loop")
    async def on_the_loop() -> None:
        burn(WORK)

    @app.get("/thread")
    def in_a_thread() -> None:
        burn(WORK)

    @app.get("/wait")
    def waits() -> None:
        time.sleep(WORK)

    @app.get("/process", run_in="process")
    def in_a_process() -> None:
        burn(WORK)

    return app


def _truth() -> dict[str, float]:
    app = _computing_app()
    paths = {ON_THE_LOOP: "/loop", IN_THREADS: "/thread", WAITING: "/wait", IN_PROCESSES: "/process"}

    def last_answer(path: str) -> float:
        run = virtual(partial(load, app, path, users=6, requests=6, warmup=0), cores=4)
        return round(1000 * max(run.response_times), 6)

    return {case: last_answer(path) for case, path in paths.items()}


@task("e07.1", title="Foretell what computing takes", points=2)
def milliseconds(answer: Answer) -> Said:
    return guesses_in(answer, "milliseconds")


guesses = Guesses(milliseconds, _truth, to_try="Draw it: a line for each core, and what is on it.")
guesses.believes(
    ON_THE_LOOP,
    (20, 30, 40),
    "the-loop-computes-alone",
    f"You say that six requests share `{ON_THE_LOOP}`. The loop is one thread, and none of them ever pauses.",
    "When does the second request begin?",
)
guesses.believes(
    IN_THREADS,
    (20, 30, 40),
    "threads-compute-together",
    f"You say that the cores share `{IN_THREADS}`. Six threads computed, and the last was done after 120 ms.",
    "Threads of one Python process share something besides the cores. How many may have it at a time?",
)
guesses.believes(
    WAITING,
    (40, 120),
    "waiting-takes-a-core",
    f"You let `{WAITING}` wait for a core. Six threads slept, and no core was needed for it.",
    "What does a thread that sleeps need the processor for?",
)
guesses.believes(
    IN_PROCESSES,
    (20, 30),
    "a-core-for-everybody",
    f"For `{IN_PROCESSES}`: there are six requests' worth of work and four cores, and what is begun stays where it is.",
    "Who computes in the first 20 ms, and what is left for after that?",
)
guesses.believes(
    IN_PROCESSES,
    120,
    "processes-share-nothing",
    f"You say that `{IN_PROCESSES}` takes turns, as threads do. Four of the six computed at the same moment.",
    "Which lock would they have to share for that, and where does it live?",
)


PICTURES = [3, 7, 12, 20]
CORES = 2  # of virtual time's machine


@task("e07.2", title="Read four pictures in parallel", points=2)
def pictures(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [f"/digits/{number}" for number in PICTURES])


@pictures.expect(to_try="Keep the path, and the two names in the answer: `number` and `digit`.")
def every_digit_is_right(seen: Recording, answer: Answer) -> None:
    _right_digits(seen, PICTURES)


pictures.expect("How many cores computed at the same moment?", takes(COST * len(PICTURES) / CORES))


@pictures.diagnose
def no_process_for_a_coroutine(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.never_awaited:
        return None
    return Finding(
        f"`{seen.never_awaited[0]}` was called and not awaited.", "A function in a process is plain. What begins it?"
    )


pictures.diagnose(*SLIPS)


@pictures.diagnose
def another_digit(seen: Recording, answer: Answer) -> Finding | None:
    return _another_digit(seen, PICTURES)


@pictures.diagnose
def computed_on_the_loop(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.holds:
        return None
    return Finding(
        f"The pictures were read on the event loop, one after the other; the last was done after {seen.seconds:.4g} s.",
        "The loop is one thread of one process. Where are there more cores to be had?",
    )


@pictures.diagnose
def threads_took_turns(seen: Recording, answer: Answer) -> Finding | None:
    if round(seen.seconds, 6) < round(COST * len(PICTURES), 6):
        return None
    return Finding(
        f"The loop was free, and still the last picture was done only after {seen.seconds:.4g} s: one thread computed "
        "at a time.",
        "What do the threads of one Python process share? What has one of its own?",
        points=1,
    )


LARGE = 5


@task("e07.3", title="Leave the loop its turns", points=2)
def beside(answer: Answer) -> Recording:
    return record_requests(answer.require("shop"), [f"/digits/{LARGE}", Ask("/menu", at=0.005)])


@beside.expect(to_try="Keep both paths, and what they answer.")
def the_digit_is_right(seen: Recording, answer: Answer) -> None:
    _right_digits(seen, [LARGE])


beside.expect("The menu has three burgers, as before.", responds(1, json=["Classic", "Cheese", "Garden"]))
beside.expect("Which line keeps the loop while it computes?", not_(blocks_loop(0.001)))


beside.diagnose(*SLIPS)


@beside.diagnose
def another_picture(seen: Recording, answer: Answer) -> Finding | None:
    return _another_digit(seen, [LARGE])


beside.diagnose(*known("M3", "M10", "M1"))


def _right_digits(seen: Recording, numbers: list[int]) -> None:
    for reply, number in zip(seen.replies, numbers, strict=False):
        right = {"number": number, "digit": digit_of(number)}
        assert reply.json() == right, f"GET {reply.path} was answered with {reply.json()!r}, and not {right!r}."


def _another_digit(seen: Recording, numbers: list[int]) -> Finding | None:
    for reply, number in zip(seen.replies, numbers, strict=False):
        said = reply.json()
        if reply.status == 200 and said != {"number": number, "digit": digit_of(number)}:
            return Finding(
                f"GET {reply.path} was answered with {said!r}; picture {number} shows a {digit_of(number)}.",
                "Every picture is to be read, by `classify`, and the answer has its two names.",
            )
    return None
