"""The known misconceptions about concurrency, each with a detector: does this wrong answer come from that idea?

They are asked only about answers that are wrong, and look at what happened first, at how it is written second. A
message says what was seen and asks a question; none gives the answer. ``task.diagnose(*known("M3", "M4"))`` registers
some, in the order in which they are asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from fwlab.grading.claims import counted
from fwlab.grading.finding import Finding
from fwlab.grading.syntax import (
    awaits_in_loops,
    called_name,
    calls,
    changed_across_await,
    coroutines,
    functions,
    line,
    own_nodes,
)
from fwlab.lab.lines import quoted_place
from fwlab.lab.translation import gettext, ngettext

if TYPE_CHECKING:
    from fwlab.course.activities import Activity
    from fwlab.grading.answer import Answer
    from fwlab.grading.recording import Recording
    from fwlab.places import Place

Detector = Callable[["Recording", "Answer"], Finding | None]

_LOCKS = ("Lock", "Semaphore", "BoundedSemaphore", "CapacityLimiter", "Condition")
_TO_THREADS = ("to_thread", "run_sync", "run_in_executor", "run_in_threadpool")
_TASKS = ("create_task", "ensure_future")


def known(*names: str) -> tuple[Detector, ...]:
    """Return the detectors of these misconceptions.

    Example:
        >>> [detector.__name__ for detector in known("M3", "M4")]
        ['never_awaited', 'one_after_the_other']
    """
    return tuple(MISCONCEPTIONS[name] for name in names)


def blocking_inside_async_def(seen: Recording, answer: Answer) -> Finding | None:
    """M1: ``async def`` makes any code non-blocking."""
    held = _held_in(seen, {node.name for node in coroutines(answer.tree)})
    if held is None:
        return None
    return Finding(
        f"{held}\n{gettext('Meanwhile nothing else could run.')}",
        gettext(
            "`async def` is a promise to pause whenever you wait. Does that line pause, or does it keep the thread?"
        ),
    )


def one_at_a_time_in_threads(seen: Recording, answer: Answer) -> Finding | None:
    """M2: one worker serves one request at a time, for ``def``."""
    guards = calls(answer.tree, *_LOCKS)
    in_threads = [one for one in seen.activities if one.lane == "thread"]
    if len(in_threads) < 2 or seen.most_in_threads() > 1 or not guards:
        return None
    return Finding(
        gettext(
            "{n} calls ran in worker threads, never two at the same time: they queue at {place}",
            n=len(in_threads),
            place=line(guards[0]),
        ),
        gettext("There are 40 worker threads, and they may wait side by side. Does anything here need to be alone?"),
    )


def never_awaited(seen: Recording, answer: Answer) -> Finding | None:
    """M3: calling an ``async def`` runs it."""
    if not seen.never_awaited:
        return None
    names = sorted(set(seen.never_awaited))
    seen_there = ngettext(
        "{names} was called and not awaited, so nothing of it ran.",
        "{names} were called and not awaited, so nothing of them ran.",
        len(names),
        names=_quoted(names),
    )
    for call in _calls_not_awaited(answer.tree, names)[:1]:
        seen_there += "\n" + ngettext(
            "The call is in {place}", "The first call is in {place}", len(names), place=line(call)
        )
    return Finding(
        seen_there,
        gettext("Such a call gives back a coroutine, and does nothing yet. What makes a coroutine run?"),
    )


def one_after_the_other(seen: Recording, answer: Answer) -> Finding | None:
    """M4: two ``await`` in a row are concurrent."""
    waits = _own(seen)
    names = {one.name for one in waits}
    if len(waits) < 2 or seen.most_at_once(*names) > 1 or seen.holds:
        return None
    in_all = gettext("{n} waits came one after the other, {seconds:.4g} s in all.", n=len(waits), seconds=seen.seconds)
    guards = calls(answer.tree, *_LOCKS)
    if guards:
        return Finding(
            f"{in_all}\n{gettext('They queue at {place}', place=line(guards[0]))}",
            gettext("Something lets in one at a time. Does anything here need to be alone?"),
        )
    return Finding(
        f"{in_all}{_what_keeps_the_next(answer.tree)}",
        gettext(
            "At an `await`, this function stands still until that one wait is over. How could all of them begin before "
            "you wait for the first?"
        ),
    )


def computing_is_not_waiting(seen: Recording, answer: Answer) -> Finding | None:
    """M5: concurrency is parallelism; ``gather`` computes at the same time."""
    gathers = calls(answer.tree, "gather", "TaskGroup", "create_task_group")
    if len(seen.holds) < 2 or not gathers:
        return None
    return Finding(
        gettext(
            "{n} pieces of work held the loop, one after the other, {seconds:.4g} s in all, although they were started "
            "together: {place}",
            n=len(seen.holds),
            seconds=seen.seconds,
            place=line(gathers[0]),
        ),
        gettext(
            "Tasks on one loop take turns where they pause. Work that never pauses has no turn to give. Is this "
            "waiting?"
        ),
    )


def threads_do_not_compute(seen: Recording, answer: Answer) -> Finding | None:
    """M6: threads speed up computing."""
    workers = {node.name for node in functions(answer.tree) if calls(node, "burn", "compute")} | {"burn", "compute"}
    sent = [call for call in calls(answer.tree, *_TO_THREADS) if workers & {_name(argument) for argument in call.args}]
    if not sent:
        return None
    return Finding(
        gettext(
            "Threads computed, and it took {seconds:.4g} s in all: no less than one after the other. {place}",
            seconds=seen.seconds,
            place=line(sent[0]),
        ),
        gettext("In one Python process, one thread computes at a time. What has a core of its own?"),
    )


def pool_of_another_kind(seen: Recording, answer: Answer) -> Finding | None:
    """M7: there are as many threads as one likes, or another executor makes the pool larger."""
    made = calls(answer.tree, "set_default_executor", "ThreadPoolExecutor")
    if not made:
        return None
    return Finding(
        gettext(
            "At most {most} things went on in threads at the same time, whatever you asked for in {place}",
            most=seen.most_in_threads(),
            place=line(made[0]),
        ),
        gettext("Handlers run in AnyIO's worker threads. Who counts those, and how many are there?"),
    )


def pool_is_used_up(seen: Recording, answer: Answer) -> Finding | None:
    """M8: dependencies are free; they take no thread from the handlers."""
    most = seen.most_in_threads()
    if most < 40 and not (seen.stuck and "worker" in seen.stuck):
        return None
    return Finding(
        gettext("All {n} worker threads were taken, and the others waited for one.", n=max(most, 40))
        + (f"\n{seen.stuck}" if seen.stuck else ""),
        gettext(
            "Every `def` takes a worker thread while it runs, a dependency's too. Which of them wait for each other?"
        ),
    )


def helper_on_the_loop(seen: Recording, answer: Answer) -> Finding | None:
    """M10: helper functions are moved to a thread as well."""
    plain = {node.name for node in functions(answer.tree) if isinstance(node, ast.FunctionDef)}
    held = _held_in(seen, plain)
    if held is None or not list(coroutines(answer.tree)):
        return None
    return Finding(
        held,
        gettext(
            "A plain function runs where it is called: nobody moves a helper to another thread. From where is it "
            "called?"
        ),
    )


def lost_in_the_pause(seen: Recording, answer: Answer) -> Finding | None:
    """M11: with one thread, there are no races."""
    found = [changed for coroutine in coroutines(answer.tree) if (changed := changed_across_await(coroutine))]
    if not found:
        return None
    return Finding(
        gettext(
            "A value was read, then there was a pause, and then what had been read was stored: {place}\n"
            "What others stored during the pause is lost.",
            place=line(found[0]),
        ),
        gettext(
            "One thread is not enough to be alone: at every `await` others have a turn. What must not be parted by one?"
        ),
    )


def lock_of_its_own(seen: Recording, answer: Answer) -> Finding | None:
    """M13: a lock guards the code that it stands around."""
    made = [call for function in functions(answer.tree) for call in calls(function, "Lock", "Semaphore")]
    if not made:
        return None
    return Finding(
        gettext("Every call makes a lock of its own, which nobody else ever waits for: {place}", place=line(made[0])),
        gettext("A lock guards what everybody shares, if everybody takes the same lock. Where would it have to live?"),
    )


def lost_task(seen: Recording, answer: Answer) -> Finding | None:
    """M14: a task that nobody waits for takes care of itself, and its exception will show."""
    if seen.lost:
        return Finding(
            f"{gettext('A task raised an exception, and nobody saw it:')}\n{seen.lost[0]}",
            gettext("An exception goes to whoever awaits the task. Who does?"),
        )
    if not seen.left_over:
        return None
    starts = [call for call in calls(answer.tree, *_TASKS, "gather") if call not in _awaited(answer.tree)]
    where = f"\n{gettext('It was started in {place}', place=line(starts[0]))}" if starts else ""
    return Finding(
        gettext("When all was over, this was still at work: {tasks}.", tasks=counted(seen.left_over)) + where,
        gettext("A task that you start is yours to wait for. Where should its end be waited for?"),
    )


def loop_inside_the_loop(seen: Recording, answer: Answer) -> Finding | None:
    """M15: ``asyncio.run`` works where a loop is running already."""
    failure = seen.failure
    if failure is None or failure.error != "RuntimeError" or "running" not in failure.message:
        return None
    return Finding(
        f"{gettext('It tried to start an event loop inside the one that was already running.')}\n{failure}",
        gettext(
            "The loop is there, and runs your code. What do you write, inside of an `async def`, to wait for a "
            "coroutine?"
        ),
    )


MISCONCEPTIONS: dict[str, Detector] = {
    "M1": blocking_inside_async_def,
    "M2": one_at_a_time_in_threads,
    "M3": never_awaited,
    "M4": one_after_the_other,
    "M5": computing_is_not_waiting,
    "M6": threads_do_not_compute,
    "M7": pool_of_another_kind,
    "M8": pool_is_used_up,
    "M10": helper_on_the_loop,
    "M11": lost_in_the_pause,
    "M13": lock_of_its_own,
    "M14": lost_task,
    "M15": loop_inside_the_loop,
}
"""The detectors, by the numbers of the course's catalogue.

