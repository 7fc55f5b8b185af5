"""Checks of e16: the six layers of a framework, each judged by what comes back, when, and what is left behind."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any

from fwlab import Depends, HTTPException
from fwlab.course.activities import activity
from fwlab.grading import (
    Answer,
    Ask,
    Finding,
    Recording,
    blocks_loop,
    cancelled_on_disconnect,
    lane_of,
    max_in_flight,
    no_leaked_tasks,
    not_,
    record,
    record_requests,
    takes,
    task,
)
from fwlab.grading.misconceptions import known
from fwlab.responses import JSONResponse


def _made(answer: Answer, name: str, *given: Any) -> Any:
    """Call the learner's function, and return what it made, which has to be something that can be called."""
    made = answer.function(name)(*given)
    if not callable(made) or isinstance(made, type):
        kind = "a class" if isinstance(made, type) else f"of type {type(made).__name__}"
        raise Finding(
            f"`{name}` returned something {kind}, which cannot be called with a request.",
            "What is called later, when a request comes? That is what has to be returned.",
        )
    return made


def _http_only(application: Any) -> Any:
    """The application without the lifespan, of which the layers know nothing."""

    async def requests(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError("There is no lifespan here.")
        await application(scope, receive, send)

    return requests


def _json(seen: Recording, number: int) -> Any:
    return seen.replies[number].json()


def _ended(seen: Recording, answer: Answer) -> None:
    assert seen.replies, "It was broken off before all were answered."


def it_never_ends(seen: Recording, answer: Answer) -> Finding | None:
    """Asked before all others: where nothing came to its end, there are no replies to look at."""
    if seen.replies:
        return None
    if seen.stuck:
        return Finding(seen.stuck, "What does that line wait for, and who could bring it?")
    why = seen.failure.message if seen.failure is not None else "nobody was answered"
    return Finding(f"It was broken off: {why}.", "Which of your lines ends more than its own request?")


# --- e16.1: routes -------------------------------------------------------------------------------------------------

MENU, TODAY, ONE, OTHER, ADD, ORDER, NOBODY, DELETE, DEEPER = range(9)
ROUTED = ["/burgers", "/burgers/today", "/burgers/1", "/burgers/2", "/burgers", "/orders/ada/7"]
REQUESTS = [Ask(path, method="POST" if number == ADD else "GET") for number, path in enumerate(ROUTED)]
REQUESTS += [Ask("/nothing"), Ask("/burgers/1", method="DELETE"), Ask("/burgers/1/2")]
FOUND = [
    ["the menu", {}],
    ["today's", {}],
    ["one", {"id": "1"}],
    ["one", {"id": "2"}],
    ["added", {}],
    ["order", {"customer": "ada", "number": "7"}],
]
REFUSED = {NOBODY: (404, "Not Found"), DELETE: (405, "Method Not Allowed"), DEEPER: (404, "Not Found")}


def _echo(name: str) -> Any:
    """An application that takes its time and then says which one it is, and what the path had for it."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.1)
        await JSONResponse([name, scope.get("path_params", {})])(scope, receive, send)

    return application


@task("e16.1", title="Find the application for a request", points=2)
def routes(answer: Answer) -> Recording:
    declared = [
        ("GET", "/burgers", _echo("the menu")),
        ("GET", "/burgers/today", _echo("today's")),
        ("GET", "/burgers/{id}", _echo("one")),
        ("POST", "/burgers", _echo("added")),
        ("GET", "/orders/{customer}/{number}", _echo("order")),
    ]
    return record_requests(_http_only(_made(answer, "routed", declared)), REQUESTS)


routes.expect("What waits for something that does not come?", _ended)
routes.diagnose(it_never_ends)


@routes.expect(to_try="Which application fits both the method and the path?")
def each_finds_its_own(seen: Recording, answer: Answer) -> None:
    for number, wanted in enumerate(FOUND):
        reply = seen.replies[number]
        said = reply.json() if reply.status == 200 else f"status {reply.status}"
        assert said == wanted, f"{REQUESTS[number]} was answered with {said}, and not with {wanted}."


@routes.expect(to_try="What does HTTP say where nobody has the path, and where somebody has it with another method?")
def what_is_nowhere_is_refused(seen: Recording, answer: Answer) -> None:
    for number, (status, detail) in REFUSED.items():
        reply = seen.replies[number]
        assert reply.status == status, f"{REQUESTS[number]} was answered with status {reply.status}."
        assert reply.json() == {"detail": detail}, f"{REQUESTS[number]} was answered with {reply.json()}."


routes.expect("What keeps one request waiting for another?", takes(0.1), not_(blocks_loop()))


@routes.diagnose
def the_method_is_not_looked_at(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[ADD].status != 200 or _json(seen, ADD)[0] != "the menu":
        return None
    return Finding(
        "POST /burgers was answered by the application for GET /burgers.",
        "Two routes may have one path. What else of the request tells them apart?",
    )


@routes.diagnose
def a_later_one_wins(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[TODAY].status != 200 or _json(seen, TODAY)[0] != "one":
        return None
    return Finding(
        "/burgers/today was answered by /burgers/{id}, which was declared after it.",
        "In which order do you look, and when do you stop looking?",
        points=1 if seen.replies[DELETE].status == 405 else 0,
    )


@routes.diagnose
def a_parameter_is_more_than_a_segment(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[DEEPER].status != 200 or _json(seen, DEEPER)[1] != {"id": "1/2"}:
        return None
    return Finding(
        "/burgers/1/2 was taken for a burger with the id '1/2'.",
        "A parameter stands for one segment. Which character must it not have?",
        points=1,
    )


@routes.diagnose
def only_the_beginning_has_to_fit(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[DEEPER].status != 200:
        return None
    return Finding(
        f"/burgers/1/2 fits no route, and was answered with {_json(seen, DEEPER)}.",
        "The path began like a template and went on. Where do you look at its end?",
        points=1,
    )


@routes.diagnose
def one_dictionary_for_all(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[ONE].status != 200 or _json(seen, ONE)[0] != "one" or _json(seen, ONE) == FOUND[ONE]:
        return None
    return Finding(
        f"/burgers/1 was asked for while other requests were under way, and got the parameters {_json(seen, ONE)[1]}.",
        "Several requests are in your code at once. What do they share that each should have for itself?",
    )


@routes.diagnose
def another_method_is_not_nothing(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[DELETE].status != 404:
        return None
    return Finding(
        "DELETE /burgers/1 was answered with 404, as if there were no such path.",
        "HTTP has a status of its own for a path that is there, with other methods. How do you notice it on the way?",
        points=1,
    )


@routes.diagnose
def nobody_answers(seen: Recording, answer: Answer) -> Finding | None:
    if seen.never_awaited:
        return None
    unanswered = [reply.path for reply in seen.replies if reply.status in (None, 500) and not reply.body]
    if not unanswered or any(reply.status not in (200, 404, 405, 500, None) for reply in seen.replies):
        return None
    return Finding(
        f"{unanswered[0]} got no answer at all.",
        "An application that returns without a word leaves the client with nothing. Which requests end so in yours?",
    )


routes.diagnose(*known("M3"))

# --- e16.2: arguments ----------------------------------------------------------------------------------------------

ALL, DEFAULTS, BOTH_WRONG, MISSING, STRANGER = range(5)
PRICES = ["/2?pieces=3&discount=0.5", "/2?pieces=3", "/two?pieces=many", "/2", "/2?pieces=3&coupon=x"]
ANSWERED = {ALL: 20.5, DEFAULTS: 21.0, STRANGER: 21.0}
TOLD = {BOTH_WRONG: [["path", "id"], ["query", "pieces"]], MISSING: [["query", "pieces"]]}


async def _price(id: int, pieces: int, discount: float = 0.0) -> dict[str, Any]:
    with activity("look up the price"):
        await asyncio.sleep(0.1)
        if type(id) is not int or type(pieces) is not int or type(discount) is not float:
            return {"id": id, "pieces": pieces, "discount": discount}
        return {"price": 7 * pieces - discount}


@task("e16.2", title="Read the arguments, and refuse what is wrong", points=2)
def arguments(answer: Answer) -> Recording:
    endpoint = _made(answer, "endpoint", _price)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        scope["path_params"] = {"id": scope["path"].strip("/")}
        await endpoint(scope, receive, send)

    return record_requests(_http_only(application), PRICES)


arguments.expect("What waits for something that does not come?", _ended)
arguments.diagnose(it_never_ends)


@arguments.expect(to_try="What does the function have to be given, and what becomes of its result?")
def right_requests_are_answered(seen: Recording, answer: Answer) -> None:
    for number, price in ANSWERED.items():
        reply = seen.replies[number]
        assert reply.status == 200, f"{PRICES[number]} was answered with status {reply.status}."
        assert reply.json() == {"price": price}, f"{PRICES[number]} was answered with {reply.json()}."


@arguments.expect(to_try="How does the client learn what to change?")
def wrong_ones_are_told_all_that_is_wrong(seen: Recording, answer: Answer) -> None:
    for number, places in TOLD.items():
        reply = seen.replies[number]
        assert reply.status == 422, f"{PRICES[number]} was answered with status {reply.status}."
        told = _places(reply.json())
        assert sorted(told) == sorted(places), f"{PRICES[number]} was told of the places {told}, and not of {places}."


arguments.expect("What keeps one request waiting for another?", takes(0.1), not_(blocks_loop()))


@arguments.expect(to_try="When is it known that something is wrong?")
def the_function_runs_for_right_requests_only(seen: Recording, answer: Answer) -> None:
    assert len(seen.of("look up the price")) == len(ANSWERED), "The function ran for a request that was refused."


@arguments.diagnose
def still_text(seen: Recording, answer: Answer) -> Finding | None:
    said = seen.replies[ALL].json() if seen.replies[ALL].status == 200 else None
    texts = [name for name, value in said.items() if isinstance(value, str)] if isinstance(said, dict) else []
    if not texts:
        return None
    return Finding(
        f"The function got text for {', '.join(texts)}.",
        "What comes over the network is text. What does the signature say that it should be?",
    )


@arguments.diagnose
def the_clients_mistake_is_raised(seen: Recording, answer: Answer) -> Finding | None:
    raised = [number for number in TOLD if seen.replies[number].failure is not None]
    if not raised or any(seen.replies[number].failure is not None for number in ANSWERED):
        return None
    failure = seen.replies[raised[0]].failure
    return Finding(
        f"{PRICES[raised[0]]} ended in an exception, {failure.error}, as if your code were wrong."
        if failure is not None
        else "",
        "It was the client who made a mistake. Who has to hear of it, and in which form?",
    )


@arguments.diagnose
def what_nobody_asked_for(seen: Recording, answer: Answer) -> Finding | None:
    stranger = seen.replies[STRANGER]
    if stranger.status == 200 or seen.replies[DEFAULTS].status != 200:
        return None
    return Finding(
        f"{PRICES[STRANGER]} was not answered: status {stranger.status}. Nobody asked for a coupon.",
        "Go through what the function wants, and not through what the request brings.",
        points=1,
    )


@arguments.diagnose
def a_default_is_refused(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[DEFAULTS].status == 200 or seen.replies[ALL].status != 200:
        return None
    return Finding(
        f"{PRICES[DEFAULTS]} was not answered: status {seen.replies[DEFAULTS].status}. The discount has a default.",
        "Which arguments may be missing? The signature knows.",
        points=1,
    )


@arguments.diagnose
def only_the_first_mistake(seen: Recording, answer: Answer) -> Finding | None:
    reply = seen.replies[BOTH_WRONG]
    if reply.status != 422 or len(_places(reply.json())) != 1:
        return None
    return Finding(
        f"{PRICES[BOTH_WRONG]} has two mistakes, and the client was told of one: {_places(reply.json())[0]}.",
        "They would mend it, ask again, and be told of the next. Where do you stop looking?",
        points=1,
    )


@arguments.diagnose
def another_status(seen: Recording, answer: Answer) -> Finding | None:
    statuses = {seen.replies[number].status for number in TOLD}
    if statuses & {200, 422, 500, None}:
        return None
    return Finding(
        f"What is wrong was refused with status {', '.join(map(str, sorted(filter(None, statuses))))}.",
        "It is refused, which is right. With which status does FastAPI refuse what it could read, but not accept?",
        points=1,
    )


@arguments.diagnose
def nowhere_in_particular(seen: Recording, answer: Answer) -> Finding | None:
    reply = seen.replies[BOTH_WRONG]
    if reply.status != 422 or _places(reply.json()):
        return None
    return Finding(
        f"{PRICES[BOTH_WRONG]} was refused with {str(reply.json())[:200]}.",
        "A client that is a program looks for the place of each mistake. Under which key does the task want it?",
        points=1,
    )


arguments.diagnose(*known("M3"))


def _places(body: Any) -> list[Any]:
    """Return the places that a refusal names."""
    detail = body.get("detail") if isinstance(body, dict) else None
    errors = detail if isinstance(detail, list) else []
    return [error["loc"] for error in errors if isinstance(error, dict) and error.get("msg") and "loc" in error]


# --- e16.3: lanes --------------------------------------------------------------------------------------------------

THREADS = 40
CALLS = 2 * THREADS


async def _waits(number: int) -> int:
    with activity("wait"):
        await asyncio.sleep(0.1)
    return number


def _blocks(number: int) -> int:
    with activity("block"):
        time.sleep(0.1)
    return number


def _fails(number: int) -> int:
    raise ValueError(f"number {number} is burnt")


@task("e16.3", title="Run each function in its lane", points=2)
def lanes(answer: Answer) -> Recording:
    waits, blocks, fails = (_made(answer, "in_its_lane", function) for function in (_waits, _blocks, _fails))

    async def crowd() -> list[Any]:
        calls = [waits(number=n) for n in range(CALLS)] + [blocks(number=n) for n in range(CALLS)] + [fails(number=0)]
        return await asyncio.gather(*(_awaited(call) for call in calls), return_exceptions=True)

    return record(crowd)


async def _awaited(call: Any) -> Any:
    return await call if inspect.isawaitable(call) else call


@lanes.expect(to_try="Whose result is it that the caller gets?")
def results_come_back(seen: Recording, answer: Answer) -> None:
    got = seen.result[: 2 * CALLS] if isinstance(seen.result, list) else seen.result
    assert got == [*range(CALLS), *range(CALLS)], "What the functions returned did not come back to their callers."


lanes.expect("Where may a function run that blocks?", lane_of("block", "thread"), not_(blocks_loop()))
lanes.expect("Where belongs a function that is awaited?", lane_of("wait", "loop"))
lanes.expect("How many threads are there at once?", max_in_flight("block", at_least=THREADS, at_most=THREADS))


@lanes.expect(to_try="Who calls the function learns what it raised, wherever it ran.")
def exceptions_come_back(seen: Recording, answer: Answer) -> None:
    last = seen.result[-1] if isinstance(seen.result, list) and seen.result else None
    assert getattr(last, "type_name", "") == "ValueError", (
        f"A function raised a ValueError, and its caller got {last!r}."
    )


lanes.expect("What goes on when all is over?", no_leaked_tasks())


@lanes.diagnose
def the_loop_is_kept(seen: Recording, answer: Answer) -> Finding | None:
    if not any(one.lane == "loop" for one in seen.of("block")):
        return None
    return Finding(
        "A function that blocks ran on the loop, and nobody else had a turn meanwhile.",
        "An `async def` around it makes it no better. Who else could run it while the loop goes on?",
    )


@lanes.diagnose
def a_coroutine_out_of_a_thread(seen: Recording, answer: Answer) -> Finding | None:
    if "_waits" not in seen.never_awaited and seen.of("wait"):
        return None
    return Finding(
        "An `async def` was called, and nobody awaited what the call gave: it did not run.",
        "A call of an `async def` gives a coroutine, in a thread as well. How can you tell before the call?",
    )


@lanes.diagnose
def a_loop_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    if not any(one.lane == "thread" for one in seen.of("wait")):
        return None
    return Finding(
        "An `async def` ran in a thread, in an event loop that was made for it.",
        "There is a loop already, which waits for many at once and needs no thread for it. Who could await it there?",
    )


@lanes.diagnose
def a_thread_for_each(seen: Recording, answer: Answer) -> Finding | None:
    most = seen.most_at_once("block")
    if most <= THREADS:
        return None
    return Finding(
        f"{most} threads were at work at once.",
        "Each costs memory, and a thousand customers would have a thousand. Who lends threads, and no more than forty?",
        points=1,
    )


@lanes.diagnose
def fewer_at_once(seen: Recording, answer: Answer) -> Finding | None:
    most = seen.most_at_once("block")
    if most >= THREADS or not seen.of("block"):
        return None
    return Finding(
        f"{CALLS} calls that block came at once, and {most} at most were under way at the same time.",
        "What decides how many threads there are, or what do they wait for one after the other?",
        points=1 if most > 1 else 0,
    )


@lanes.diagnose
def the_exception_is_kept(seen: Recording, answer: Answer) -> Finding | None:
    last = seen.result[-1] if isinstance(seen.result, list) and seen.result else None
    if getattr(last, "type_name", "") == "ValueError" or len(seen.result or ()) != 2 * CALLS + 1:
        return None
    return Finding(
        f"A function raised a ValueError, and its caller got {last!r} in its place.",
        "Who could know better than the caller what to do about it?",
        points=1,
    )


lanes.diagnose(*known("M3", "M14"))

# --- e16.4: dependencies -------------------------------------------------------------------------------------------

IN_ORDER = ["light the oven", "bake a bun", "serve", "sweep the crumbs", "put out the oven"]
BURNT = ["light the oven", "bake a bun", "sweep the crumbs", "put out the oven"]
SERVED = ["burger", "oven", "bun of the oven", 3]


@task("e16.4", title="Provide what a function depends on", points=2)
def provided(answer: Answer) -> Recording:
    resolved = answer.function("resolved")
    log: list[str] = []

    async def oven() -> Any:
        log.append("light the oven")
        try:
            yield "oven"
        finally:
            log.append("put out the oven")

    async def bun(oven: Any = Depends(oven)) -> Any:
        await asyncio.sleep(0.1)
        log.append("bake a bun")
        try:
            yield f"bun of the {oven}"
        finally:
            log.append("sweep the crumbs")

    async def points() -> int:
        return 3

    async def burger(oven: Any = Depends(oven), bun: Any = Depends(bun), points: Any = Depends(points)) -> Any:
        await asyncio.sleep(0.1)
        log.append("serve")
        return ["burger", oven, bun, points]

    async def burnt(bun: Any = Depends(bun)) -> Any:
        await asyncio.sleep(0.1)
        raise ValueError("burnt")

    async def three_times() -> dict[str, Any]:
        seen: dict[str, Any] = {"served": await _awaited(resolved(burger)), "first": log.copy()}
        log.clear()
        seen["both"] = await asyncio.gather(_awaited(resolved(burger)), _awaited(resolved(burger)))
        seen["lit"] = log.count("light the oven")
        log.clear()
        try:
            await _awaited(resolved(burnt))
        except Exception as error:
            seen["raised"] = type(error).__name__
        return {**seen, "burnt": log.copy()}

    return record(three_times)


def _seen(seen: Recording, name: str) -> Any:
    return seen.result.get(name) if isinstance(seen.result, dict) else None


@provided.expect(to_try="What does the function depend on, and what do those depend on?")
def the_function_gets_what_it_asks_for(seen: Recording, answer: Answer) -> None:
    assert _seen(seen, "served") == SERVED, f"It returned {_seen(seen, 'served')!r}, and not {SERVED}."


@provided.expect(to_try="When does each dependency begin, and when is it over?")
def all_in_its_order(seen: Recording, answer: Answer) -> None:
    assert _seen(seen, "first") == IN_ORDER, f"It happened in this order: {_seen(seen, 'first')}, and not {IN_ORDER}."


@provided.expect(to_try="What do two requests share, and what does each have for itself?")
def each_request_has_its_own(seen: Recording, answer: Answer) -> None:
    lit = _seen(seen, "lit")
    assert lit == 2, f"Two more requests came at once, and the oven was lit {lit} times."


@provided.expect(to_try="What has to happen when the function raises?")
def it_is_cleaned_up_when_it_raises(seen: Recording, answer: Answer) -> None:
    assert _seen(seen, "burnt") == BURNT, f"When the function raised, this happened: {_seen(seen, 'burnt')}."
    assert _seen(seen, "raised") == "ValueError", "The function raised a ValueError, and its caller did not get it."


provided.expect("What goes on when all is over?", no_leaked_tasks())


@provided.diagnose
def only_the_first_level(seen: Recording, answer: Answer) -> Finding | None:
    served = _seen(seen, "served")
    if not isinstance(served, list) or not any("Depends" in str(one) for one in served):
        return None
    return Finding(
        "A dependency that has a dependency itself got the marker, `Depends(…)`, in place of what it stands for.",
        "The bun needs the oven. What would your function do for the bun, if it were asked to?",
    )


@provided.diagnose
def twice_in_one_request(seen: Recording, answer: Answer) -> Finding | None:
    first = _seen(seen, "first") or []
    if first.count("light the oven") < 2:
        return None
    return Finding(
        "The burger needs the oven, and so does its bun; for one burger the oven was lit twice.",
        "Who asks second should get what the first one got. Where could it be kept until then?",
        points=1,
    )


@provided.diagnose
def kept_for_the_next_request(seen: Recording, answer: Answer) -> Finding | None:
    if _seen(seen, "first") != IN_ORDER or _seen(seen, "lit") in (None, 2):
        return None
    return Finding(
        f"Two more requests came, and the oven was lit {_seen(seen, 'lit')} times: they got what others had used.",
        "How long does what you keep live, and how long should it?",
        points=1,
    )


@provided.diagnose
def cleaned_up_too_early(seen: Recording, answer: Answer) -> Finding | None:
    first = _seen(seen, "first") or []
    ends = [first.index(one) for one in ("sweep the crumbs", "put out the oven") if one in first]
    if "serve" not in first or not ends or first.index("serve") < min(ends):
        return None
    return Finding(
        f"The function was still at work when a dependency was cleaned up: {first}.",
        "What a dependency yields is lent. Until when does the function need it?",
    )


@provided.diagnose
def cleaned_up_in_the_wrong_order(seen: Recording, answer: Answer) -> Finding | None:
    first = _seen(seen, "first") or []
    if first[-2:] != ["put out the oven", "sweep the crumbs"]:
        return None
    return Finding(
        "The oven was put out first, and then the crumbs of the bun were swept, which was baked in it.",
        "The bun may need its oven to the end. Which of two that were entered has to be left first?",
        points=1,
    )


@provided.diagnose
def not_when_it_raises(seen: Recording, answer: Answer) -> Finding | None:
    burnt = _seen(seen, "burnt")
    if _seen(seen, "first") != IN_ORDER or burnt is None or set(BURNT) <= set(burnt):
        return None
    return Finding(
        f"When the function raised, this was all that happened: {burnt}.",
        "The oven is still burning. Which block of Python's is left in order, also when something is raised inside?",
        points=1,
    )


@provided.diagnose
def never_cleaned_up(seen: Recording, answer: Answer) -> Finding | None:
    first = _seen(seen, "first")
    if not isinstance(first, list) or "serve" not in first or set(IN_ORDER[-2:]) <= set(first):
        return None
    return Finding(
        f"The function was served, and that was all: {first}.",
        "A dependency that yields goes on after its `yield`, if somebody asks it to. Who does, and when?",
    )


provided.diagnose(*known("M3", "M14"))

# --- e16.5: what is raised -----------------------------------------------------------------------------------------

FINE, GONE, BROKEN, LATE, FINE_AGAIN = range(5)
GUARDED = [Ask("/fine"), Ask("/gone"), Ask("/broken"), Ask("/late"), Ask("/fine", at=1.0)]
SECRET = "the key is under the mat"


async def _clumsy(scope: Any, receive: Any, send: Any) -> None:
    """An application with a path for each way to end."""
    await asyncio.sleep(0.1)
    if scope["path"] == "/gone":
        raise HTTPException(410, "The menu of yesterday is gone.")
    if scope["path"] == "/broken":
        raise ZeroDivisionError(SECRET)
    if scope["path"] == "/late":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError(SECRET)
    await JSONResponse("fine")(scope, receive, send)


@task("e16.5", title="Answer when something is raised", points=2)
def guards(answer: Answer) -> Recording:
    guarded = _made(answer, "guarded", _clumsy)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        async def noting(message: Any) -> None:
            with activity(f"{message['type']} for {scope['path']}"):
                await send(message)

        await guarded(scope, receive, noting)

    return record_requests(_http_only(application), GUARDED)


guards.expect("What waits for something that does not come?", _ended)
guards.diagnose(it_never_ends)


@guards.expect(to_try="What is passed on, and what is answered?")
def the_rest_is_as_it_was(seen: Recording, answer: Answer) -> None:
    for number in (FINE, FINE_AGAIN):
        reply = seen.replies[number]
        assert (reply.status, reply.json()) == (200, "fine"), f"/fine was answered with status {reply.status}."


@guards.expect(to_try="An HTTPException says itself how it wants to be answered.")
def an_http_exception_is_an_answer(seen: Recording, answer: Answer) -> None:
    reply = seen.replies[GONE]
    assert reply.status == 410, f"/gone raised an HTTPException with 410, and was answered with {reply.status}."
    assert reply.json() == {"detail": "The menu of yesterday is gone."}, f"/gone was answered with {reply.json()}."
    assert reply.failure is None, "/gone was answered, and raised an exception nevertheless."


@guards.expect(to_try="What does the client learn, and what does the log?")
def a_mistake_is_a_500_and_is_raised(seen: Recording, answer: Answer) -> None:
    reply = seen.replies[BROKEN]
    assert reply.status == 500, f"/broken was answered with status {reply.status}."
    assert reply.json() == {"detail": "Internal Server Error"}, f"/broken was answered with {reply.json()}."
    assert reply.failure is not None, "/broken raised an exception, and the server did not hear of it."
    assert reply.failure.error == "ZeroDivisionError", f"The server heard of a {reply.failure.error}."


@guards.expect(to_try="What can be said once an answer has begun?")
def an_answer_begins_once(seen: Recording, answer: Answer) -> None:
    begun = len(seen.of("http.response.start for /late"))
    assert begun == 1, f"/late had its answer begun {begun} times."
    assert seen.replies[LATE].failure is not None, "/late raised an exception, and the server did not hear of it."


guards.expect("What keeps one request waiting for another?", not_(blocks_loop()), takes(1.1))


@guards.diagnose
def the_client_is_told_too_much(seen: Recording, answer: Answer) -> Finding | None:
    if SECRET.encode() not in seen.replies[BROKEN].body:
        return None
    return Finding(
        f"A stranger asked for /broken, and read what the exception said: {SECRET!r}.",
        "Who needs the message of an exception to mend your program, and who only to break into it?",
        points=1,
    )


@guards.diagnose
def a_refusal_is_no_mistake(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[GONE].status != 500 or not seen.replies[GONE].body:
        return None
    return Finding(
        "/gone raised an HTTPException with status 410, and was answered with 500.",
        "That exception is an answer, which the handler chose. How do you tell it from a mistake?",
        points=1,
    )


@guards.diagnose
def answered_twice(seen: Recording, answer: Answer) -> Finding | None:
    if len(seen.of("http.response.start for /late")) < 2:
        return None
    return Finding(
        "/late had begun its answer when it raised, and then a second answer was begun.",
        "The client has a status already. How could you know, at the moment in which something is raised?",
        points=1,
    )


@guards.diagnose
def nobody_is_told(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[BROKEN].status != 500 or seen.replies[BROKEN].failure is not None:
        return None
    return Finding(
        "/broken got its 500, and the exception ended there: no log will ever have it.",
        "Somebody has to mend this. What did `App.__call__` in the chapter do after it had answered?",
        points=1,
    )


@guards.diagnose
def the_refusal_goes_on(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[GONE].status != 410 or seen.replies[GONE].failure is None:
        return None
    return Finding(
        "/gone was answered with 410, as it should be, and raised its HTTPException to the server as well.",
        "Nothing is wrong when a handler refuses. What belongs into the log, and what does not?",
        points=1,
    )


@guards.diagnose
def the_client_hears_nothing(seen: Recording, answer: Answer) -> Finding | None:
    if seen.of("http.response.start for /broken"):
        return None
    return Finding(
        "/broken raised an exception, and nobody sent the client an answer.",
        "An exception ends your function, too, unless it is caught. What is to be sent then, and by whom?",
    )


guards.diagnose(*known("M3", "M14"))

# --- e16.6: who has left -------------------------------------------------------------------------------------------

STAYS, LEAVES, RAISES = range(3)
GRILLED = 0.4


async def _grill(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/burnt":
        await asyncio.sleep(0.1)
        raise ValueError("burnt")
    with activity("grill patty"):
        await asyncio.sleep(GRILLED)
    await JSONResponse("patty")(scope, receive, send)


@task("e16.6", title="Stop when the client has left", points=2)
def leaving(answer: Answer) -> Recording:
    asked = [Ask("/patty"), Ask("/patty", leaves_at=0.1), Ask("/burnt")]
    return record_requests(_http_only(_made(answer, "attentive", _grill)), asked)


leaving.expect("What waits for something that does not come?", _ended)


@leaving.expect(to_try="Whoever stays gets an answer.")
def who_stays_is_answered(seen: Recording, answer: Answer) -> None:
    reply = seen.replies[STAYS]
    assert reply.status == 200, f"Whoever stayed was answered with status {reply.status}."
    assert reply.json() == "patty", f"Whoever stayed got {reply.json()!r}."


leaving.expect("What goes on when the client has left?", cancelled_on_disconnect("grill patty"))


@leaving.expect(to_try="What the application raises is for the server.")
def what_it_raises_comes_out(seen: Recording, answer: Answer) -> None:
    failure = seen.replies[RAISES].failure
    raised = "nothing" if failure is None else f"a {failure.error}"
    assert raised == "a ValueError", f"The application raised a ValueError, and {raised} came out."


leaving.expect("What still runs when the answer is out?", no_leaked_tasks(), takes(GRILLED))


@leaving.diagnose
def the_watch_never_ends(seen: Recording, answer: Answer) -> Finding | None:
    if not seen.stuck:
        return None
    return Finding(
        "The application was done, and yours was not: something still waited for the client to leave.",
        "Two things go on beside each other here. What has to happen to the other when the application is done?",
    )


@leaving.diagnose
def nobody_watches(seen: Recording, answer: Answer) -> Finding | None:
    left = [one for one in seen.of("grill patty") if one.request == LEAVES]
    if not left or left[0].outcome != "done":
        return None
    return Finding(
        "The client left after 0.1 s, and its patty was grilled to the end, for nobody.",
        "Who tells you that the client has left, and who could listen while the application works?",
    )


leaving.diagnose(it_never_ends)


@leaving.diagnose
def raised_in_a_group(seen: Recording, answer: Answer) -> Finding | None:
    failure = seen.replies[RAISES].failure
    if failure is None or "ExceptionGroup" not in failure.error:
        return None
    return Finding(
        "The application raised a ValueError, and an exception group with it inside came out.",
        "A task group wraps what its tasks raise, and the server did not begin one. How do you get the one out of it?",
        points=1,
    )


@leaving.diagnose
def the_exception_is_lost(seen: Recording, answer: Answer) -> Finding | None:
    if seen.replies[RAISES].failure is not None and seen.replies[RAISES].failure.error == "ValueError":
        return None
    if seen.replies[STAYS].status != 200:
        return None
    return Finding(
        "The application raised a ValueError, and it did not come out of yours.",
        "A task keeps its exception until somebody asks for its result. Who does?",
        points=1,
    )


@leaving.diagnose
def the_body_is_no_farewell(seen: Recording, answer: Answer) -> Finding | None:
    stayed = [one for one in seen.of("grill patty") if one.request == STAYS]
    if not stayed or stayed[0].outcome == "done":
        return None
    return Finding(
        "The client stayed, and its patty was cancelled nevertheless.",
        "The first message that `receive` gives is the request's body. Which one says that the client has left?",
    )


leaving.diagnose(*known("M3", "M14"))
