"""Checks of e11: does everything that was begun come to its end: in time, cancelled, or after the answer?"""

from __future__ import annotations

from functools import partial

from fwlab.course.couriers import RECEIPT, SECONDS
from fwlab.grading import (
    Answer,
    Ask,
    Finding,
    Recording,
    blocks_loop,
    cancelled_on_disconnect,
    no_leaked_tasks,
    not_,
    record,
    record_requests,
    responds,
    takes,
    task,
)
from fwlab.grading.misconceptions import known

COURIERS = ["van", "scooter", "bike"]
PRICES = {"bike": 5, "scooter": 4, "van": 3}
DEADLINE = 0.5
IN_TIME = {courier: PRICES[courier] for courier in COURIERS if SECONDS[courier] < DEADLINE}

# --- e11.1: what came in time --------------------------------------------------------------------------------------


@task("e11.1", title="Return the offers that come in time", points=2)
def in_time(answer: Answer) -> Recording:
    return record(partial(answer.require("offers_in_time"), COURIERS, DEADLINE))


@in_time.expect(to_try="The offers that have come, by courier.")
def they_are_those(seen: Recording, answer: Answer) -> None:
    assert seen.result == IN_TIME, f"It returned {seen.result!r}, and in time were {IN_TIME}."


in_time.expect("What ends when the time is over?", takes(at_most=DEADLINE))
in_time.expect("Who is still asked at the end?", no_leaked_tasks())
in_time.expect("Which line keeps the loop?", not_(blocks_loop()))


@in_time.diagnose
def the_offers_are_lost(seen: Recording, answer: Answer) -> Finding | None:
    came = [one for one in seen.activities if one.outcome == "done"]
    if seen.result not in ({}, None, []) or len(came) < len(IN_TIME) or seen.failure is not None:
        return None
    return Finding(
        f"{len(came)} offers had come when the time was over, and it returned {seen.result!r}.",
        "What was cancelled takes its local variables along. Where could an offer be safe from that?",
        points=1,
    )


