"""Checks of e15: does the application keep its word when it ends, when it is asked, and when there are two of it?

A worker is a process, and has its own copy of all that a module defines. Here it is the answer, run once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio

from fwlab.course.shared_store import FILLING, Store
from fwlab.grading import (
    Answer,
    Ask,
    Finding,
    Recording,
    no_leaked_tasks,
    record,
    record_requests,
    responds,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.syntax import calls

if TYPE_CHECKING:
    from fwlab.types import ASGIApp, Receive, Scope, Send

# --- e15.1: finish what you have begun -----------------------------------------------------------------------------

ORDERS = 4
AT_ONCE = 0.05
"""Seconds in which a customer has heard at once."""


@task("e15.1", title="Finish what you have begun", points=2)
def closing(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [Ask("/orders", method="POST") for _ in range(ORDERS)])


closing.expect("Each customer has an answer.", *(responds(number) for number in range(ORDERS)))


@closing.expect(to_try="What has to be over before the server has ended?")
def all_are_grilled(seen: Recording, answer: Answer) -> None:
    grilled = _grilled(seen)
    assert grilled == ORDERS, f"{ORDERS} orders were taken, and {grilled} of them were grilled when the server ended."


@closing.expect(to_try="What does the customer wait for?")
def told_at_once(seen: Recording, answer: Answer) -> None:
    assert _longest_wait(seen) <= AT_ONCE, f"A customer waited {_longest_wait(seen):.4g} s for the word."


closing.expect("Who is at work when the server has ended?", no_leaked_tasks())


def _grilled(seen: Recording) -> int:
    return sum(one.outcome == "done" for one in seen.of("grill patty"))


def _longest_wait(seen: Recording) -> float:
    return max((one.end - one.begin for one in seen.of("POST /orders") if one.end is not None), default=0.0)


@closing.diagnose
def the_customer_waits(seen: Recording, answer: Answer) -> Finding | None:
    if _longest_wait(seen) <= AT_ONCE:
        return None
    return Finding(
        f"A customer waited {_longest_wait(seen):.4g} s, until the patty was grilled.",
        "The customer is to hear at once, and the patty to be grilled after that. Who else could grill it?",
    )


@closing.diagnose
def waits_for_ever(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or "did not end within" not in seen.failure.message:
        return None
    return Finding(
        "The server was told to end and waited for something that does not come, until its patience was over.",
        "Does what you wait for ever end? Who says that the last order is done?",
    )


@closing.diagnose
def the_last_one_stays_on_the_grill(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _grilled(seen) != ORDERS - 1:
        return None
    return Finding(
        "The last order was taken from the queue, and the kitchen was closed while its patty was on the grill.",
        "An empty queue says that the last order was taken. What says that it is done?",
        points=1,
    )


@closing.diagnose
def orders_are_forgotten(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _grilled(seen) >= ORDERS:
        return None
    return Finding(
        f"{ORDERS} orders were taken, and {_grilled(seen)} were grilled when the kitchen was closed.",
        "How long it takes depends on how many there are. For what could the end wait, in place of a time?",
        points=1 if _grilled(seen) else 0,
    )


closing.diagnose(*known("M3", "M14"))

# --- e15.2: alive, and ready ---------------------------------------------------------------------------------------

DOWN = (1.0, 3.0)
READY, NOT_READY, ALIVE, READY_AGAIN, STILL_ALIVE = range(5)
PATIENCE = 0.2


@task("e15.2", title="Say whether you are alive, and whether you are ready", points=2)
def asked(answer: Answer) -> Recording:
    app = answer.function("make_app")(Store(down=DOWN))
    asks = [
        Ask("/ready"),
        Ask("/ready", at=1.5),
        Ask("/health", at=1.5),
        Ask("/ready", at=4.0),
        Ask("/health", at=4.5),
    ]
    return record_requests(app, asks)


asked.expect("The store answers, and so the shop is ready.", responds(READY, json="ready"))
asked.expect("The store does not answer. May customers come?", responds(NOT_READY, status=503))
asked.expect("Is the process alive?", responds(ALIVE, json="alive"), responds(STILL_ALIVE, json="alive"))
asked.expect("The store is back.", responds(READY_AGAIN, json="ready"))


@asked.expect(to_try="What does `/health` wait for?")
def alive_at_once(seen: Recording, answer: Answer) -> None:
    waited = max(_waited(seen, ALIVE), _waited(seen, STILL_ALIVE))
    assert waited < 1e-6, f"`/health` answered after {waited:.4g} s."


@asked.expect(to_try="How long does `/ready` wait for a store that is down?")
def the_proxy_knows_in_time(seen: Recording, answer: Answer) -> None:
    waited = _waited(seen, NOT_READY)
    assert waited <= PATIENCE + 1e-6, f"`/ready` answered after {waited:.4g} s."


asked.expect("Who still asks the store at the end?", no_leaked_tasks())


def _waited(seen: Recording, request: int) -> float:
    found = [one for one in seen.activities if one.request == request and one.name.startswith("GET /")]
    return max(((one.end or seen.seconds) - one.begin for one in found), default=0.0)


def _asked_the_store(seen: Recording, request: int) -> bool:
    return any(one.request == request for one in seen.of("get"))


@asked.diagnose
def health_asks_the_store(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or not _asked_the_store(seen, ALIVE):
        return None
    return Finding(
        f"`/health` asked the store, which was down, and took {_waited(seen, ALIVE):.4g} s.",
        "The supervisor replaces whoever does not answer this. Would a new worker help against a store that is down?",
        points=1 if seen.replies[NOT_READY].status == 503 else 0,
    )


@asked.diagnose
def ready_without_asking(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _asked_the_store(seen, NOT_READY):
        return None
    return Finding(
        f"`/ready` answered {seen.replies[NOT_READY].status} while the store was down: it did not ask.",
        "The proxy sends customers to whoever is ready. What do those customers need?",
    )


@asked.diagnose
def ready_waits_for_the_store(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _waited(seen, NOT_READY) <= PATIENCE + 1e-6:
        return None
    return Finding(
        f"The store was down, and `/ready` answered after {_waited(seen, NOT_READY):.4g} s.",
        "What ends a question when its time is over?",
        points=1,
    )


@asked.diagnose
def not_ready_when_it_is(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.replies[READY].status == 200:
        return None
    return Finding(
        f"The store answered, and `/ready` said {seen.replies[READY].status}.",
        "Which line is reached when the store has answered in time?",
    )


@asked.diagnose
def ready_nevertheless(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.replies[NOT_READY].status != 200:
        return None
    return Finding(
        f"The store had not answered, and `/ready` said {seen.replies[NOT_READY].body.decode()} with status 200.",
        "A proxy reads the status and nothing else. How does a handler answer with another one?",
        points=1,
    )


@asked.diagnose
def another_status(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[NOT_READY].status == 503:
        return None
    return Finding(
        f"The store had not answered in time, and `/ready` ended with status {seen.replies[NOT_READY].status}.",
        "A time that is over is no accident here. What becomes of the exception that says so?",
        points=1,
    )


asked.diagnose(*known("M3", "M14"))

# --- e15.3: one number for all -------------------------------------------------------------------------------------

CUSTOMERS = 10


@task("e15.3", title="Number the orders of all workers", points=2)
def numbered(answer: Answer) -> Recording:
    answer.function("make_numbered")
    store = Store()
    workers = [worker.function("make_numbered")(store) for worker in (answer.renewed(), answer.renewed())]
    asks = [Ask("/orders", method="POST", at=0.003 * (customer // 4)) for customer in range(CUSTOMERS)]
    return record_requests(_InTurn(workers), asks)


class _InTurn:
    """A proxy in front of workers: the first request is for the first of them, the next for the next."""

    def __init__(self, workers: list[ASGIApp]) -> None:
        self._workers = workers
        self._turn = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        worker = self._workers[self._turn % len(self._workers)]
        self._turn += 1
        await worker(scope, receive, send)


@numbered.expect(to_try="Each number once, and none is left out.")
def each_number_once(seen: Recording, answer: Answer) -> None:
    numbers = _numbers(seen)
    assert numbers == list(range(1, CUSTOMERS + 1)), f"Two workers gave the numbers {numbers}."


numbered.expect("Who still asks at the end?", no_leaked_tasks())


def _numbers(seen: Recording) -> list[Any]:
    return sorted((reply.json() for reply in seen.replies if reply.status == 200), key=_by_kind)


def _by_kind(number: Any) -> tuple[bool, Any]:
    return (True, number) if isinstance(number, int) else (False, str(number))


def _odd(seen: Recording) -> bool:
    return any(reply.status != 200 or not isinstance(reply.json(), int) for reply in seen.replies)


def _given_twice(seen: Recording) -> bool:
    return not _odd(seen) and len(set(_numbers(seen))) < CUSTOMERS


@numbered.diagnose
def each_worker_counts(seen: Recording, answer: Answer) -> Finding | None:
    if not _given_twice(seen) or seen.of("get", "put", "add"):
        return None
    return Finding(
        "Numbers were given twice, and nobody asked the store: each worker counted for itself.",
        "Each worker has a copy of every variable, and of every lock. What do both of them have?",
    )


@numbered.diagnose
def asked_again(seen: Recording, answer: Answer) -> Finding | None:
    if not _given_twice(seen) or not seen.of("add") or not seen.of("get"):
        return None
    return Finding(
        "The store counted right, and then it was asked once more what the number is; meanwhile others had added.",
        "What does `add` return?",
        points=1,
    )


@numbered.diagnose
def a_lock_in_each_worker(seen: Recording, answer: Answer) -> Finding | None:
    if not _given_twice(seen) or not calls(answer.tree, "Lock", "Semaphore"):
        return None
    return Finding(
        "Numbers were given twice, in spite of the lock: the other worker has one of its own.",
        "A lock of asyncio is known in one process. What can do in one question what the lock was to keep together?",
    )


@numbered.diagnose
def read_then_written(seen: Recording, answer: Answer) -> Finding | None:
    if not _given_twice(seen) or not seen.of("get"):
        return None
    return Finding(
        "A number was read, and before the next one was stored, others read the same.",
        "Reading and writing were two questions. Which one does both?",
    )


@numbered.diagnose
def other_numbers(seen: Recording, answer: Answer) -> Finding | None:
    if _odd(seen) or _given_twice(seen) or _numbers(seen) == list(range(1, CUSTOMERS + 1)):
        return None
    return Finding(
        f"Two workers gave these numbers: {_numbers(seen)}. They differ, and the first is to be 1, and none left out.",
        "Who knows how many orders all workers together have taken?",
    )


numbered.diagnose(*known("M3", "M14"))

# --- e15.4: once, whoever is first ---------------------------------------------------------------------------------

WORKERS = 3
LATER = 3600.0


@task("e15.4", title="Let one fill the menu, and all wait for it", points=2)
def prepared(answer: Answer) -> Recording:
    answer.function("prepare")
    workers = [answer.renewed().function("prepare") for _ in range(WORKERS + 1)]

    async def start_all() -> list[Any]:
        store = Store()
        open_with: list[Any] = []

        async def start(number: int) -> None:
            with anyio.move_on_after(10):
                await workers[number](store)
                open_with.append(store.known("menu"))

        async with anyio.create_task_group() as group:
            for number in range(WORKERS):
                group.start_soon(start, number)
        begun = anyio.current_time()
        await start(WORKERS)
        return [open_with, round(anyio.current_time() - begun, 6)]

    return record(start_all)


@prepared.expect(to_try="How often was the menu filled?")
def filled_once(seen: Recording, answer: Answer) -> None:
    times = len(seen.of("fill menu"))
    assert times == 1, f"{WORKERS} workers started, then one more, and the menu was filled {times} times."


@prepared.expect(to_try="What does a worker wait for that does not fill the menu?")
def open_with_a_full_menu(seen: Recording, answer: Answer) -> None:
    menus = _menus(seen)
    assert menus == [3] * (WORKERS + 1), f"When the workers took customers, the menu had so many burgers: {menus}."


@prepared.expect(to_try="What does a worker do that starts later?")
def later_at_once(seen: Recording, answer: Answer) -> None:
    took = seen.result[1] if seen.failure is None else LATER
    assert took < FILLING, f"The worker that started later took {took:.4g} s."


prepared.expect("Who is at work at the end?", no_leaked_tasks())


def _menus(seen: Recording) -> list[Any]:
    return list(seen.result[0]) if isinstance(seen.result, list) else []


@prepared.diagnose
def nobody_fills(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.never_awaited or seen.of("fill menu"):
        return None
    return Finding(
        "No worker filled the menu.",
        "All of them wait for a menu. Who makes it, and before which line?",
    )


@prepared.diagnose
def a_lock_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    if len(seen.of("fill menu")) < 2 or not calls(answer.tree, "Lock", "Semaphore"):
        return None
    return Finding(
        f"The menu was filled {len(seen.of('fill menu'))} times: each worker has a lock of its own.",
        "What can tell three processes which of them was first?",
    )


@prepared.diagnose
def filled_more_than_once(seen: Recording, answer: Answer) -> Finding | None:
    if len(seen.of("fill menu")) < 2:
        return None
    return Finding(
        f"The menu was filled {len(seen.of('fill menu'))} times.",
        "Between a question and what you make of the answer, the others ask the same. Which question has one winner?",
    )


@prepared.diagnose
def open_too_early(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or len(seen.of("fill menu")) != 1 or _menus(seen) == [3] * (WORKERS + 1):
        return None
    return Finding(
        f"The menu was filled once. When the workers took customers, it had so many burgers: {_menus(seen)}.",
        "Not to be the one who fills it does not mean that it is full. What could a worker wait for?",
        points=1,
    )


prepared.diagnose(*known("M3", "M14"))
