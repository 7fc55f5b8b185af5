"""Claims about a recording: each holds where it should, says what was seen where it does not, and they compose."""

from __future__ import annotations

import asyncio

import anyio
import pytest
from pydantic import BaseModel

from fwlab import App
from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty, stir_sauce
from fwlab.grading import (
    Ask,
    Recording,
    Reply,
    all_of,
    any_of,
    blocks_loop,
    cancelled_on_disconnect,
    lane_of,
    limiter_respected,
    max_in_flight,
    no_leaked_tasks,
    not_,
    order,
    overlaps,
    record,
    record_requests,
    responds,
    takes,
    threads_used,
    when,
)


async def together():
    await asyncio.gather(bake_bun(), grill_patty(), fry_potatoes())


async def one_by_one():
    await bake_bun()
    await grill_patty()


async def on_the_loop():
    stir_sauce()


async def five_in_threads():
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(anyio.to_thread.run_sync, stir_sauce)


async def leaves_a_task():
    asyncio.create_task(bake_bun())  # noqa: RUF006
    await asyncio.sleep(0)


async def loses_an_exception():
    async def boom():
        raise ValueError("burnt")

    asyncio.create_task(boom())  # noqa: RUF006
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("claim", "of", "said"),
    [
        (overlaps("bake bun", "grill patty", "fry potatoes"), together, ""),
        (overlaps("bake bun", "grill patty"), one_by_one, "did not go on at the same time"),
        (overlaps("bake bun", "toast bun"), together, "`toast bun` did not happen"),
        (max_in_flight(at_least=3), together, ""),
        (max_in_flight("bake bun", "grill patty", at_least=2), one_by_one, "At most 1 of `bake bun` or `grill patty`"),
        (max_in_flight(at_most=2), together, "3 of things went on at the same time, and 2 are allowed"),
        (blocks_loop(), together, "Nobody held"),
        (blocks_loop(0.1), on_the_loop, ""),
        (blocks_loop(0.3), on_the_loop, "Nobody held"),
        (not_(blocks_loop()), on_the_loop, "held for 0.2 s"),
        (lane_of("stir sauce", "thread"), five_in_threads, ""),
        (lane_of("stir sauce", "thread"), on_the_loop, "ran on the loop, and not in a thread"),
        (threads_used(at_least=5), five_in_threads, ""),
        (threads_used(at_most=0), five_in_threads, "5 worker threads were used"),
        (limiter_respected(5), five_in_threads, ""),
        (limiter_respected(4), five_in_threads, "5 things .* the limit is 4"),
        (no_leaked_tasks(), together, ""),
        (no_leaked_tasks(), leaves_a_task, "1 task was still running: bake_bun"),
        (no_leaked_tasks(), loses_an_exception, "ValueError: burnt"),
        (order("bake bun", "grill patty"), one_by_one, ""),
        (order("grill patty", "bake bun"), one_by_one, "`bake bun` began before `grill patty` was over"),
        (order("bake bun", "grill patty"), together, "`grill patty` began before `bake bun` was over"),
        (takes(0.4), together, ""),
        (takes(at_most=0.5), one_by_one, "0.6 s; 0.5 s are enough"),
        (takes(at_least=1), together, "0.4 s; in truth it needs 1 s"),
    ],
)
def test_a_claim_says_what_was_seen_where_it_does_not_hold(claim, of, said):
    import re

    seen = record(of)
    assert claim.holds(seen) is (said == "")
    assert re.search(said, claim.look(seen))
    if said:
        with pytest.raises(AssertionError, match=said):
            claim(seen)
    else:
        claim(seen, "the answer")


def test_forty_threads_are_the_limit_that_anyio_sets():
    async def crowd():
        async with anyio.create_task_group() as group:
            for _ in range(41):
                group.start_soon(anyio.to_thread.run_sync, stir_sauce)

    seen = record(crowd)
    assert limiter_respected().holds(seen)
    assert seen.most_in_threads() == 40
    assert takes(0.4).holds(seen)


def kitchen(*, listens):
    app = App()

    @app.get("/patty", cancel_on_disconnect=listens)
    async def patty():
        return await grill_patty()

    return app


def test_whether_work_ends_when_whoever_asked_leaves():
    claim = cancelled_on_disconnect("grill patty")
    assert claim.holds(record_requests(kitchen(listens=True), [Ask("/patty", leaves_at=0.1)]))
    seen = record_requests(kitchen(listens=False), [Ask("/patty", leaves_at=0.1)])
    assert claim.look(seen) == "`grill patty` went on for somebody who had left, until it was done."


class Burger(BaseModel):
    item: str
    price: int


def replies(status, body):
    return Recording(replies=[Reply("/burger", status, body, None)])


@pytest.mark.parametrize(
    ("claim", "seen", "said"),
    [
        (responds(), replies(200, b"1"), ""),
        (responds(), replies(404, b"gone"), "/burger was answered with status 404: gone"),
        (responds(status=404), replies(404, b"gone"), ""),
        (responds(1), replies(200, b"1"), "No answer came back."),
        (responds(json={"item": "bun"}), replies(200, b'{"item":"bun"}'), ""),
        (responds(json=1), replies(200, b""), "/burger was answered with nothing, where the shop expects 1."),
        (responds(schema=Burger), replies(200, b'{"item":"bun","price":1}'), ""),
        (
            responds(schema=Burger),
            replies(200, b'{"item":"bun","price":"1"}'),
            '/burger was answered with {"item":"bun","price":"1"}: price: Input should be a valid integer.',
        ),
        (responds(schema=list[str]), replies(200, b"oops"), None),
    ],
)
def test_what_came_back(claim, seen, said):
    assert claim.look(seen) == said if said is not None else claim.look(seen)


def test_claims_compose():
    seen = Recording(seconds=2)
    assert all_of(takes(2), no_leaked_tasks()).holds(seen)
    assert all_of(takes(2), takes(1)).look(seen) == takes(1).look(seen)
    assert any_of(takes(1), takes(2)).holds(seen)
    assert any_of(takes(1), takes(3)).look(seen) == takes(1).look(seen)
    assert not_(takes(1)).holds(seen)
    assert not_(takes(2)).look(seen) == "It took that long."
    assert not_(not_(takes(2))).holds(seen)


def test_a_diagnosis_of_a_claim():
    diagnosis = when("it-blocks", blocks_loop(), "Who waits there?", points=1)
    assert diagnosis(record(together), None) is None
    finding = diagnosis(record(on_the_loop), None)
    assert (finding.diagnosis, finding.to_try, finding.points) == ("it-blocks", "Who waits there?", 1)
    assert finding.seen.startswith("Nothing else could run: the event loop was held for 0.2 s in line ")
    assert when("late", takes(at_least=0.1), "Sooner.", seen="Too late.")(record(together), None).seen == "Too late."
