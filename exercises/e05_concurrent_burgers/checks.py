"""Checks of e05: do orders overlap, does each keep its number, and is the grill never too full?"""

from __future__ import annotations

import ast
import asyncio

from fwlab.grading import (
    Answer,
    Finding,
    Recording,
    blocks_loop,
    max_in_flight,
    no_leaked_tasks,
    not_,
    record,
    record_requests,
    takes,
    task,
    threads_used,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.slips import SLIPS
from fwlab.grading.syntax import calls

CUSTOMERS = ["ada", "ben", "cleo", "dan"]
GRILL = "grill patty"


@task("e05.1", title="Let eight orders overlap", points=2)
def order(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [f"/orders/{number}" for number in range(1, 9)])


@order.expect(to_try="Each answer is the number that was asked for, and a patty.")
def each_gets_a_patty(seen: Recording, answer: Answer) -> None:
    got = [reply.json() if reply.status == 200 else reply.status for reply in seen.replies]
    assert got == [{"number": number, "burger": "patty"} for number in range(1, 9)], f"The answers are {got}."


order.expect("Who could be served while a patty is on the grill?", max_in_flight(GRILL, at_least=8), takes(0.4))
order.expect("There is one cashier, who never stands at the grill.", threads_used(at_most=0), not_(blocks_loop()))
order.expect("Whoever begins a task waits for its end.", no_leaked_tasks())


@order.diagnose
def cashiers_who_cook(seen: Recording, answer: Answer) -> Finding | None:
    if seen.most_in_threads() < 2:
        return None
    return Finding(
        f"{seen.most_in_threads()} threads stood at the grill, one for each order.",
        "Eight cashiers who cook are another shop. How can one cashier wait for eight patties?",
        points=1,
    )


order.diagnose(*SLIPS, *known("M15", "M3"))


@order.diagnose
def handed_over_raw(seen: Recording, answer: Answer) -> Finding | None:
    done = [one.end for one in seen.of(GRILL) if one.outcome == "done"]
    if seen.failure is not None or not seen.replies or not seen.left_over or len(done) == len(seen.replies):
        return None
    return Finding(
        "The burgers were handed over while their patties were on the grill.",
        "Beginning to grill is not having grilled. Where does the order wait for its patty?",
    )


order.diagnose(*known("M1", "M4", "M14"))


@task("e05.2", title="Let each order keep its number", points=2)
def numbers(answer: Answer) -> Recording:
    take_order = answer.function("take_order")

    async def all_at_once() -> list[object]:
        return await asyncio.gather(*(take_order(customer) for customer in CUSTOMERS))

    return record(all_at_once)


def _numbers(seen: Recording) -> list[object]:
    got = seen.result if isinstance(seen.result, list) else []
    return [one.get("number") if isinstance(one, dict) else one for one in got]


@numbers.expect(to_try="Compare the numbers with the order in which the customers came.")
def each_has_its_own(seen: Recording, answer: Answer) -> None:
    got = _numbers(seen)
    first = got[0] if got else None
    right = [first + n for n in range(len(CUSTOMERS))] if isinstance(first, int) else None
    assert got == right, f"Four customers came one after the other, and their numbers are {got}."
    customers = [one.get("customer") if isinstance(one, dict) else None for one in seen.result]
    assert customers == CUSTOMERS, f"The orders came back as {seen.result}."


numbers.expect("They wait together.", max_in_flight(GRILL, at_least=len(CUSTOMERS)), takes(0.4))
numbers.diagnose(*known("M15", "M3", "M11", "M4"))


@numbers.diagnose
def nobody_grills(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.of(GRILL):
        return None
    return Finding("Nothing was on the grill.", "A number alone makes nobody full. What has to be waited for?")


@numbers.diagnose
def the_number_of_another(seen: Recording, answer: Answer) -> Finding | None:
    got = _numbers(seen)
    if seen.failure is not None or len(set(map(str, got))) == len(CUSTOMERS):
        return None
    return Finding(
        f"Four customers came, and their numbers are {got}.",
        "At the `await`, the others come in. What does each customer hold in hand while it waits?",
    )


@task("e05.3", title="Three places on the grill", points=2)
def places(answer: Answer) -> Recording:
    serve_all = answer.function("serve_all")
    return record(lambda: serve_all(8))


@places.expect(to_try="There are as many patties as customers.")
def nobody_goes_hungry(seen: Recording, answer: Answer) -> None:
    got = seen.result if isinstance(seen.result, list | tuple) else []
    assert list(got) == ["patty"] * 8, f"Eight customers got {seen.result!r}."


places.expect("Three at a time, and never fewer while somebody waits.", max_in_flight(GRILL, at_most=3), takes(1.2))
places.expect("Whoever begins a task waits for its end.", no_leaked_tasks())
places.diagnose(*known("M15", "M3", "M14", "M4"))


@places.diagnose
def somebody_got_nothing(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or len(seen.of(GRILL)) >= 8:
        return None
    return Finding(
        f"Eight customers came, and {len(seen.of(GRILL))} patties were grilled.",
        "Who finds no place on the grill waits for one. Where did the others go?",
    )


@places.diagnose
def lock_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    withs = [node for node in ast.walk(answer.tree) if isinstance(node, ast.AsyncWith)]
    made = [call for node in withs for item in node.items for call in calls(item, "Semaphore", "CapacityLimiter")]
    if seen.most_at_once(GRILL) <= 3 or not made:
        return None
    return Finding(
        f"Each order makes a bowl of its own, which nobody else takes from: line {made[0].lineno}: "
        f"{ast.unparse(made[0])}",
        "Tokens count only those who take from the same bowl. Where would it have to be made?",
    )


@places.diagnose
def too_many_on_the_grill(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.most_at_once(GRILL) <= 3:
        return None
    return Finding(
        f"{seen.most_at_once(GRILL)} patties were on the grill at the same time.",
        "A token is held as long as the block lasts. What happens inside of it?",
    )


@places.diagnose
def places_left_free(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or not 1 < seen.most_at_once(GRILL) < 3:
        return None
    return Finding(
        f"At most {seen.most_at_once(GRILL)} patties were on the grill, and it took {seen.seconds:.4g} s.",
        "How many places does the grill have?",
        points=1,
    )
