"""Checks of e10: in which lane does a dependency run, is what it lends given back, and can the shop get stuck?"""

import time
from typing import Annotated

import anyio

from fwlab import App, Depends
from fwlab.course.activities import activity, watched
from fwlab.course.connections import QUERY
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
    task,
    threads_used,
)
from fwlab.grading.misconceptions import known
from fwlab.lab import load, virtual

# --- e10.1: in which lane? -----------------------------------------------------------------------------------------

IN_ASYNC = "def, a dependency of an async def handler"
IN_DEF = "async def, a dependency of a def handler"
DEEP = "def, a dependency of an async def dependency"
HELPER = "def, called by an async def handler"
HELPER_THERE = "def, called by a def dependency"
AFTERWARDS = "async def, a dependency with yield: what stands after the yield, of a def handler"
A_CLASS = "a class, Depends(Page), of an async def handler: its __init__"


def _colored() -> App:
    """Return an app in which each function says where it runs."""
    app = App()

    def note(name: str) -> None:
        with activity(name):
            pass

    def in_async() -> None:
        note(IN_ASYNC)
        note(HELPER_THERE)

    def deep() -> None:
        note(DEEP)

    async def above(_: Annotated[None, Depends(deep)]) -> None: ...

    async def in_def() -> None:
        note(IN_DEF)

    async def lends() -> object:
        yield
        note(AFTERWARDS)

    class Page:
        def __init__(self) -> None:
            note(A_CLASS)

    @app.get("/async")
    async def waits(
        a: Annotated[None, Depends(in_async)], b: Annotated[None, Depends(above)], page: Annotated[Page, Depends(Page)]
    ) -> None:
        note(HELPER)

    @app.get("/def")
    def blocks(a: Annotated[None, Depends(in_def)], b: Annotated[object, Depends(lends)]) -> None: ...

    return app


def _lanes() -> dict[str, str]:
    async def both() -> None:
        for path in ["/async", "/def"]:
            await load(_colored(), path, users=1, requests=1, warmup=0)

    with watched() as seen:
        virtual(both)
    lanes = {one.name: one.lane for one in seen}
    return {name: lanes[name] for name in (IN_ASYNC, IN_DEF, DEEP, HELPER, HELPER_THERE, AFTERWARDS, A_CLASS)}


@task("e10.1", title="Say where each dependency runs", points=2)
def lanes(answer: Answer) -> Said:
    return guesses_in(answer, "lanes")


colors = Guesses(
    lanes, _lanes, options=("loop", "thread"), to_try="Who calls the function: the framework, or your code?"
)
colors.believes(
    IN_ASYNC,
    "loop",
    "it-goes-where-its-handler-goes",
    f"You say of a `{IN_ASYNC}` that it runs on the loop. It may block, and so it ran in a thread.",
    "Does the framework look at the handler there, or at the function that it is about to call?",
)
colors.believes(
    IN_DEF,
    "thread",
    "it-goes-where-its-handler-goes",
    f"You say of an `{IN_DEF}` that it runs in a thread. It was awaited, on the loop.",
    "Does the framework look at the handler there, or at the function that it is about to call?",
)
colors.believes(
    DEEP,
    "loop",
    "only-the-first-level-counts",
    f"A `{DEEP}` ran in a thread.",
    "Does it make a difference to the framework how deep a dependency stands?",
)
colors.believes(
    HELPER,
    "thread",
    "helpers-are-moved",
    f"A function that is `{HELPER}` was run by nobody but the handler itself, on the loop.",
    "Could the framework know that the call will come?",
)
colors.believes(
    HELPER_THERE,
    "loop",
    "helpers-are-moved",
    f"A function that is `{HELPER_THERE}` ran where the call stands.",
    "Where is the dependency itself, when it calls?",
)
colors.believes(
    AFTERWARDS,
    "thread",
    "clean-up-is-elsewhere",
    "What stands after the `yield` ran in the same lane as what stands before it.",
    "Is it not the same function, which goes on?",
)
colors.believes(
    A_CLASS,
    "loop",
    "a-class-is-no-function",
    "The framework called the class, and `__init__` is no `async def`: it ran in a thread.",
    "What is called, and how is it declared?",
)

# --- e10.2: when, and how often? -----------------------------------------------------------------------------------

FORTY = "def dependency, async def handler, 40 customers"
FORTY_ONE = "def dependency, async def handler, 41 customers"
ON_LOOP = "async def dependency, async def handler, 41 customers"
TWO = "two async def dependencies, one customer"
SHARED = "one async def dependency that the handler and another dependency need, one customer"
ANEW = "the same, with use_cache=False in both places"
WAIT = 0.05


