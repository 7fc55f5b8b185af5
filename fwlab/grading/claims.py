"""What an author may claim of a recording: that waits overlapped, who held the loop, in which order things came."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from fwlab.grading.claim import Claim, Telling
from fwlab.grading.recording import Recording
from fwlab.lab.lines import quoted_place
from fwlab.lab.translation import gettext, ngettext

if TYPE_CHECKING:
    from fwlab.course.activities import Activity


def overlaps(*names: str) -> Claim:
    """Claim that all these activities went on at one moment.

    Example:
        >>> from fwlab.course.kitchen import bake_bun, grill_patty
        >>> from fwlab.grading.record import record
        >>> async def one_by_one():
        ...     await bake_bun()
        ...     await grill_patty()
        >>> overlaps("bake bun", "grill patty").look(record(one_by_one))
        '`bake bun` and `grill patty` did not go on at the same time.'
    """

    def look(seen: Recording) -> str:
        missing = _missing(seen, names)
        if missing:
            return missing
        most = max((len(_at(seen, one.begin, names)) for one in seen.of(*names)), default=0)
        apart = gettext("{names} did not go on at the same time.", names=_list(names))
        return "" if most == len(names) else apart

    return Claim("overlaps", look, gettext("{names} went on at the same time.", names=_list(names)))


def max_in_flight(*names: str, at_least: int = 0, at_most: int | None = None) -> Claim:
    """Claim how many activities of these names (of any, without names) went on at one moment, at the most.

    Example:
        >>> import asyncio
        >>> from fwlab.course.kitchen import grill_patty
        >>> from fwlab.grading.record import record
        >>> async def three():
        ...     await asyncio.gather(grill_patty(), grill_patty(), grill_patty())
        >>> max_in_flight("grill patty", at_most=2).look(record(three))
        '3 of `grill patty` went on at the same time, and 2 are allowed.'
    """

    def look(seen: Recording) -> str:
        most = seen.most_at_once(*names)
        what = _list(names, gettext("or")) if names else gettext("things")
        if most < at_least:
            return gettext(
                "At most {most} of {what} went on at the same time, and there could have been {at_least}.",
                most=most,
                what=what,
                at_least=at_least,
            )
        if at_most is not None and most > at_most:
            return gettext(
                "{most} of {what} went on at the same time, and {at_most} are allowed.",
                most=most,
                what=what,
                at_most=at_most,
            )
        return ""

    return Claim("max_in_flight", look, gettext("There were as many at the same time as there should not be."))


def blocks_loop(seconds: float = 0.0) -> Claim:
    """Claim that some line held the event loop for longer than so many virtual seconds.

    Example:
        >>> import time
        >>> from fwlab.grading import not_, record
        >>> async def nap():
        ...     time.sleep(1)
        >>> not_(blocks_loop()).look(record(nap))
        'Nothing else could run: the event loop was held for 1 s in line 2 of nap: time.sleep(1)'
    """

    def look(seen: Recording) -> str:
        hold = seen.longest_hold
        return "" if hold is not None and hold.seconds > seconds else gettext("Nobody held the event loop.")

    def said(seen: Recording) -> str:
        hold = seen.longest_hold
        assert hold is not None
        if hold.place is None:
            return gettext("Nothing else could run: the event loop was held for {seconds:.4g} s", seconds=hold.seconds)
        return gettext(
            "Nothing else could run: the event loop was held for {seconds:.4g} s in {place}",
            seconds=hold.seconds,
            place=quoted_place(hold.place),
        )

    return Telling("blocks_loop", look, "", said)


def lane_of(name: str, lane: str) -> Claim:
    """Claim in which lane an activity ran every time: ``"loop"`` or ``"thread"``.

    Example:
        >>> from fwlab.course.kitchen import bake_bun
        >>> from fwlab.grading.record import record
        >>> lane_of("bake bun", "thread").look(record(bake_bun))
        '`bake bun` ran on the loop, and not in a thread.'
    """

    def look(seen: Recording) -> str:
        other = next((one for one in seen.of(name) if one.lane != lane), None)
        said = ""
        if other is not None and lane == "thread":
            said = gettext("`{name}` ran on the loop, and not in a thread.", name=name)
        elif other is not None:
            said = gettext("`{name}` ran in a thread, and not on the loop.", name=name)
        return _missing(seen, [name]) or said

    ran = {
        "loop": gettext("`{name}` ran on the loop.", name=name),
        "thread": gettext("`{name}` ran in a thread.", name=name),
    }
    return Claim("lane_of", look, ran[lane])


def threads_used(at_least: int = 0, at_most: int | None = None) -> Claim:
    """Claim how many threads other than the loop's did something.

    Example:
        >>> import asyncio
        >>> from fwlab.course.kitchen import stir_sauce
        >>> from fwlab.grading.record import record
        >>> async def aside():
        ...     await asyncio.to_thread(stir_sauce)
        >>> threads_used(at_most=0).look(record(aside))
        '1 worker thread was used.'
    """

    def look(seen: Recording) -> str:
        count = len({one.thread for one in seen.activities if one.lane == "thread"})
        few, many = count < at_least, at_most is not None and count > at_most
        used = ngettext("{n} worker thread was used.", "{n} worker threads were used.", count)
        return used if few or many else ""

    return Claim("threads_used", look, gettext("That many worker threads were used."))


def limiter_respected(limit: int = 40) -> Claim:
    """Claim that never more than so many things went on in threads at the same time.

    Example:
        >>> import asyncio
        >>> from fwlab.course.kitchen import stir_sauce
        >>> from fwlab.grading.record import record
        >>> async def rush():
        ...     await asyncio.gather(*(asyncio.to_thread(stir_sauce) for _ in range(3)))
        >>> limiter_respected(2).look(record(rush))
        '3 things went on in threads at the same time; the limit is 2.'
    """

    def look(seen: Recording) -> str:
        most = seen.most_in_threads()
        more = gettext(
            "{most} things went on in threads at the same time; the limit is {limit}.", most=most, limit=limit
        )
        return "" if most <= limit else more

    held = gettext("No more than {limit} things went on in threads at the same time.", limit=limit)
    return Claim("limiter_respected", look, held)


def cancelled_on_disconnect(name: str) -> Claim:
    """Claim that an activity for somebody who left ended when they left: an :class:`~fwlab.grading.Ask` that leaves.

    Example:
        >>> from fwlab import App
        >>> from fwlab.course.kitchen import grill_patty
        >>> from fwlab.grading import Ask, record_requests
        >>> app = App()
        >>> @app.get("/patty")
        ... async def patty():
        ...     return await grill_patty()
        >>> seen = record_requests(app, [Ask("/patty", leaves_at=0.1)])
        >>> cancelled_on_disconnect("grill patty").look(seen)
        '`grill patty` went on for somebody who had left, until it was done.'
    """

    def look(seen: Recording) -> str:
        asked = [one for one in seen.activities if one.outcome == "cancelled" and one.name.startswith(_METHODS)]
        left = {one.request for one in asked}
        if not left:
            return gettext("Nobody left before the answer was there.")
        for one in seen.of(name):
            if one.request in left and one.outcome == "done":
                return gettext("`{name}` went on for somebody who had left, until it was done.", name=name)
        return _missing(seen, [name])

    return Claim("cancelled_on_disconnect", look, gettext("`{name}` ended when whoever had asked left.", name=name))


def no_leaked_tasks() -> Claim:
    """Claim that at the end no task was running any more, and that no exception went unseen.

    Example:
        >>> import asyncio
        >>> from fwlab.course.kitchen import bake_bun
        >>> from fwlab.grading.record import record
        >>> async def forgets():
        ...     task = asyncio.create_task(bake_bun())
        ...     await asyncio.sleep(0)
        >>> no_leaked_tasks().look(record(forgets))
        'At the end, 1 task was still running: bake_bun.'
    """

    def look(seen: Recording) -> str:
        if seen.left_over:
            return ngettext(
                "At the end, {n} task was still running: {tasks}.",
                "At the end, {n} tasks were still running: {tasks}.",
                len(seen.left_over),
                tasks=counted(seen.left_over),
            )
        if seen.lost:
            return f"{gettext('A task raised an exception that nobody saw:')}\n{seen.lost[0]}"
        return ""

    return Claim("no_leaked_tasks", look, gettext("No task was left."))


def order(*names: str) -> Claim:
    """Claim that each of these activities was over before the next began, every time that they happened.

    Example:
        >>> from fwlab.course.kitchen import bake_bun, grill_patty
        >>> from fwlab.grading.record import record
        >>> async def lunch():
        ...     await grill_patty()
        ...     await bake_bun()
        >>> order("bake bun", "grill patty").look(record(lunch))
        '`grill patty` began before `bake bun` was over.'
    """

    def look(seen: Recording) -> str:
        missing = _missing(seen, names)
        if missing:
            return missing
        for first, second in pairwise(names):
            for one, other in zip(seen.of(first), seen.of(second), strict=False):
                if one.end is None or one.end > other.begin + 1e-9:
                    return gettext("`{second}` began before `{first}` was over.", second=second, first=first)
        return ""

    return Claim("order", look, gettext("{names} came in that order.", names=_list(names)))


def takes(seconds: float | None = None, *, at_least: float = 0.0, at_most: float | None = None) -> Claim:
    """Claim how long it took, in virtual seconds, exactly or within bounds.

    Example:
        >>> from fwlab.course.kitchen import bake_bun, grill_patty
        >>> from fwlab.grading.record import record
        >>> async def one_by_one():
        ...     await bake_bun()
        ...     await grill_patty()
        >>> takes(0.4).look(record(one_by_one))
        'It took 0.6 s; 0.4 s are enough.'
    """
    low, high = (seconds, seconds) if seconds is not None else (at_least, at_most)

    def look(seen: Recording) -> str:
        if high is not None and seen.seconds > high + 1e-6:
            took = seen.seconds
            if high == 1:
                return gettext("It took {took:.4g} s; {enough:.4g} s is enough.", took=took, enough=high)
            return gettext("It took {took:.4g} s; {enough:.4g} s are enough.", took=took, enough=high)
        if seen.seconds < low - 1e-6:
            return gettext("It took {took:.4g} s; in truth it needs {needed:.4g} s.", took=seen.seconds, needed=low)
        return ""

    return Claim("takes", look, gettext("It took that long."))


_ANYTHING: Any = object()


def responds(number: int = 0, *, status: int = 200, json: Any = _ANYTHING, schema: Any = None) -> Claim:
    """Claim what came back for a request.

    Args:
        number: of the request, from 0.
        status: of HTTP.
        json: the body.
        schema: what pydantic is to find in the body: a model, or a type such as ``list[str]``.

    Example:
        >>> from fwlab import App
        >>> from fwlab.grading import record_requests
        >>> app = App()
        >>> @app.get("/menu")
        ... async def menu():
        ...     return ["fries"]
        >>> seen = record_requests(app, ["/menu"])
        >>> responds(json=["bun"]).look(seen)
        '/menu was answered with ["fries"], where the shop expects ["bun"].'
        >>> responds(schema=list[int]).look(seen)
        '/menu was answered with ["fries"]: 0: Input should be a valid integer.'
    """
    from json import dumps

    def look(seen: Recording) -> str:
        if number >= len(seen.replies):
            return gettext("No answer came back.")
        reply = seen.replies[number]
        path, body = reply.path, reply.body.decode(errors="replace") or gettext("nothing")
        if reply.status != status:
            return gettext(
                "{path} was answered with status {status}: {body}", path=path, status=reply.status, body=body
            )
        if json is not _ANYTHING and reply.json() != json:
            return gettext(
                "{path} was answered with {body}, where the shop expects {expected}.",
                path=path,
                body=body,
                expected=dumps(json),
            )
        if schema is not None:
            try:
                TypeAdapter(schema).validate_json(reply.body, strict=True)
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"]))
                complaint = f"{place + ': ' if place else ''}{first['msg']}"
                return gettext(
                    "{path} was answered with {body}: {complaint}.", path=path, body=body, complaint=complaint
                )
        return ""

    return Claim("responds", look, gettext("It was answered like that."))


def counted(names: list[str]) -> str:
    """Return names as a text, each once, with how often it is there.

    Example:
        >>> counted(["clock", "price_of", "price_of"])
        'clock; price_of (2 times)'
    """
    counts = Counter(names)
    return "; ".join(ngettext("{name}", "{name} ({n} times)", count, name=name) for name, count in counts.items())


_METHODS = ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ")


def _at(seen: Recording, moment: float, names: tuple[str, ...]) -> set[str]:
    """Return which of these went on at a moment."""
    return {one.name for one in seen.of(*names) if one.begin <= moment < _end(one, seen)}


def _end(one: Activity, seen: Recording) -> float:
    return seen.seconds if one.end is None else one.end


def _missing(seen: Recording, names: Any) -> str:
    missing = [name for name in names if not seen.of(name)]
    return gettext("{names} did not happen.", names=_list(missing)) if missing else ""


def _list(names: Any, last: str = "") -> str:
    quoted = [f"`{name}`" for name in names]
    return f" {last or gettext('and')} ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
