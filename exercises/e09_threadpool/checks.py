"""Checks of e09: what runs in a thread, how many rounds there are, who starves, and whose connection it is."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import TYPE_CHECKING

from anyio import to_thread

from fwlab import App, Depends
from fwlab.course.bank import ROUND_TRIP, accepts
from fwlab.course.loyalty import ROUND_TRIP as BOOKS
from fwlab.course.steps import step09
from fwlab.grading import (
    Answer,
    Ask,
    Finding,
    Guesses,
    Recording,
    Said,
    blocks_loop,
    guesses_in,
    max_in_flight,
    not_,
    record_requests,
    responds,
    takes,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.syntax import calls, functions, line
from fwlab.lab import burn, load, virtual

if TYPE_CHECKING:
    from collections.abc import Callable

ASYNC_HANDLER = "a handler, async def"
HANDLER = "a handler, def"
DEPENDENCY = "a dependency, def, of an async def handler"
SUB_DEPENDENCY = "a sub-dependency, async def, of a def dependency"
HELPER_OF_ASYNC = "a helper, def, called by an async def handler"
HELPER = "a helper, def, called by a def handler"


@task("e09.1", title="Say what runs where", points=2)
def lanes(answer: Answer) -> Said:
    return guesses_in(answer, "runs_in")


def _where_it_ran() -> dict[str, str]:
    app, seen = App(), dict[str, int]()

    def note(what: str) -> None:
        seen[what] = threading.get_ident()

    async def sub_dependency() -> None:
        note(SUB_DEPENDENCY)

    def dependency(_: None = Depends(sub_dependency)) -> None:
        note(DEPENDENCY)

    @app.get("/async")
    async def in_async_def(_: None = Depends(dependency)) -> None:
        note(ASYNC_HANDLER)
        note(HELPER_OF_ASYNC)

    @app.get("/def")
    def in_def() -> None:
        note(HANDLER)
        note(HELPER)

    async def ask() -> int:
        for path in ("/async", "/def"):
            await load(app, path, users=1, requests=1, warmup=0)
        return threading.get_ident()

    loop = virtual(ask)
    return {what: "loop" if thread == loop else "thread" for what, thread in seen.items()}


where = Guesses(
    lanes, _where_it_ran, options=("loop", "thread"), to_try="Who calls this function: the framework, or another one?"
)
where.believes(
    HELPER_OF_ASYNC,
    "thread",
    "a-helper-is-moved",
    f"You say that {HELPER_OF_ASYNC}, runs in a thread. It ran on the loop, where it was called.",
    "The framework never learns that this function exists. Who calls it, and in which thread is that one?",
)
where.believes(
    HELPER,
    "loop",
    "a-helper-goes-back-to-the-loop",
    f"You say that {HELPER}, runs on the loop. Whoever called it was in a thread, and so was the helper.",
    "A call stays in its thread. In which one is the caller?",
)
where.believes(
    DEPENDENCY,
    "loop",
    "a-dependency-goes-by-its-handler",
    f"You say that {DEPENDENCY}, runs on the loop. It ran in a thread.",
    "Each function that the framework calls goes by its own `def`. What does the dependency begin with?",
)
where.believes(
    SUB_DEPENDENCY,
    "thread",
    "a-sub-dependency-goes-by-who-asked",
    f"You say that {SUB_DEPENDENCY}, runs in a thread. It ran on the loop.",
    "The framework calls it, as it calls a handler. What does it begin with?",
)
where.believes(
    HANDLER,
    "loop",
    "def-is-on-the-loop",
    f"You say that {HANDLER}, runs on the loop. Then nobody else could be served while it blocks.",
    "Chapter 1 had a rule for libraries that know no `await`. Where does it send them?",
)

EIGHTY_ONE = "81 customers ask the bank, 40 tokens"
FORTY = "40 customers ask the bank, 40 tokens"
EXECUTOR = "81 customers ask the bank, set_default_executor(ThreadPoolExecutor(81))"
TOKENS = "81 customers ask the bank, total_tokens = 81"
COMPUTING = "81 customers compute for 0.01 s each, total_tokens = 81"


@task("e09.2", title="Count the rounds", points=2)
def rounds(answer: Answer) -> Said:
    return guesses_in(answer, "seconds")


def _last_answer() -> dict[str, float]:
    app = App()

    @app.get("/bank")
    def bank() -> bool:
        return accepts("42")

    @app.get("/compute")
    def compute() -> None:
        burn(0.01)

    def rush(path: str, customers: int, prepare: Callable[[], object] = lambda: None) -> float:
        async def prepared() -> float:
            prepare()
            return (await load(app, path, users=customers, requests=customers, warmup=0)).duration

        return round(virtual(prepared), 6)

    def more_tokens() -> None:
        to_thread.current_default_thread_limiter().total_tokens = 81

    def another_executor() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(81))

    return {
        EIGHTY_ONE: rush("/bank", 81),
        FORTY: rush("/bank", 40),
        EXECUTOR: rush("/bank", 81, another_executor),
        TOKENS: rush("/bank", 81, more_tokens),
        COMPUTING: rush("/compute", 81, more_tokens),
    }


guesses = Guesses(
    rounds, _last_answer, to_try="How many get a token at once? How often does somebody get one after them?"
)
guesses.believes(
    FORTY,
    (20.0, 20),
    "one-at-a-time",
    "You say that forty customers are served one after the other. Each of them had a thread.",
    "How many tokens are there, and how many customers?",
)
guesses.believes(
    EIGHTY_ONE,
    (1.0, 1),
    "the-last-one-counts",
    "Two rounds serve eighty customers. One was left.",
    "When does the last of them get a token, and when an answer?",
)
guesses.believes(
    EIGHTY_ONE,
    0.5,
    "a-thread-for-each",
    "You say that each of the 81 had a thread of their own. There were 40 tokens.",
    "What does the customer do who finds no token?",
)
guesses.believes(
    EXECUTOR,
    0.5,
    "another-executor-is-no-larger-pool",
    "The executor was larger, and it took as long as before.",
    "Through whose threads do handlers go: asyncio's, or AnyIO's? Which of them did that line change?",
)
guesses.believes(
    COMPUTING,
    (0.01, 0.02, 0.03),
    "threads-share-computing",
    "You say that 81 threads compute at the same time. They took turns.",
    "What did chapter 7 say of threads that compute?",
)

CARDS = 60
AT_THE_BANK = 20
CUSTOMER, POINTS = "ada", 52


@task("e09.3", title="Free those who starve", points=3)
def shop(answer: Answer) -> Recording:
    asks: list[str | Ask] = [f"/cards/{number}" for number in range(CARDS)]
    return record_requests(answer.require("shop"), [*asks, Ask(f"/loyalty/{CUSTOMER}", at=0.001)])


LOYALTY = f"GET /loyalty/{CUSTOMER}"

shop.expect(
    "Customers get the same answers as before.",
    responds(0, json={"good": True}),
    responds(1, json={"good": False}),
    responds(CARDS, json={"points": POINTS}),
)
shop.expect("Which line keeps the loop?", not_(blocks_loop(0.0)))
shop.expect("How many may stand at the bank?", max_in_flight("ask the bank", at_most=AT_THE_BANK))


@shop.expect("Who stands in the way of the one who asks for points?")
def nobody_starves(seen: Recording, answer: Answer) -> None:
    late = _seconds_for_points(seen) - BOOKS
    assert late < 0.001, f"{LOYALTY} waited {late:.4g} s for a thread, and then took {BOOKS} s."


shop.expect("Is the bank asked as often as it allows?", takes(at_most=CARDS / AT_THE_BANK * ROUND_TRIP))


def _seconds_for_points(seen: Recording) -> float:
    asked = next(iter(seen.of(LOYALTY)), None)  # nobody, where the experiment was stuck before
    return asked.end - asked.begin if asked is not None and asked.end is not None else inf


shop.diagnose(*known("M3", "M1", "M7"))


@shop.diagnose
def a_limiter_for_each(seen: Recording, answer: Answer) -> Finding | None:
    made = [call for one in functions(answer.tree) for call in calls(one, "CapacityLimiter", "Semaphore")]
    if not made or seen.most_at_once("ask the bank") <= AT_THE_BANK:
        return None
    return Finding(
        f"{seen.most_at_once('ask the bank')} stood at the bank at the same time: each call makes a limiter of its "
        f"own, and has it to itself. {line(made[0])}",
        "A limiter limits those who share it. Where would it have to be made?",
    )


@shop.diagnose
def too_many_at_the_bank(seen: Recording, answer: Answer) -> Finding | None:
    most, starves = seen.most_at_once("ask the bank"), _seconds_for_points(seen) > BOOKS + 0.001
    if seen.failure is not None or seen.holds or most <= AT_THE_BANK:
        return None
    return Finding(
        f"{most} stood at the bank at the same time, and it allows {AT_THE_BANK}."
        + ("" if starves else " Nobody starves: that much is done."),
        "How many are asked at once is counted by the limiter that the call goes through. Which one is it here?",
        points=0 if starves else 1,
    )


@shop.diagnose
def everybody_in_one_line(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.holds or _seconds_for_points(seen) <= BOOKS + 0.001:
        return None
    return Finding(
        f"The bank is asked {seen.most_at_once('ask the bank')} times at once: good. But {LOYALTY} took "
        f"{_seconds_for_points(seen):.4g} s, for it stood in the same line.",
        "Two kinds of calls share the tokens. How does one kind get tokens of its own?",
        points=1,
    )


@shop.diagnose
def fewer_than_allowed(seen: Recording, answer: Answer) -> Finding | None:
    most = seen.most_at_once("ask the bank")
    if seen.failure is not None or seen.holds or not 0 < most < AT_THE_BANK:
        return None
    return Finding(
        f"Nobody starves. But only {most} asked the bank at once, and the last card took {seen.seconds:.4g} s.",
        f"The bank allows {AT_THE_BANK}. What number is the limiter made with?",
        points=2,
    )


READERS = 20
SLOW = 0.1
NAMES = ["ada", "ben", "cleo"]


@task("e09.4", title="A connection for one thread", points=2)
def desk(answer: Answer) -> Recording:
    orders = step09.orders()
    if orders.find_blocking(len(NAMES)) is None:
        for name in NAMES:
            orders.place_blocking(name, 1)
    return record_requests(answer.require("desk"), ["/report"] * READERS)


@desk.expect("Who opens the connection, and who uses it?")
def everybody_gets_the_report(seen: Recording, answer: Answer) -> None:
    good = sum(reply.status == 200 and reply.json() == NAMES for reply in seen.replies)
    assert good == READERS, f"{good} of {READERS} customers got the report."


desk.expect("Which line keeps the loop?", not_(blocks_loop(0.0)))
desk.expect("Twenty reports can be read at the same time.", takes(at_most=SLOW))


@desk.diagnose
def opened_here_used_there(seen: Recording, answer: Answer) -> Finding | None:
    failed = [reply for reply in seen.replies if reply.failure and reply.failure.error == "ProgrammingError"]
    if not failed:
        return None
    return Finding(
        f"{len(failed)} of {READERS} customers got an error: the connection was opened in one thread, and used in "
        "another.",
        "The framework sends each function to a thread by itself. In which one is the connection opened, in which one "
        "is it used?",
    )


@desk.diagnose
def one_for_everybody(seen: Recording, answer: Answer) -> Finding | None:
    failed = [reply for reply in seen.replies if reply.failure and reply.failure.error == "OperationalError"]
    if not failed:
        return None
    return Finding(
        f"{len(failed)} of {READERS} customers got an error. They share one connection, and a connection has one "
        "transaction at a time.",
        "The driver says no more that the thread is another one. Does that make it safe for twenty at once?",
    )


desk.diagnose(*known("M1", "M10", "M2"))


@desk.diagnose
def one_report_at_a_time(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.holds or seen.seconds < READERS * SLOW:
        return None
    return Finding(
        f"Everybody got the report, and the last one after {seen.seconds:.4g} s: they were read one after the other.",
        "Readers do not disturb each other. What is it that only one of them can have here?",
        points=1,
    )
