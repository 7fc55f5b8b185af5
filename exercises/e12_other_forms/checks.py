"""Checks of e12: does a result find its way from one form to another, and the error, and that nobody waits any more?"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import anyio

from fwlab.course.couriers import SECONDS, CourierError, ask_courier, ask_courier_then
from fwlab.course.printer import CUTTING, PRINTING
from fwlab.grading import Answer, Finding, Recording, blocks_loop, no_leaked_tasks, not_, record, takes, task
from fwlab.grading.misconceptions import known
from fwlab.grading.recording import Thing
from fwlab.grading.syntax import calls

PATIENCE = 5.0
NOTHING = "nothing came"
PRICES = {"bike": 5, "scooter": 4, "van": 3}


async def _outcome(call: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Return what comes of a call: its result, which exception it raised, or that nothing came for so long."""
    result: Any = NOTHING
    try:
        with anyio.move_on_after(patience):
            result = await call()
    except (Exception, SystemExit) as error:
        return f"raised {type(error).__name__}"
    return result


# --- e12.1: await a callback, and call it off ----------------------------------------------------------------------

ASKED = ["bike", "drone", "scooter"]
LEAVES_AFTER = 0.25


@task("e12.1", title="Await a callback, and call it off", points=2)
def awaited(answer: Answer) -> Recording:
    answer_of = answer.function("answer_of")
    questions = [partial(answer_of, partial(ask_courier_then, courier)) for courier in [*ASKED, "van"]]
    outcomes: dict[int, Any] = {}

    async def keep(number: int, patience: float) -> None:
        outcomes[number] = await _outcome(questions[number], patience)

    async def three_and_one_who_leaves() -> list[Any]:
        async with anyio.create_task_group() as group:
            for number in range(len(questions)):
                group.start_soon(keep, number, LEAVES_AFTER if number == len(ASKED) else PATIENCE)
        return [outcomes[number] for number in range(len(ASKED))]

    return record(three_and_one_who_leaves)


@awaited.expect(to_try="The offer is what is returned, and the error is what is raised.")
def each_gets_what_the_courier_said(seen: Recording, answer: Answer) -> None:
    expected = [PRICES["bike"], "raised CourierError", PRICES["scooter"]]
    assert seen.result == expected, f"Of {', '.join(ASKED)} came {seen.result}."


awaited.expect("Which line keeps the loop?", not_(blocks_loop()))
awaited.expect("What ends the wait?", takes(max(SECONDS[courier] for courier in ASKED)))


@awaited.expect(to_try="What has to be called when the wait is over, however it ends?")
def the_van_is_called_off(seen: Recording, answer: Answer) -> None:
    ends = [one.outcome for one in seen.of("ask van")]
    assert ends == ["cancelled"], "Whoever asked the van had left, and it was still being asked."


awaited.expect("What is still running at the end?", no_leaked_tasks())
awaited.diagnose(*known("M1", "M3"))


@awaited.diagnose
def nobody_waits(seen: Recording, answer: Answer) -> Finding | None:
    if seen.seconds > 0 or not seen.activities:
        return None
    return Finding(
        "It was over at once, and the first offer came 0.1 s later.",
        "The library returns before it knows anything. What can be awaited now, and filled later?",
    )


@awaited.diagnose
def called_off_at_once(seen: Recording, answer: Answer) -> Finding | None:
    bikes = seen.of("ask bike")
    if not bikes or bikes[0].outcome != "cancelled":
        return None
    return Finding(
        "The bike was called off before it could answer.",
        "The function that `ask` returns is for the end of the wait. Where is that?",
    )


@awaited.diagnose
def the_error_is_returned(seen: Recording, answer: Answer) -> Finding | None:
    drone = seen.result[1] if isinstance(seen.result, list) else None
    if not isinstance(drone, Thing) or drone.type_name != "CourierError":
        return None
    return Finding(
        "The drone is out of order, and that error was returned as if it were an offer.",
        "Whoever awaits it writes `try` and `except`. What makes an `await` raise?",
        points=1,
    )