def _slow() -> App:
    app = App()

    def blocks() -> None:
        time.sleep(WAIT)

    async def pauses() -> None:
        await anyio.sleep(WAIT)

    async def another() -> None:
        await anyio.sleep(WAIT)

    async def needs(_: Annotated[None, Depends(pauses)]) -> None: ...

    async def needs_anew(_: Annotated[None, Depends(pauses, use_cache=False)]) -> None: ...

    anew = Depends(pauses, use_cache=False)

    @app.get("/thread")
    async def thread(_: Annotated[None, Depends(blocks)]) -> None: ...

    @app.get("/loop")
    async def loop(_: Annotated[None, Depends(pauses)]) -> None: ...

    @app.get("/two")
    async def two(a: Annotated[None, Depends(pauses)], b: Annotated[None, Depends(another)]) -> None: ...

    @app.get("/shared")
    async def shared(a: Annotated[None, Depends(needs)], b: Annotated[None, Depends(pauses)]) -> None: ...

    @app.get("/anew")
    async def not_kept(a: Annotated[None, Depends(needs_anew)], b: Annotated[None, anew]) -> None: ...

    return app


def _milliseconds() -> dict[str, float]:
    asked = {FORTY: ("/thread", 40), FORTY_ONE: ("/thread", 41), ON_LOOP: ("/loop", 41)}
    asked |= {TWO: ("/two", 1), SHARED: ("/shared", 1), ANEW: ("/anew", 1)}

    def last(path: str, customers: int) -> float:
        run = virtual(lambda: load(_slow(), path, users=customers, requests=customers, warmup=0))
        return round(1000 * max(run.response_times))

    return {question: last(*how) for question, how in asked.items()}


@task("e10.2", title="Foretell what dependencies take", points=2)
def milliseconds(answer: Answer) -> Said:
    return guesses_in(answer, "milliseconds")


times = Guesses(milliseconds, _milliseconds, to_try="Which of them needs a thread, and how often is each called?")
times.believes(
    FORTY,
    (100, 2000),
    "one-after-another-in-threads",
    "Forty dependencies slept at the same time, each in a thread of its own.",
    "How many threads are there?",
)
times.believes(
    FORTY_ONE,
    (50, 0),
    "a-dependency-is-free",
    f"With `{FORTY_ONE}` the last one waited for a thread first.",
    "The handler is on the loop. Where is its dependency?",
)
times.believes(
    ON_LOOP,
    (100, 2050),
    "the-loop-has-forty-places",
    "All 41 waited on the loop at the same time, and none of them needed a thread.",
    "Of what are there forty?",
)
times.believes(
    TWO,
    50,
    "dependencies-run-at-once",
    "The second dependency began when the first was done.",
    "Has anybody said that they may wait at the same time?",
)
times.believes(
    SHARED,
    100,
    "called-for-everybody-who-asks",
    "It was called once for the request, and both got what it returned.",
    "What becomes of a result that is needed again?",
)
times.believes(
    ANEW,
    50,
    "kept-in-any-case",
    "With `use_cache=False` nothing was kept, and it was called for each who asked.",
    "What does the word say that stands there?",
)

# --- e10.3: give it back -------------------------------------------------------------------------------------------