M9 (two tabs of a browser prove that a server is serial) is nothing that code shows: a quiz asks it. M12 (a test that
passed once proves the order) is told by the judge itself, which tries a task in several orders: ``task(orders=...)``.
"""


def _own(seen: Recording) -> list[Activity]:
    """Return what was waited for, without the requests."""
    return [one for one in seen.activities if one.lane == "loop" and "/" not in one.name]


def _held_in(seen: Recording, names: set[str]) -> str | None:
    """Say for how long the loop stood still in the worst line of these functions, and which line that is."""
    held: dict[Place, float] = {}
    for hold in seen.holds:
        if hold.place is not None and hold.place.function in names:
            held[hold.place] = held.get(hold.place, 0.0) + hold.seconds
    if not held:
        return None
    worst = max(held, key=lambda place: held[place])
    return gettext(
        "The loop stood still for {seconds:.4g} s in {place}", seconds=held[worst], place=quoted_place(worst)
    )


def _awaited(tree: ast.AST) -> list[ast.expr]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Await)]


def _what_keeps_the_next(tree: ast.AST) -> str:
    """Quote the line at which the second wait stands in line behind the first."""
    awaited_tasks = [call for call in calls(tree, *_TASKS) if call in _awaited(tree)]
    if awaited_tasks:
        return "\n" + gettext(
            "A task that is awaited where it is made has no time to run beside others: {place}",
            place=line(awaited_tasks[0]),
        )
    in_loops = [node for coroutine in coroutines(tree) for node in awaits_in_loops(coroutine)]
    if in_loops:
        return "\n" + gettext(
            "Each turn of the loop waits before the next one begins: {place}", place=line(in_loops[0])
        )
    rows = [[node for node in own_nodes(one) if isinstance(node, ast.Await)] for one in coroutines(tree)]
    first = next((row[0] for row in rows if len(row) > 1), None)
    if first is None:
        return ""
    return "\n" + gettext("The second began when the first was over: {place}", place=line(first))


def _calls_not_awaited(tree: ast.AST, names: list[str]) -> list[ast.Call]:
    awaited = _awaited(tree)
    return [call for call in calls(tree, *names) if call not in awaited]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else called_name(node)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
