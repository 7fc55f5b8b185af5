"""Checks of e01: does a handler leave the loop free while it asks the supplier?

The first task is judged in real time. Five requests come at once, and the supplier answers none of them before all five
have asked: so a right answer is seen to be right without a clock. The two points: one for leaving the loop free, one
for asking at the same time.
"""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass

from fwlab.course import supplier
from fwlab.course.kitchen import PRICES
from fwlab.grading import (
    Answer,
    Claim,
    Failure,
    Finding,
    Guesses,
    Observation,
    Recording,
    Rendezvous,
    Reply,
    Said,
    blocks_loop,
    guesses_in,
    max_in_flight,
    not_,
    observe,
    record_requests,
    responds,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.grading.slips import SLIPS
from fwlab.grading.syntax import calls
from fwlab.grading.syntax import line as line_of
from fwlab.lab.lines import quoted_line, quoted_place
from fwlab.lab.translation import gettext, ngettext

NAMES = ("bun", "pickle", "onion", "cheese", "sauce")
REQUESTS = len(NAMES)


@dataclass(frozen=True)
class Rush:
    """What five requests at once did."""

    items: list[str]
    seen: Observation
    visits: list[supplier.Visit]
    most_at_once: int
    recording: Recording | None
    """The same in virtual time, to be drawn; ``None`` where that would show something else than was seen."""

    @property
    def replies(self) -> list[Reply]:
        """What came back."""
        return self.seen.replies

    @property
    def on_the_loop(self) -> bool:
        """Whether the supplier was asked in the event loop's own thread, or the loop waited for another."""
        if any(visit.thread == self.seen.loop_thread for visit in self.visits):
            return True
        # The first visit waits for the others. One step that lasted from before its beginning to after its end is no
        # stall of a busy machine: the loop was waiting for it.
        first = min(self.visits, key=lambda visit: visit.begin, default=None)
        if first is None or first.end is None:
            return False
        steps = [hold for hold in self.seen.timeline.blocked(0) if hold.request is not None]
        return any(step.start <= first.begin and first.end <= step.end for step in steps)

    @property
    def culprit(self) -> str:
        """The line that held the loop while the supplier was asked, to be quoted; empty when nobody saw it."""
        holds = [hold for hold in self.seen.timeline.blocked() if hold.place is not None]
        guilty = [hold for hold in holds if any(hold.start <= visit.begin <= hold.end for visit in self.visits)]
        place = next((hold.place for hold in guilty if hold.place is not None), None)
        return "" if place is None else "\n" + gettext("The loop stood still in {place}", place=quoted_place(place))


@task("e01.1", title=gettext("Ask together, not one after the other"), points=2)
def rush(answer: Answer) -> Rush:
    """Ask for five items at once. The items differ from answer to answer, and not from check to check."""
    chance = random.Random("".join(answer.cells.values()))
    items = [f"{name}-{chance.randrange(10_000)}" for name in NAMES]
    meeting = Rendezvous(expected=REQUESTS)
    with supplier.watched(meeting.wait) as visits:
        seen = observe(answer.require("app"), [f"/stock/{item}" for item in items])
    modeled = record_requests(answer.renewed().require("app"), [f"/stock/{name}" for name in NAMES])
    alike = modeled.most_at_once(*(f"ask supplier for {name}" for name in NAMES)) == meeting.most_at_once
    asked = [visit for visit in visits if visit.item in items]
    return Rush(items, seen, asked, meeting.most_at_once, modeled if alike and not modeled.stuck else None)


@rush.expect(to_try=gettext("Look at what the handler returns: the item that was asked for, and its pieces."))
def every_answer_is_right(rush: Rush, answer: Answer) -> None:
    for item, reply in zip(rush.items, rush.seen.replies, strict=True):
        right = {"item": item, "pieces": supplier.pieces_in_stock(item)}
        asked, got = f"GET {reply.path}", reply.body.decode(errors="replace") or gettext("nothing")
        assert reply.status == 200, gettext(
            "{path} was answered with status {status}: {body}", path=asked, status=reply.status, body=got
        )
        assert reply.json() == right, gettext(
            "{path} was answered with {body}, where the shop expects {expected}.", path=asked, body=got, expected=right
        )


@rush.expect(to_try=gettext("Ask the supplier once for each request: the stock may have changed since the last."))
def the_supplier_is_asked_once_a_request(rush: Rush, answer: Answer) -> None:
    asked = sorted(visit.item for visit in rush.visits)
    assert asked == sorted(rush.items), _how_often_asked(rush)


def _how_often_asked(rush: Rush) -> str:
    return ngettext(
        "{requests} requests came, and the supplier was asked {n} time.",
        "{requests} requests came, and the supplier was asked {n} times.",
        len(rush.visits),
        requests=REQUESTS,
    )


@rush.expect(to_try=gettext("Find out where a request waits for another one."))
def the_supplier_is_asked_by_all_at_once(rush: Rush, answer: Answer) -> None:
    assert rush.most_at_once == REQUESTS, gettext(
        "{requests} requests came at once, and at most {most} asked the supplier at the same time.",
        requests=REQUESTS,
        most=rush.most_at_once,
    )


@rush.diagnose
def a_loop_inside_the_loop(rush: Rush, answer: Answer) -> Finding | None:
    failure = rush.seen.failure
    if failure is None or failure.error != "RuntimeError" or "running" not in failure.message:
        return None
    return Finding(
        f"{gettext('The handler tried to start an event loop inside the one that was already running it.')}\n{failure}",
        gettext(
            "The server's loop runs your handler already. Which way of writing a handler needs no loop of its own?"
        ),
    )


@rush.diagnose
def never_awaited(rush: Rush, answer: Answer) -> Finding | None:
    if not rush.seen.never_awaited:
        return None
    names = ", ".join(f"`{name}`" for name in sorted(set(rush.seen.never_awaited)))
    return Finding(
        gettext(
            "{requests} requests came; {calls} times {names} was called and nobody waited for it. The supplier was "
            "asked {visits} times.",
            requests=REQUESTS,
            calls=len(rush.seen.never_awaited),
            names=names,
            visits=len(rush.visits),
        ),
        gettext("Such a call gives back a coroutine, and does nothing yet. Find that call: what starts a coroutine?"),
    )


rush.diagnose(*SLIPS)


@rush.diagnose
def it_raised(rush: Rush, answer: Answer) -> Failure | None:
    return rush.seen.failure


@rush.diagnose
def supplier_not_asked(rush: Rush, answer: Answer) -> Finding | None:
    if rush.visits:
        return None
    return Finding(
        _how_often_asked(rush),
        gettext(
            "The number of pieces must be the supplier's: keep `ask_supplier`, and let the requests wait for it "
            "together."
        ),
    )


@rush.diagnose
def another_answer(rush: Rush, answer: Answer) -> Finding | None:
    reply = rush.seen.replies[0]
    if all(
        set(reply.json() or ()) == {"item", "pieces"} for reply in rush.seen.replies if isinstance(reply.json(), dict)
    ):
        return None
    return Finding(
        gettext("{path} was answered with {body}", path=f"GET {reply.path}", body=reply.body.decode(errors="replace")),
        gettext("The shop's pages read two names from the answer, `item` and `pieces`. Keep both."),
    )


@rush.diagnose
def blocking_inside_a_coroutine(rush: Rush, answer: Answer) -> Finding | None:
    call = _call_in_another_coroutine(answer.tree)
    if call is None or not rush.on_the_loop:
        return None
    call_in = gettext("The call is in {place}", place=quoted_line(call.lineno, ast.unparse(call)))
    return Finding(
        gettext(
            "{requests} requests came at once, and only {most} at a time asked the supplier, although the question is "
            "now in an `async def` of its own.",
            requests=REQUESTS,
            most=rush.most_at_once,
        )
        + (rush.culprit or f"\n{call_in}"),
        gettext(
            "`async def` changes how a function is called, not what it does. In which thread does the line run "
            "that waits?"
        ),
    )


@rush.diagnose
def the_loop_is_held(rush: Rush, answer: Answer) -> Finding | None:
    if not rush.on_the_loop:
        return None
    return Finding(
        gettext(
            "{requests} requests came at once, and only {most} at a time asked the supplier: while one request waited, "
            "the loop could serve nobody else.",
            requests=REQUESTS,
            most=rush.most_at_once,
        )
        + rush.culprit,
        gettext("That call blocks, and knows no `await`. Which of the four rules is for such a library?"),
    )


@rush.diagnose
def they_queue(rush: Rush, answer: Answer) -> Finding | None:
    if rush.most_at_once == REQUESTS:
        return None
    return Finding(
        gettext(
            "The loop is free now: well done. But {requests} requests came at once, and at most {most} asked the "
            "supplier at the same time: the others stood in a queue.",
            requests=REQUESTS,
            most=rush.most_at_once,
        ),
        gettext("Something in your code lets only so many through. Does the supplier need that?"),
        points=1,
    )


def _call_in_another_coroutine(tree: ast.Module) -> ast.Call | None:
    """Find where an ``async def`` that is no handler calls the supplier directly."""
    coroutines = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list]
    calls = [node for coroutine in coroutines for node in ast.walk(coroutine) if isinstance(node, ast.Call)]
    return next((call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "ask_supplier"), None)