CUSTOMERS = ["ada", "nobody", "ben", "nobody", "cleo", "dan"]
EXPECTED = [404 if name == "nobody" else 200 for name in CUSTOMERS]
TOGETHER = [Ask(f"/orders-of/{name}", at=0.2 * (number // 2)) for number, name in enumerate(CUSTOMERS)]
TOGETHER += [Ask("/orders-of/eve", at=0.8) for _ in range(4)]  # who come all at once: two rounds


@task("e10.3", title="Give back what was lent", points=2)
def lending(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), TOGETHER)


@lending.expect(to_try="Each customer gets an answer, and nobody gets a 404.")
def each_is_answered(seen: Recording, answer: Answer) -> None:
    got = [reply.status for reply in seen.replies]
    assert got == [*EXPECTED, 200, 200, 200, 200], f"The answers have the statuses {got}."


lending.expect("How many may use the database at the same time?", max_in_flight("query", at_most=2))
lending.expect("Which line keeps the loop?", not_(blocks_loop()))


@lending.diagnose
def swallowed(seen: Recording, answer: Answer) -> Finding | None:
    statuses = [reply.status for reply in seen.replies]
    if len(statuses) < 2 or statuses[1] in (404, None) or statuses[0] != 200:
        return None
    return Finding(
        f"`nobody` got status {statuses[1]}: the handler's exception ended in your dependency.",
        "You may look at an exception on its way. Who has to hear of it, too?",
    )


@lending.diagnose
def only_when_all_goes_well(seen: Recording, answer: Answer) -> Finding | None:
    statuses = [reply.status for reply in seen.replies]
    if statuses[:4] != EXPECTED[:4] or statuses[4:6] == EXPECTED[4:]:
        return None
    return Finding(
        "After two customers called `nobody` there was no connection left: theirs were not given back.",
        "The handler's exception comes out of the line with the `yield`. Which of your lines still run then?",
        points=1,
    )


@lending.diagnose
def given_back_too_early(seen: Recording, answer: Answer) -> Finding | None:
    if seen.most_at_once("query") <= 2:
        return None
    return Finding(
        f"{seen.most_at_once('query')} queries went on at the same time, over two connections: somebody used a "
        "connection that had been lent to another by then.",
        "When is the handler done with it? What have you given back before that?",
    )


lending.diagnose(*known("M3"))


@lending.diagnose
def never_given_back(seen: Recording, answer: Answer) -> Finding | None:
    if [reply.status for reply in seen.replies[:4]] != [200, 404, 500, 500]:
        return None
    return Finding(
        "The first two customers have the connections, and keep them. The next one waited a second, and got none.",
        "Where could the dependency go on, once the handler is done?",
    )


# --- e10.4: the shop that gets stuck -------------------------------------------------------------------------------

MANY, CONNECTIONS = 90, 3


@task("e10.4", title="Mend the shop that gets stuck", points=2)
def rush(answer: Answer) -> Recording:
    return record_requests(answer.require("shop"), ["/orders-of/ada"] * MANY)


@rush.expect(to_try="Every customer gets their orders.")
def everybody_is_served(seen: Recording, answer: Answer) -> None:
    served = sum(reply.status == 200 for reply in seen.replies)
    assert served == MANY, f"{served} of {MANY} got their orders. {seen.stuck or ''}"


rush.expect("The database has three connections.", max_in_flight("query", at_most=CONNECTIONS))
rush.expect("There are forty threads.", threads_used(at_most=40))
rush.expect("Which line keeps the loop?", not_(blocks_loop()))


@rush.expect(to_try="Could more of the connections be in use?")
def all_connections_work(seen: Recording, answer: Answer) -> None:
    needed = MANY / CONNECTIONS * QUERY
    assert seen.seconds <= needed + 1e-6, f"It took {seen.seconds:.4g} s; {needed:.4g} s are enough."


@rush.diagnose
def more_connections(seen: Recording, answer: Answer) -> Finding | None:
    most = seen.most_at_once("query")
    if most <= CONNECTIONS:
        return None
    return Finding(
        f"{most} queries went on at the same time; the database has {CONNECTIONS} connections.",
        "A larger pool also gets stuck, on a later day. Who waits for whom there?",
    )


@rush.diagnose
def more_threads(seen: Recording, answer: Answer) -> Finding | None:
    threads = len({one.thread for one in seen.activities if one.lane == "thread"})
    if threads <= 40:
        return None
    return Finding(
        f"{threads} threads stood there, nearly all of them to wait for a connection.",
        "With more threads it takes more customers until nothing moves. Why does anybody wait in a thread?",
    )


@rush.diagnose
def one_at_a_time(seen: Recording, answer: Answer) -> Finding | None:
    served = sum(reply.status == 200 for reply in seen.replies)
    if served < MANY or seen.holds or seen.most_at_once("query") >= CONNECTIONS:
        return None
    return Finding(
        f"Everybody was served, with {seen.most_at_once('query')} at a time: it took {seen.seconds:.4g} s.",
        f"There are {CONNECTIONS} connections. What keeps the others from being used?",
        points=1,
    )


@rush.diagnose
def asked_on_the_loop(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or "worker thread" not in seen.failure.message:
        return None
    return Finding(
        f"The pool was asked on the loop to wait as a thread does.\n{seen.failure}",
        "The pool has a way of taking that can be awaited. What is it called?",
    )


rush.diagnose(*known("M3", "M1"))


@rush.diagnose
def the_pool_waits_for_itself(seen: Recording, answer: Answer) -> Finding | None:
    if seen.most_in_threads() < 40:
        return None
    return Finding(
        "All forty threads were taken by customers who wait for a connection; those who have one wait for a thread.",
        "Patience only ends it. Who could wait without having what the others need?",
    )
