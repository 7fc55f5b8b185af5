"""Checks of e03: the learner is the event loop. No clock is needed, only whose turn it was."""

from __future__ import annotations

import ast
import gc
import types
import warnings
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from fwlab.course.tiny_loop import TinyLoop
from fwlab.grading import Answer, Failure, Finding, task
from fwlab.grading.failure import failure_of
from fwlab.grading.garbage import only_new_garbage
from fwlab.grading.recording import plain
from fwlab.grading.syntax import calls, line

PAUSES = (0, 1, 3, 7)
SHORT, LONG = 0.01, 0.02


@types.coroutine
def pause() -> Generator[str, None, None]:
    yield "waiting"


@dataclass
class Run:
    """What came of one call of the learner's function.

    Attributes:
        turns: who went on, in order.
        result: what it returned.
        failure: what it raised.
        now: the time on the loop's clock in the end, where there is one.
    """

    turns: list[str] = field(default_factory=list)
    result: Any = None
    failure: Failure | None = None
    now: float = 0.0


def tried(run: Run, function: Callable[[], Any]) -> Run:
    """Call the learner's function, and note what comes of it."""
    with only_new_garbage(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run.result = plain(function())
        except (Exception, SystemExit) as error:
            run.failure = failure_of(error)
        gc.collect()
    return run


async def cook(name: str, pauses: int, turns: list[str]) -> str:
    """Pause so often, and note every turn."""
    for _ in range(pauses):
        turns.append(name)
        await pause()
    turns.append(name)
    return name


async def burn_it() -> None:
    await pause()
    raise ValueError("the burger is burnt")


@dataclass
class ByHand:
    """A run for each number of pauses, and one that goes wrong."""

    runs: dict[int, Run]
    burnt: Run


@task("e03.1", title="Run a coroutine by hand", points=2)
def by_hand(answer: Answer) -> ByHand:
    run = answer.function("run")
    runs = {pauses: Run() for pauses in PAUSES}
    for pauses, one in runs.items():
        tried(one, lambda pauses=pauses, one=one: run(cook("burger", pauses, one.turns)))
    return ByHand(runs, tried(Run(), lambda: run(burn_it())))


@by_hand.expect(to_try="Follow the burger of the first paragraph through your function, line by line.")
def it_returns_what_the_coroutine_returns(seen: ByHand, answer: Answer) -> None:
    for pauses, run in seen.runs.items():
        assert run.failure is None, f"A coroutine that pauses {pauses} times: {run.failure}"
        assert run.result == "burger", f"A coroutine that pauses {pauses} times: `run` returned {run.result!r}."


@by_hand.expect(to_try="Which exceptions does your function catch, and which one means the end?")
def what_goes_wrong_comes_through(seen: ByHand, answer: Answer) -> None:
    error = seen.burnt.failure.error if seen.burnt.failure else "nothing"
    assert error == "ValueError", f"The coroutine raised a ValueError, and {error} came out of `run`."


@by_hand.diagnose
def asyncio_does_it(seen: ByHand, answer: Answer) -> Finding | None:
    if not _uses(answer, "asyncio"):
        return None
    failure = next((run.failure for run in seen.runs.values() if run.failure is not None), "")
    return Finding(
        f"`asyncio` was asked to run it, and its loop knows only pauses of its own kind.\n{failure}".rstrip(),
        "Here you are the loop. What does a loop do with a coroutine, again and again? The first paragraph shows it.",
    )


@by_hand.diagnose
def the_end_is_an_exception(seen: ByHand, answer: Answer) -> Finding | None:
    failures = [run.failure for run in seen.runs.values() if run.failure is not None]
    if len(failures) < len(PAUSES) or not all(failure.error == "StopIteration" for failure in failures):
        return None
    return Finding(
        f"The coroutine came to its end, and told it in the only way it has:\n{failures[-1]}",
        "That exception is no mishap. What could you do with it, and what does it carry?",
    )


@by_hand.diagnose
def so_many_steps_and_no_more(seen: ByHand, answer: Answer) -> Finding | None:
    over = [pauses for pauses, run in seen.runs.items() if len(run.turns) == pauses + 1]
    if len(over) == len(PAUSES):
        return None
    short = next(pauses for pauses in PAUSES if pauses not in over)
    return Finding(
        f"A coroutine that pauses {short} times had {len(seen.runs[short].turns)} turns, and was not over.",
        "How often it pauses, nobody knows in advance. What tells you that it is over?",
    )


@by_hand.diagnose
def the_result_is_inside(seen: ByHand, answer: Answer) -> Finding | None:
    got = seen.runs[3].result
    if getattr(got, "type_name", "") != "StopIteration":
        return None
    return Finding(
        f"You returned the exception itself: {got!r}.",
        "The exception carries the result. Under which name? The first paragraph says it.",
    )


@by_hand.diagnose
def the_result_is_lost(seen: ByHand, answer: Answer) -> Finding | None:
    if any(run.failure is not None or run.result is not None for run in seen.runs.values()):
        return None
    return Finding(
        "Every coroutine came to its end, and each time `run` returned None.",
        "The coroutine returned 'burger'. Where did that go, and who could hand it on?",
    )


@by_hand.diagnose
def it_swallows_what_goes_wrong(seen: ByHand, answer: Answer) -> Finding | None:
    if seen.burnt.failure is not None or any(run.failure for run in seen.runs.values()):
        return None
    return Finding(
        f"A coroutine raised ValueError('the burger is burnt'), and `run` returned {seen.burnt.result!r}.",
        "Which exception means the end? Let all others through: somebody has to hear of a burnt burger.",
        points=1,
    )


@task("e03.2", title="Pause for some seconds", points=2)
def own_sleep(answer: Answer) -> Run:
    """Two cooks on a tiny loop: one sleeps twice as long as the other, who sleeps twice."""
    sleep, run, loop = answer.function("sleep"), Run(), TinyLoop()

    async def nap(name: str, seconds: float, times: int) -> str:
        run.turns.append(f"{name} begins")
        for _ in range(times):
            await sleep(seconds)
            run.turns.append(f"{name} after {round(loop.now / SHORT)}")
        return name

    tried(run, lambda: loop.run(nap("Ada", LONG, 1), nap("Ben", SHORT, 3)))
    run.now = loop.now
    return run


@own_sleep.expect(to_try="How many seconds does the loop hear of, and how often?")
def each_wakes_in_time(seen: Run, answer: Answer) -> None:
    assert seen.failure is None, str(seen.failure)
    assert seen.result == ["Ada", "Ben"], f"The loop returned {seen.result!r}."
    turns = [turn for turn in seen.turns if turn.startswith("Ben")]
    right = ["Ben begins", "Ben after 1", "Ben after 2", "Ben after 3"]
    assert turns == right, f"Ben sleeps three times for one second. It went: {', '.join(turns)}."
    assert "Ada after 2" in seen.turns, f"Ada sleeps for two seconds. It went: {', '.join(seen.turns)}."


@own_sleep.diagnose
def asyncio_is_not_here(seen: Run, answer: Answer) -> Finding | None:
    if not _uses(answer, "asyncio"):
        return None
    return Finding(
        f"`asyncio` looked for a loop of its own, and there is another one.\n{seen.failure or ''}".rstrip(),
        "This loop wants to be handed a number, and nothing else. Which word hands something to the loop?",
    )


@own_sleep.diagnose
def it_does_not_say_how_long(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is None or "handed" not in seen.failure.message:
        return None
    return Finding(
        f"It paused, and {seen.failure.message}.",
        "The pause is there. What would the loop have to know, to wake it in time?",
        points=1,
    )


@own_sleep.diagnose
def a_generator_that_nobody_can_await(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is None or "generator" not in seen.failure.message or "await" not in seen.failure.message:
        return None
    return Finding(
        f"It hands something over, but it cannot be awaited: {seen.failure.message}.",
        "Compare it with `pause` in the first paragraph. What stands above its first line, and what is not in it?",
    )


@own_sleep.diagnose
def nothing_to_await(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is None or "await" not in seen.failure.message:
        return None
    return Finding(
        f"There is nothing to await: {seen.failure.message}.",
        "A function that returns is over. Which word pauses instead?",
    )


@own_sleep.diagnose
def it_blocks(seen: Run, answer: Answer) -> Finding | None:
    sleeps = [call for call in calls(answer.tree, "sleep") if ast.unparse(call.func) in {"time.sleep"}]
    if not sleeps:
        return None
    return Finding(
        f"It slept in truth, and the loop slept with it: {line(sleeps[0])}\n"
        f"It went: {', '.join(seen.turns[:3])}. The loop's clock shows {seen.now:g}.",
        "Nobody needs to sleep here. Who has to be told that somebody wants to?",
    )


@own_sleep.diagnose
def it_never_pauses(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.now:
        return None
    return Finding(
        f"It went on at once: {', '.join(seen.turns[:3])}. The loop's clock shows 0.",
        "`async def` alone pauses nowhere. Deep down, a pause is one word; which?",
    )


@task("e03.3", title="Let all of them take turns", points=3)
def in_turns(answer: Answer) -> Run:
    run_all, run = answer.function("run_all"), Run()
    cooks = {"bun": 1, "patty": 3, "sauce": 0, "fries": 2}
    return tried(run, lambda: run_all(*(cook(name, pauses, run.turns) for name, pauses in cooks.items())))


NAMES = ["bun", "patty", "sauce", "fries"]
TURNS = {"bun": 2, "patty": 4, "sauce": 1, "fries": 3}


@in_turns.expect(to_try="Write down who has a turn in the first round, in the second, in the third.")
def they_take_turns(seen: Run, answer: Answer) -> None:
    assert seen.failure is None, str(seen.failure)
    had = dict.fromkeys(NAMES, 0)
    for name in seen.turns:
        had[name] += 1
        running = [count for other, count in had.items() if count < TURNS[other]]
        assert not running or had[name] - min(running) <= 1, f"{name} had {had[name]} turns, {_order(seen)}."
    assert had == TURNS, f"Not all of them came to their end: {_order(seen)}."


@in_turns.expect(to_try="Where does each result belong?")
def results_are_in_order(seen: Run, answer: Answer) -> None:
    results = list(seen.result) if isinstance(seen.result, list | tuple) else seen.result
    assert results == NAMES, f"They were given as {NAMES}, and the results are {results!r}."


@in_turns.diagnose
def asyncio_runs_them(seen: Run, answer: Answer) -> Finding | None:
    if not _uses(answer, "asyncio"):
        return None
    return Finding(
        f"`asyncio` was asked to run them, and its loop knows only its own pauses.\n{seen.failure or ''}".rstrip(),
        "Here you are the loop: who has a turn, and who is next?",
    )


@in_turns.diagnose
def sent_to_a_coroutine_that_is_over(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is None or "already awaited" not in seen.failure.message:
        return None
    return Finding(
        f"A coroutine that was over had one more turn.\n{seen.failure}",
        "Who is over drops out. Where do you keep those who still run?",
    )


@in_turns.diagnose
def the_first_end_ends_all(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is not None and seen.failure.error != "StopIteration":
        return None
    missing = [name for name in NAMES if seen.turns.count(name) < TURNS[name]]
    if not missing or not seen.turns:
        return None
    return Finding(
        f"It was over when the first of them was, and {missing[0]} was not: {_order(seen)}.",
        "One of them being over says nothing of the others. When are all of them over?",
    )


@in_turns.diagnose
def one_by_one(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is not None or seen.turns != [name for name in NAMES for _ in range(TURNS[name])]:
        return None
    return Finding(
        f"Each ran to its end before the next one began: {_order(seen)}.",
        "After one turn, it is the next one's. Which loop has to be the outer one?",
    )


@in_turns.diagnose
def somebody_is_skipped(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is not None:
        return None
    try:
        they_take_turns(seen, answer)
    except AssertionError:
        return Finding(
            f"Somebody was passed over: {_order(seen)}.",
            "When one drops out of a list while you walk along it, the others move up. Whom do you meet next?",
            points=1,
        )
    return None


@in_turns.diagnose
def results_as_they_come(seen: Run, answer: Answer) -> Finding | None:
    results = seen.result if isinstance(seen.result, list) else []
    if seen.failure is not None or results == NAMES or sorted(map(str, results)) != sorted(NAMES):
        return None
    return Finding(
        f"They took turns: well done. But the results are {results}, in the order in which they ended.",
        "Whoever asks for bun, patty, sauce and fries wants them in that order. What do you have to remember of each?",
        points=2,
    )


@in_turns.diagnose
def no_results(seen: Run, answer: Answer) -> Finding | None:
    if seen.failure is not None or (isinstance(seen.result, list | tuple) and any(seen.result)):
        return None
    return Finding(
        f"They took turns: well done. But `run_all` returned {seen.result!r}.",
        "What each coroutine returned is in the exception that told its end.",
        points=1,
    )


def _order(seen: Run) -> str:
    return "the order was " + ", ".join(seen.turns[:8]) + (", and so on" if len(seen.turns) > 8 else "")


@dataclass
class Orders:
    """A run for each kind of order: how long its coroutine takes, and what it does when it is told to end."""

    runs: dict[str, Run]

    @property
    def alike(self) -> list[Run]:
        """The two that take too long, and do nothing about it."""
        return [self.runs["late"], self.runs["very late"]]


async def grill(pauses: int, notes: list[str], *, returns: str = "", cleans: int = 0) -> str:
    """Pause so often; when told to end, clean the grill in so many pauses, or return something after all."""
    notes.append("turn")
    try:
        for _ in range(pauses):
            await pause()
            notes.append("turn")
    except TimeoutError:
        notes.append("told")
        if returns:
            return returns
        for _ in range(cleans):
            await pause()
        notes.append("clean")
        raise
    return "patty"


ALLOWED = 3


@task("e03.4", title="End it when it takes too long", points=3)
def no_longer(answer: Answer) -> Orders:
    run_at_most = answer.function("run_at_most")
    kinds: dict[str, dict[str, Any]] = {
        "quick": {"pauses": 0},
        "just in time": {"pauses": ALLOWED - 1},
        "late": {"pauses": ALLOWED},
        "very late": {"pauses": 30},
        "saved": {"pauses": 30, "returns": "half a patty"},
        "untidy": {"pauses": 30, "cleans": 4},
    }
    runs = {kind: Run() for kind in kinds}
    for kind, run in runs.items():
        tried(run, lambda kind=kind, run=run: run_at_most(grill(notes=run.turns, **kinds[kind]), ALLOWED))
    return Orders(runs)


@no_longer.expect(to_try="What is there to do when a coroutine is over before its turns are?")
def in_time_it_returns(seen: Orders, answer: Answer) -> None:
    for kind in ("quick", "just in time"):
        run = seen.runs[kind]
        got = run.failure or f"`run_at_most` returned {run.result!r}."
        assert run.failure is None, f"A coroutine that needs {len(run.turns)} of {ALLOWED} turns: {got}"
        assert run.result == "patty", f"A coroutine that needs {len(run.turns)} of {ALLOWED} turns: {got}"


@no_longer.expect(to_try="After which turn, and with which exception, does the coroutine hear that it is too late?")
def whoever_is_late_is_told(seen: Orders, answer: Answer) -> None:
    for run in seen.alike:
        assert run.turns == ["turn"] * ALLOWED + ["told", "clean"], f"After {ALLOWED} turns: {run.turns}."
        error = run.failure.error if run.failure else "nothing"
        assert error == "TimeoutError", f"The coroutine raised a TimeoutError, and {error} came out of `run_at_most`."


@no_longer.expect(to_try="What may a coroutine do with an exception that is thrown into it?")
def it_has_the_last_word(seen: Orders, answer: Answer) -> None:
    saved, untidy = seen.runs["saved"], seen.runs["untidy"]
    assert saved.result == "half a patty", (
        f"A coroutine returned 'half a patty', and `run_at_most` returned {saved.result!r}."
    )
    assert untidy.turns[-1] == "clean", "A coroutine paused to clean up, and was not clean in the end."
    error = untidy.failure.error if untidy.failure else "nothing"
    assert error == "TimeoutError", f"A coroutine raised a TimeoutError, and {error} came out of `run_at_most`."


@no_longer.diagnose
def an_end_that_nobody_caught(seen: Orders, answer: Answer) -> Finding | None:
    failure = seen.runs["quick"].failure
    if failure is None or failure.error != "StopIteration":
        return None
    return Finding(
        f"A coroutine was over in its first turn, and this came out of `run_at_most`:\n{failure}",
        "That is how a coroutine says that it is over. You have met it in task 1: what did you do with it there?",
    )


@no_longer.diagnose
def nobody_counts_the_turns(seen: Orders, answer: Answer) -> Finding | None:
    turns = seen.runs["very late"].turns
    if turns.count("turn") <= 30:
        return None
    return Finding(
        f"A coroutine had {turns.count('turn')} turns, and {ALLOWED} were allowed.",
        "What do you do when it has paused for the last time that is allowed?",
    )


@no_longer.diagnose
def one_turn_more_or_less(seen: Orders, answer: Answer) -> Finding | None:
    turns = seen.runs["very late"].turns
    if "told" not in turns or turns.index("told") == ALLOWED:
        return None
    count = turns.index("told")
    return Finding(
        f"The TimeoutError came after {count} turn{'' if count == 1 else 's'}, and {ALLOWED} were allowed.",
        "A turn is one `send`. Count those before the `throw`.",
    )


@no_longer.diagnose
def the_coroutine_never_heard(seen: Orders, answer: Answer) -> Finding | None:
    if any("told" in run.turns for run in seen.alike):
        return None
    return Finding(
        "The coroutine would have caught a TimeoutError where it had paused. None was raised there, so its grill is "
        "still on.",
        "To raise an exception in your own function is one thing. Which method raises it in the coroutine?",
    )


@no_longer.diagnose
def what_it_returns_is_lost(seen: Orders, answer: Answer) -> Finding | None:
    saved = seen.runs["saved"]
    if saved.result == "half a patty" or "told" not in saved.turns:
        return None
    got = f"this came out of it:\n{saved.failure}" if saved.failure is not None else f"it returned {saved.result!r}."
    return Finding(
        f"A coroutine caught the TimeoutError and returned 'half a patty' to `run_at_most`, and {got}",
        "A coroutine may end during the `throw`, too. In which way do you hear of that?",
        points=1,
    )


@no_longer.diagnose
def nobody_hears_of_it(seen: Orders, answer: Answer) -> Finding | None:
    if any(run.failure is not None for run in seen.alike):
        return None
    return Finding(
        f"The coroutine raised the TimeoutError again, and `run_at_most` returned {seen.alike[0].result!r}.",
        "Which exceptions does your function catch, and whom should the others reach?",
        points=1,
    )


@no_longer.diagnose
def left_while_it_cleaned_up(seen: Orders, answer: Answer) -> Finding | None:
    untidy = seen.runs["untidy"]
    if "told" not in untidy.turns or "clean" in untidy.turns:
        return None
    return Finding(
        "A coroutine heard of the TimeoutError and paused four times to clean up. It was left in one of those pauses.",
        "When `throw` comes back, the coroutine has paused again. Who gives it its next turn?",
        points=2,
    )


def _uses(answer: Answer, module: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == module for node in ast.walk(answer.tree))