@in_time.diagnose
def a_timeout_is_raised(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or seen.failure.error != "TimeoutError":
        return None
    return Finding(
        "When the time was over, it raised a TimeoutError, and nobody got any offer.",
        "Is it an error here that the time is over? What ends a block without raising?",
    )


@in_time.diagnose
def each_has_a_deadline_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.most_at_once() > 1 or len(seen.activities) < 2:
        return None
    return Finding(
        f"The couriers were asked one after the other, {seen.seconds:.4g} s in all.",
        "Each may have its deadline, but the customer has one. How can all be asked before the first has answered?",
    )


@in_time.diagnose
def asked_to_the_end(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.seconds <= DEADLINE + 1e-6:
        return None
    return Finding(
        f"It returned after {seen.seconds:.4g} s: it waited for the slowest courier.",
        "Which block is left when its time is over, whatever runs inside?",
    )


in_time.diagnose(*known("M3", "M14"))

# --- e11.2: the first one wins -------------------------------------------------------------------------------------


@task("e11.2", title="Let the first one win", points=2)
def race(answer: Answer) -> Recording:
    return record(partial(answer.require("quickest"), COURIERS))


@race.expect(to_try="The name of the courier that answered first.")
def it_is_the_first(seen: Recording, answer: Answer) -> None:
    assert seen.result == "bike", f"It returned {seen.result!r}, and the bike was the first to answer."


@race.expect(to_try="How can all be asked at once?")
def all_were_asked(seen: Recording, answer: Answer) -> None:
    asked = {one.name for one in seen.activities}
    assert len(asked) == len(COURIERS), f"{len(asked)} of {len(COURIERS)} couriers were asked."


race.expect("What does it wait for, once there is an answer?", takes(SECONDS["bike"]))
race.expect("Who is still asked at the end?", no_leaked_tasks())


@race.diagnose
def knows_before_it_asks(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.never_awaited or len({one.name for one in seen.activities}) == len(COURIERS):
        return None
    return Finding(
        "Not all of the couriers were asked.",
        "Who will be quick today, nobody knows before. How can all be asked at once?",
    )


@race.diagnose
def waits_for_the_last(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.seconds <= SECONDS["bike"] + 1e-6:
        return None
    return Finding(
        f"The bike answered after {SECONDS['bike']} s, and the function after {seen.seconds:.4g} s.",
        "A group waits for all of its tasks. Who could tell it that the rest is of no use any more?",
        points=1 if seen.result == "bike" else 0,
    )


@race.diagnose
def the_first_of_the_list(seen: Recording, answer: Answer) -> Finding | None:
    if seen.result not in COURIERS or seen.result == "bike":
        return None
    return Finding(
        f"It says {seen.result!r}; the bike was the first to answer.",
        "In which order does your list have them: as they were asked, or as they answered?",
    )


race.diagnose(*known("M3", "M14"))

# --- e11.3: the customer who leaves --------------------------------------------------------------------------------

STAYS, LEAVES = 0, 1


@task("e11.3", title="Stop asking when the customer has left", points=2)
def leaving(answer: Answer) -> Recording:
    return record_requests(answer.require("app"), [Ask("/delivery"), Ask("/delivery", leaves_at=0.05)])


leaving.expect("Whoever stays gets both offers.", responds(STAYS, json={"bike": 5, "van": 3}), takes(SECONDS["van"]))
leaving.expect("What goes on when the customer has left?", cancelled_on_disconnect("ask van"))
leaving.expect("Who is still asked at the end?", no_leaked_tasks())


@leaving.diagnose
def nobody_told_the_handler(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or "cancel_on_disconnect=True" in _code(answer):
        return None
    return Finding(
        "The customer left, and the handler went on: nobody had told it.",
        "What in `@app.get(...)` makes the framework cancel a handler whose customer has left?",
    )


@leaving.diagnose
def in_turn(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.seconds <= SECONDS["van"] + 1e-6:
        return None
    return Finding(
        f"Whoever stayed got the offers after {seen.seconds:.4g} s; {SECONDS['van']} s are enough.",
        "The bike and the van need nothing of each other. How could both be asked at once?",
        points=1,
    )


@leaving.diagnose
def the_tasks_did_not_hear(seen: Recording, answer: Answer) -> Finding | None:
    vans = [one for one in seen.of("ask van") if one.request == LEAVES]
    if not vans or vans[0].outcome != "done":
        return None
    return Finding(
        "The customer left and the handler was cancelled. The question to the van went on without it.",
        "Cancelling reaches what the handler waits for at that moment. Which tasks were begun, and not waited for?",
        points=1,
    )


leaving.diagnose(*known("M3", "M14"))


@leaving.diagnose
def other_offers(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[STAYS].status != 200 or seen.replies[STAYS].json() == {"bike": 5, "van": 3}:
        return None
    return Finding(
        f"Whoever stayed got {seen.replies[STAYS].body.decode()}.", "The answer has a price for the bike and the van."
    )


def _code(answer: Answer) -> str:
    import ast

    return ast.unparse(answer.tree)


# --- e11.4: a receipt that is sent ---------------------------------------------------------------------------------


@task("e11.4", title="Send the receipt after the answer", points=2)
def receipts(answer: Answer) -> Recording:
    shop = answer.require("shop")
    return record_requests(shop, [Ask("/orders/ada", method="POST"), Ask("/orders/nobody", method="POST", at=1.0)])


receipts.expect("Both customers are answered.", responds(0, status=200), responds(1, status=200))


@receipts.expect(to_try="What does the customer wait for?")
def answered_at_once(seen: Recording, answer: Answer) -> None:
    (asked,) = seen.of("POST /orders/ada")
    assert asked.end is not None
    took = asked.end - asked.begin
    assert took < 1e-6, f"The customer waited {took:.4g} s for the answer."


@receipts.expect(to_try="Which function sends it?")
def both_are_sent(seen: Recording, answer: Answer) -> None:
    ends = [one.outcome for one in seen.of("send receipt")]
    assert ends == ["done", "failed"], f"Of two receipts, so many came to their end: {len(ends)}."


@receipts.expect(to_try="To whom does the error of a receipt go?")
def the_error_is_seen(seen: Recording, answer: Answer) -> None:
    assert any(reply.failure for reply in seen.replies), "The second receipt raised an exception, and nobody saw it."


receipts.expect("Who waits for the receipt?", no_leaked_tasks())


@receipts.diagnose
def the_customer_waits(seen: Recording, answer: Answer) -> Finding | None:
    asked = seen.of("POST /orders/ada")
    if not asked or asked[0].end is None or asked[0].end - asked[0].begin < RECEIPT:
        return None
    return Finding(
        f"The customer waited {asked[0].end - asked[0].begin:.4g} s, for the receipt was sent before the answer.",
        "What could the handler hand over, in place of doing it itself?",
    )


@receipts.diagnose
def called_in_place_of_handed_over(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.never_awaited or "add_task" not in _code(answer):
        return None
    return Finding(
        f"`{seen.never_awaited[0]}` was called when the work was handed over, and nobody ran what the call gave.",
        "The framework will make the call itself, later. What does it need for that?",
    )


@receipts.diagnose
def the_error_is_swallowed(seen: Recording, answer: Answer) -> Finding | None:
    failed = any(one.outcome == "failed" for one in seen.of("send receipt"))
    if not failed or seen.lost or any(reply.failure for reply in seen.replies):
        return None
    return Finding(
        "The receipt to `nobody` raised an exception, and your code kept it to itself.",
        "Somebody has to see that a receipt did not go out. Who would, if you let it pass?",
        points=1,
    )


receipts.diagnose(*known("M3", "M14"))