# The second and the third task.

OFFERS = ["bun", "fries", "salad"]


@task("e01.2", title=gettext("Send what blocks to a thread"), points=2)
def offers(answer: Answer) -> Recording:
    return record_requests(answer.require("shop"), [f"/offer/{item}" for item in OFFERS])


def _what_the_shop_expects() -> list[Claim]:
    return [
        responds(n, json={"item": item, "price": PRICES[item], "left": supplier.pieces_in_stock(item) > 0})
        for n, item in enumerate(OFFERS)
    ]


def _all_at_once() -> Claim:
    return max_in_flight(*[f"ask supplier for {item}" for item in OFFERS], at_least=len(OFFERS))


def _questions(seen: Recording, of: str) -> list[str]:
    return [one.name for one in seen.activities if one.name.startswith(of)]


offers.expect(gettext("An offer has the item, its price, and whether any are left."), *_what_the_shop_expects())


@offers.expect(to_try=gettext("Ask the head office and the supplier once for each customer."))
def both_are_asked(seen: Recording, answer: Answer) -> None:
    asked = (len(_questions(seen, "price of")), len(_questions(seen, "ask supplier")))
    assert asked == (3, 3), gettext(
        "3 customers came; the head office was asked {of_office} times, the supplier {of_supplier} times.",
        of_office=asked[0],
        of_supplier=asked[1],
    )