@awaited.diagnose
def the_error_is_lost(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[1] not in (NOTHING, None):
        return None
    came = "nothing ever came" if seen.result[1] == NOTHING else "`None` was returned"
    return Finding(
        f"The drone is out of order, and {came}.",
        "There are two callbacks, and exactly one of them is called. What does each of them do to whoever waits?",
        points=1,
    )


@awaited.diagnose
def waits_by_the_clock(seen: Recording, answer: Answer) -> Finding | None:
    if not calls(answer.tree, "sleep"):
        return None
    return Finding(
        f"The last offer came after 0.3 s, and all was over after {seen.seconds:.4g} s: it waits by the clock.",
        "Nobody knows how long a courier thinks. Who knows when the offer is there, and could say so?",
    )


@awaited.diagnose
def still_asked(seen: Recording, answer: Answer) -> Finding | None:
    vans = seen.of("ask van")
    if not vans or vans[0].outcome == "cancelled":
        return None
    return Finding(
        "Whoever awaited the van's offer was cancelled, and the van was still being asked.",
        "Behind a future, nobody hears of that. What did `ask` return, and which block runs in any case?",
        points=1,
    )


# --- e12.2: untangle it --------------------------------------------------------------------------------------------

PAIRS = [("van", "bike"), ("drone", "scooter"), ("drone", "drone")]
CHOSEN = ["van", "scooter", None]
Event = tuple[str, float, float | None, str]


@task("e12.2", title="Untangle callbacks", points=2)
def untangled(answer: Answer) -> Recording:
    cheaper = answer.function("cheaper")

    async def one_pair_after_the_other() -> list[Any]:
        return [_as_pairs(await _outcome(partial(cheaper, *pair))) for pair in PAIRS]

    return record(one_pair_after_the_other)


def _as_pairs(result: Any) -> Any:
    return list(result.items()) if isinstance(result, dict) else result


def _trace_of_the_callbacks() -> list[Event]:
    """Return which question the callbacks ask when, and how it ends."""
    now, trace = 0.0, []
    for pair, chosen in zip(PAIRS, CHOSEN, strict=True):
        trace += [_question(courier, now) for courier in pair]
        now += max(SECONDS[courier] for courier in pair)
        if chosen is not None:
            trace.append(_question(chosen, now))
            now += SECONDS[chosen]
    return trace


def _question(courier: str, begin: float) -> Event:
    outcome = "done" if courier in PRICES else "failed"
    return f"ask {courier}", round(begin, 6), round(begin + SECONDS[courier], 6), outcome


def _trace(seen: Recording) -> list[Event]:
    return [
        (one.name, round(one.begin, 6), None if one.end is None else round(one.end, 6), one.outcome)
        for one in seen.activities
    ]


@untangled.expect(to_try="What the callbacks hand to `done` is returned, and what they hand to `failed` is raised.")
def the_results_are_the_same(seen: Recording, answer: Answer) -> None:
    expected = [[(one, PRICES[one])] if one else "raised CourierError" for one in CHOSEN]
    assert seen.result == expected, f"Of {PAIRS} came {seen.result}."


@untangled.expect(to_try="Compare, question by question, with what `cheaper_then` asks.")
def the_trace_is_the_same(seen: Recording, answer: Answer) -> None:
    expected, asked = _trace_of_the_callbacks(), _trace(seen)
    other = [event for event in sorted(asked) if event not in expected]
    assert sorted(asked) == sorted(expected), (
        f"{len(asked)} questions were asked, and the callbacks ask {len(expected)}."
        + (f" This one is another: {other[0][0]}, from {other[0][1]} s on." if other else "")
    )


untangled.expect("What is still running at the end?", no_leaked_tasks())
untangled.diagnose(*known("M1", "M3"))


@untangled.diagnose
def an_error_spoils_both(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or not str(seen.result[1]).startswith("raised"):
        return None
    return Finding(
        f"The drone was out of order, the scooter was not, and `cheaper` {seen.result[1]}.",
        "The other courier's offer still counts. Where is the error caught: around both questions, or around each?",
    )


@untangled.diagnose
def nobody_is_not_said(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[2] == "raised CourierError":
        return None
    what = seen.result[2] if str(seen.result[2]).startswith("raised") else f"returned {seen.result[2]!r}"
    return Finding(
        f"Both couriers were out of order, and `cheaper` {what}.",
        "What do the callbacks hand to `failed` in that case? How is that said where somebody awaits?",
        points=1,
    )


@untangled.diagnose
def the_dearer_one(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or not seen.of("ask bike") or len(seen.of("ask bike")) == 1:
        return None
    return Finding(
        "The van costs 3 dollars, the bike 5, and the bike was asked once more.",
        "By what does `min` compare: by the names, or by the offers?",
        points=1,
    )


@untangled.diagnose
def not_asked_again(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or len(seen.activities) > 2 * len(PAIRS):
        return None
    return Finding(
        f"{len(seen.activities)} questions were asked, and the callbacks ask {len(_trace_of_the_callbacks())}.",
        "What does `ask_again` do, once both have been heard?",
        points=1,
    )


@untangled.diagnose
def in_turn(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.most_at_once() > 1:
        return None
    return Finding(
        f"One question came after the other, {seen.seconds:.4g} s in all; with the callbacks it is "
        f"{max(end or 0 for _, _, end, _ in _trace_of_the_callbacks()):.4g} s.",
        "The two couriers need nothing of each other. How do both begin before you wait for the first?",
        points=1,
    )


# --- e12.3: drive a generator --------------------------------------------------------------------------------------

Steps = Generator[Any, Any, Any]


def _two_offers() -> Steps:
    bike = yield ask_courier("bike")
    scooter = yield ask_courier("scooter")
    return bike + scooter


def _another_if_it_fails() -> Steps:
    try:
        offer = yield ask_courier("drone")
    except CourierError:
        offer = yield ask_courier("bike")
    return 7 + offer


def _an_error_of_its_own() -> Steps:
    yield ask_courier("bike")
    raise LookupError("there is no such burger")


def _has_to_be_put_away(notes: list[str]) -> Steps:
    try:
        yield ask_courier("van")
    finally:
        notes.append("put away")


EXPECTED = [9, 12, "raised LookupError"]


@task("e12.3", title="Drive a generator", points=2)
def driven(answer: Answer) -> Recording:
    drive = answer.function("drive")

    async def four_generators() -> list[Any]:
        makers = [_two_offers, _another_if_it_fails, _an_error_of_its_own]
        results = [await _outcome(lambda maker=maker: drive(maker())) for maker in makers]
        notes: list[str] = []
        steps = _has_to_be_put_away(notes)
        await _outcome(partial(drive, steps), LEAVES_AFTER)
        return [*results, len(notes)]

    return record(four_generators)


@driven.expect(to_try="What goes into the generator, and what comes out of it?")
def it_is_run_to_its_end(seen: Recording, answer: Answer) -> None:
    assert isinstance(seen.result, list), "It did not come to its end."
    assert seen.result[:3] == EXPECTED, f"Of three generators came {seen.result[:3]}, and not {EXPECTED}."


driven.expect("Which line keeps the loop?", not_(blocks_loop()))
driven.expect("What does it wait for?", takes(0.1 + 0.3 + 0.2 + 0.1 + 0.1 + LEAVES_AFTER))


@driven.expect(to_try="Which method of a generator ends it where it stands?")
def it_is_put_away(seen: Recording, answer: Answer) -> None:
    assert seen.result[3] == 1, "The driver was cancelled, and the generator was left in the middle."


@driven.diagnose
def handed_back_as_it_was(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.never_awaited:
        return None
    return Finding(
        f"The generator wished for `{seen.never_awaited[0]}(…)`, and that was not awaited.",
        "What is yielded is a coroutine, which has not begun. Who is to run it, the generator or its driver?",
    )


@driven.diagnose
def nothing_is_sent_back(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[0] != "raised TypeError":
        return None
    return Finding(
        "`offer = yield ask_courier(…)`, and the generator got `None` for its offer.",
        "A `for` goes on without a word. What goes on, and brings a value?",
    )


@driven.diagnose
def the_result_is_lost(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[0] is not None:
        return None
    return Finding(
        "The generator returned 9, and `drive` returned `None`.",
        "A generator says that it is over with an exception. What does that exception carry?",
        points=1,
    )


@driven.diagnose
def the_error_passes_by(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[1] == EXPECTED[1]:
        return None
    return Finding(
        f"The drone was out of order, and the generator would have caught that; it did not get it. `drive` gave: "
        f"{seen.result[1]}.",
        "What was wished for may fail. With what does a generator go on where an exception is to be raised in it?",
        points=1,
    )


@driven.diagnose
def the_error_is_swallowed(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[2] == EXPECTED[2]:
        return None
    return Finding(
        f"The generator raised a LookupError of its own, and `drive` gave: {seen.result[2]}.",
        "What was wished for may fail, and so may the generator itself. Who has to hear of the second?",
        points=1,
    )


@driven.diagnose
def left_in_the_middle(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[3]:
        return None
    return Finding(
        "Whoever awaited `drive` was cancelled, and the generator stood at its `yield`: its `finally` had not run.",
        "Python puts it away when nobody holds it any more, and who knows when that is. Who could do it at once?",
        points=1,
    )


driven.diagnose(*known("M1"))

# --- e12.4: hear from another thread -------------------------------------------------------------------------------

SLIP = "* 2 burgers *"


@task("e12.4", title="Hear from another thread", points=2)
def heard(answer: Answer) -> Recording:
    printed = answer.function("printed")

    async def two_slips() -> list[Any]:
        said: list[Any] = []
        for text in ("2 burgers", ""):
            begun = time.perf_counter()
            said += [await _outcome(partial(printed, text)), round(time.perf_counter() - begun, 6)]
        return said

    return record(two_slips)


@heard.expect(to_try="One of `error` and `slip` is `None`. Look at which.")
def the_slip_and_the_error_arrive(seen: Recording, answer: Answer) -> None:
    said = seen.result[::2] if isinstance(seen.result, list) else seen.result
    assert said == [SLIP, "raised PrinterError"], f"Of a slip and of an empty one came {said}."


heard.expect("Which line keeps the loop?", not_(blocks_loop()))
heard.expect("What is the loop doing when the slip is printed?", takes(2 * PRINTING))
heard.diagnose(*known("M1", "M3"))


@heard.diagnose
def a_thread_that_waits(seen: Recording, answer: Answer) -> Finding | None:
    if not calls(answer.tree, "to_thread", "run_sync", "run_in_executor"):
        return None
    return Finding(
        "A further thread does nothing but wait for the printer's thread.",
        "The loop can wait for many at once, if it is told. Who tells it, and from where?",
    )


@heard.diagnose
def waits_by_the_clock_for_the_slip(seen: Recording, answer: Answer) -> Finding | None:
    if not calls(answer.tree, "sleep"):
        return None
    return Finding(
        "It waits by the clock, with `sleep`, and looks whether a slip is there.",
        "The printer says when it is done. How does the loop hear of it at that moment?",
    )


@heard.diagnose
def raised_in_the_thread(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or NOTHING not in seen.result:
        return None
    which = "no slip" if seen.result[0] == NOTHING else "no error of the empty slip"
    return Finding(
        f"For {PATIENCE:g} seconds, {which} arrived.",
        "What your callback raises is raised in the printer's thread, where nobody of yours is. What would reach the "
        "one who waits?",
    )


@heard.diagnose
def the_loop_was_not_told(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[1] < PRINTING + CUTTING - 1e-6:
        return None
    return Finding(
        f"The slip was printed after {PRINTING} s, and `printed` returned after {seen.result[1]:.4g} s, when the "
        "thread was done with the paper, too.",
        "The callback runs in another thread, and the loop sleeps meanwhile. What wakes it, and has it call something?",
    )


@heard.diagnose
def no_error_arrives(seen: Recording, answer: Answer) -> Finding | None:
    if not isinstance(seen.result, list) or seen.result[0] != SLIP or str(seen.result[2]).startswith("raised"):
        return None
    return Finding(
        f"There was nothing to print, the printer said so, and `printed` returned {seen.result[2]!r}.",
        "`on_done` gets two things. When is which of them `None`?",
        points=1,
    )
