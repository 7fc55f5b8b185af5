"""Checks of e04: is everything awaited, at the same time where it may be, and on the loop that is there?"""

from __future__ import annotations

import ast

from fwlab.course.kitchen import PRICES
from fwlab.grading import (
    Answer,
    Claim,
    Finding,
    Recording,
    blocks_loop,
    max_in_flight,
    no_leaked_tasks,
    not_,
    record,
    record_requests,
    responds,
    takes,
    task,
    threads_used,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.slips import SLIPS
from fwlab.grading.syntax import calls

ASKED = ["fries", "lemonade", "bun"]
ORDERED = ["fries", "patty", "fries", "salad", "bun"]
ON_THE_BOARD = ["fries", "bun", "patty"]


@task("e04.1", title="Await what has to be awaited", points=2)
def price(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [f"/price/{item}" for item in ASKED])


def _what_the_shop_expects() -> list[Claim]:
    return [responds(n, json={"item": item, "total": PRICES[item] + 1}) for n, item in enumerate(ASKED)]


price.expect("The total is the price that the head office says, and one dollar.", *_what_the_shop_expects())


price.diagnose(*SLIPS)
price.diagnose(*known("M15", "M3"))


@price.diagnose
def awaited_too_late(seen: Recording, answer: Answer) -> Finding | None:
    failure = seen.failure
    if failure is None or failure.error != "TypeError" or "await" not in failure.message:
        return None
    return Finding(
        f"Something was awaited that is no coroutine.\n{failure}",
        "Which part of that line is the call that pauses? The word belongs right in front of it.",
    )


@price.diagnose
def the_price_is_not_asked_for(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or any(one.name.startswith("price of") for one in seen.activities):
        return None
    return Finding(
        f"{len(ASKED)} requests came, and the head office was asked for no price.",
        "Prices change: keep `price_of`, and wait for what it says.",
    )


@task("e04.2", title="Ask for all prices at once", points=2, orders=2)
def bill(answer: Answer) -> Recording:
    add_up = answer.function("bill")
    return record(lambda: add_up(list(ORDERED)))


@bill.expect(to_try="Add up by hand what was ordered, and mind what was ordered twice.")
def the_bill_is_right(seen: Recording, answer: Answer) -> None:
    total = sum(PRICES[item] for item in ORDERED)
    assert seen.result == total, f"For {ORDERED} the bill is {seen.result!r}, and the table owes {total}."


bill.expect("Which question waits for another one's answer?", max_in_flight(at_least=len(ORDERED)), takes(0.2))
bill.expect("Whoever begins a task waits for its end.", no_leaked_tasks())


@bill.diagnose
def it_cannot_wait(seen: Recording, answer: Answer) -> Finding | None:
    if seen.awaitable:
        return None
    return Finding(
        f"It is a plain function now, and gave back {seen.result!r}, which nobody can await.",
        "Only one kind of function can pause. What does its first line begin with?",
    )


@bill.diagnose
def not_unpacked(seen: Recording, answer: Answer) -> Finding | None:
    failure = seen.failure
    if failure is None or failure.error != "TypeError" or not calls(answer.tree, "gather"):
        return None
    return Finding(
        f"`gather` was given one thing that holds many, and wants the many.\n{failure}",
        "One sign in front of an argument unpacks what it holds.",
    )


bill.diagnose(*known("M15", "M3", "M14"))


@bill.diagnose
def ordered_twice_asked_once(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.result == sum(PRICES[item] for item in ORDERED):
        return None
    if len(seen.activities) >= len(ORDERED):
        return None
    return Finding(
        f"The table ordered {len(ORDERED)} things, and the head office was asked {len(seen.activities)} times.",
        "What is ordered twice is paid twice. Where did the second one get lost?",
        points=1 if seen.most_at_once() == len(set(ORDERED)) else 0,
    )


bill.diagnose(*known("M4"))


@bill.diagnose
def a_few_at_a_time(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or not 1 < seen.most_at_once() < len(ORDERED):
        return None
    return Finding(
        f"{len(ORDERED)} questions, and at most {seen.most_at_once()} at the same time: {seen.seconds:.4g} s in all.",
        "What keeps the others from being asked at once?",
        points=1,
    )


@task("e04.3", title="Await all the way up", points=2)
def board(answer: Answer) -> Recording:
    show = answer.function("menu_board")
    return record(lambda: show(list(ON_THE_BOARD)))


@board.expect(to_try="One line for each thing, in the order of the board, with the price behind it.")
def the_board_is_right(seen: Recording, answer: Answer) -> None:
    right = [f"{item}: ${PRICES[item]}" for item in ON_THE_BOARD]
    got = list(seen.result) if isinstance(seen.result, list | tuple) else seen.result
    assert got == right, f"The board shows {seen.result!r}, and should show {right}."


board.expect("It stays on the loop that is there.", threads_used(at_most=0), not_(blocks_loop()))
board.expect("Whoever begins a task waits for its end.", no_leaked_tasks())


@board.diagnose
def a_loop_in_a_thread(seen: Recording, answer: Answer) -> Finding | None:
    sent = calls(answer.tree, "to_thread", "run_in_executor", "run_sync", "Thread")
    if not sent:
        return None
    return Finding(
        f"Each price gets a thread and a loop of its own: line {sent[0].lineno}: {ast.unparse(sent[0])}",
        "There is a loop, and `price_of` pauses on it. Which word waits for it there, without a second loop?",
    )


@board.diagnose
def waits_for_its_own_loop(seen: Recording, answer: Answer) -> Finding | None:
    handed = calls(answer.tree, "run_coroutine_threadsafe")
    if not handed:
        return None
    return Finding(
        f"It waits, holding the loop, for something that only that loop could do: line {handed[0].lineno}: "
        f"{ast.unparse(handed[0])}",
        "Who holds the loop cannot wait for it. Which kind of waiting gives the loop back?",
    )


board.diagnose(*known("M15"))


@board.diagnose
def asked_before_it_was_there(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or seen.failure.error != "InvalidStateError":
        return None
    return Finding(
        f"The result was asked for before it was there.\n{seen.failure}",
        "A task has begun when you have made it, and is over later. Which word waits for it?",
    )


board.diagnose(*known("M3", "M14"))


@board.diagnose
def awaited_what_is_no_coroutine(seen: Recording, answer: Answer) -> Finding | None:
    failure = seen.failure
    if failure is None or failure.error != "TypeError" or "await" not in failure.message:
        return None
    return Finding(
        f"Something was awaited that cannot be.\n{failure}",
        "`await` stands in front of one coroutine. What stands there now?",
    )