offers.expect(gettext("Which line keeps the loop?"), not_(blocks_loop()))
offers.expect(gettext("Who waits for whom?"), _all_at_once())


offers.diagnose(*SLIPS)


@offers.diagnose
def called_before_it_was_sent(seen: Recording, answer: Answer) -> Finding | None:
    sent = calls(answer.tree, "run_sync", "to_thread", "run_in_executor", "run_in_threadpool")
    early = [call for call in sent if any(isinstance(argument, ast.Call) for argument in call.args)]
    if not early or not seen.holds:
        return None
    return Finding(
        gettext(
            "What went to the thread was a result, for the function was called before: {place}", place=line_of(early[0])
        ),
        gettext(
            "With its parentheses, a function is called here and now. What does the thread need, to call it there?"
        ),
    )


@offers.diagnose
def a_loop_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    started = [call for call in calls(answer.tree, "run") if ast.unparse(call.func) in {"asyncio.run", "anyio.run"}]
    if not started:
        return None
    return Finding(
        gettext("It starts one more event loop for each customer: {place}", place=line_of(started[0])),
        gettext("There is a loop, and the handler was on it: leave it `async def`. What else is in its way?"),
    )


offers.diagnose(*known("M3", "M10", "M1"))


@offers.diagnose
def nobody_asked_the_supplier(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _questions(seen, "ask supplier"):
        return None
    return Finding(
        gettext("3 customers came, and the supplier was asked 0 times."),
        gettext("Whether anything is left, only the supplier knows. Keep `ask_supplier`."),
    )


offers.diagnose(*known("M2"))

AWAITS = "rows = await database.fetch(query)"
REQUESTS_GET = "page = requests.get(url)  # knows no await"
SLEEPS = "time.sleep(0.2)"
NO_WAIT = "return 'hello'"
TO_A_THREAD = "await anyio.to_thread.run_sync(compute, 0.05)"
UNKNOWN = "helper_of_a_colleague()  # who knows what it does?"


@task("e01.3", title=gettext("Choose by the four rules"), points=2)
def how(answer: Answer) -> Said:
    return guesses_in(answer, "how")


guesses = Guesses(
    how,
    lambda: {
        AWAITS: "async def",
        REQUESTS_GET: "def",
        SLEEPS: "def",
        NO_WAIT: "async def",
        TO_A_THREAD: "async def",
        UNKNOWN: "def",
    },
    options=("def", "async def"),
    to_try=gettext("Go through the four rules for that line."),
)
for line in (REQUESTS_GET, SLEEPS):
    guesses.believes(
        line,
        "async def",
        "async-def-makes-nothing-pause",
        gettext("You begin with `async def` for `{line}`. It would run on the loop, and keep it.", line=line),
        gettext("Who else is on the loop meanwhile? Which kind of handler is moved out of their way?"),
    )
for line in (AWAITS, TO_A_THREAD):
    guesses.believes(
        line,
        "def",
        "await-wants-async-def",
        gettext(
            "You begin with `def` for `{line}`. Python answers: SyntaxError, 'await' outside async function.", line=line
        ),
        gettext("In which kind of function may that word stand?"),
    )
guesses.believes(
    UNKNOWN,
    "async def",
    "in-doubt-be-safe",
    gettext("You promise for your colleague that the function pauses whenever it waits."),
    gettext("What happens to everybody else, if it does not? Which choice does no harm in either case?"),
)
guesses.believes(
    NO_WAIT,
    "def",
    "nothing-to-wait-for",
    gettext("It works. It also sends every customer through a worker thread, to say hello."),
    gettext("What is there that could block? Which rule is about handlers that wait for nothing?"),
)
