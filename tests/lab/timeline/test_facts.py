"""What a timeline says of a run, exactly: in virtual time."""

import threading
import time
from typing import Annotated

import anyio
import pytest

from fwlab import App, Depends
from fwlab.lab import LabError, burn, load, serve, trace, virtual

from .apps import fwlab_app, holds_together


def traced_load(app, path, **options):
    async def run():
        with trace(app) as timeline:
            await load(app, path, warmup=0, **options)
        return timeline

    timeline = virtual(run)
    holds_together(timeline)
    return timeline


def states(timeline, number):
    return [(state.kind, round(1000 * state.seconds)) for state in timeline.states(number)]


def test_who_holds_the_loop_and_who_waits_for_it():
    timeline = traced_load(fwlab_app(), {"/loop": 1}, users=3, requests=3)
    first, second, third = timeline.blocked()
    assert [hold.request.number for hold in (first, second, third)] == [1, 2, 3]
    assert [round(hold.start - timeline.origin, 9) for hold in (first, second, third)] == [0, 0.2, 0.4]
    assert (first.seconds, first.text, first.function) == (0.2, "time.sleep(0.2)", "loop")
    assert [request.number for request in timeline.held_up(first)] == [2, 3]
    assert timeline.held_up(third) == []
    assert states(timeline, 3) == [("sent", 400), ("loop", 200)]
    assert str(timeline).startswith(
        f"3 requests, at most 1 in flight; the loop was held 0.6 s by `loop` line {first.line} (3 times); "
        "2 requests waited for it\n"
    )


def test_forty_threads_and_a_request_that_waits_for_a_token():
    timeline = traced_load(fwlab_app(), "/thread", users=41, requests=41)
    assert (timeline.threads_used(), timeline.thread_limit, timeline.max_in_flight()) == (40, 40, 41)
    [late] = timeline.waited_for_token()
    assert states(timeline, late) == [("token", 50), ("thread", 50)]
    assert late.token_wait == pytest.approx(0.05)
    others = [request for request in timeline.requests if request is not late]
    assert {tuple(states(timeline, request)) for request in others} == {(("thread", 50),)}
    assert "1 request waited for one of 40 thread tokens, 50 ms at most" in str(timeline)


def test_who_has_come_back_from_one_thread_waits_for_a_token_for_the_next():
    app = App()

    def at_once(): ...

    @app.get("/")
    def handler(_: Annotated[None, Depends(at_once)]):
        time.sleep(0.05)

    timeline = traced_load(app, "/", users=41, requests=41)
    seen = [states(timeline, number) for number in range(1, 42)]
    assert sorted(seen) == [[("thread", 50)]] * 40 + [[("token", 50), ("thread", 50)]]


def test_threads_that_compute_share_the_interpreter():
    timeline = traced_load(fwlab_app(), "/burn", users=4, requests=4)
    for request in timeline.requests:
        [job] = request.jobs
        assert (job.lane, job.name, round(job.cpu, 6), round(job.ended - job.started, 6)) == (
            "thread",
            "burns",
            0.02,
            0.08,
        )


def test_a_process_has_a_core_of_its_own():
    timeline = traced_load(fwlab_app(), "/process", users=2, requests=2)
    assert states(timeline, 1) == states(timeline, 2) == [("process", 50)]
    assert [round(job.cpu, 6) for request in timeline.requests for job in request.jobs] == [0.05, 0.05]


def test_a_thread_that_is_done_waits_for_the_loop():
    app = App()

    @app.get("/thread")
    def thread():
        time.sleep(0.05)

    @app.get("/loop")
    async def loop():
        await anyio.sleep(0.01)
        time.sleep(0.2)

    def asked(user, number):
        return ("/thread", "/loop")[user]

    timeline = traced_load(app, asked, users=2, requests=2)
    of_thread = next(request for request in timeline.requests if request.path == "/thread")
    assert states(timeline, of_thread) == [("thread", 50), ("back", 160)]
    [hold] = timeline.blocked()
    assert timeline.held_up(hold) == [of_thread]


def test_who_sleeps_meanwhile_is_not_held_up():
    app = App()

    @app.get("/sleep")
    async def sleep():
        await anyio.sleep(1)

    @app.get("/doze")
    async def doze():
        await anyio.sleep(0.1)

    @app.get("/loop")
    async def loop():
        await anyio.sleep(0.01)
        time.sleep(0.2)

    timeline = traced_load(app, lambda user, number: ("/sleep", "/doze", "/loop")[user], users=3, requests=3)
    [hold] = timeline.blocked()
    assert [request.path for request in timeline.held_up(hold)] == ["/doze"]


def test_requests_together_and_one_after_the_other():
    timeline = traced_load(fwlab_app(), "/wait", users=2, requests=4)
    assert timeline.overlap(1, 2) == pytest.approx(0.05)
    assert timeline.overlap(1, 3) == 0
    assert timeline.overlap("/wait", "/wait") == pytest.approx(0.1)
    assert timeline.overlap(timeline.requests[0], "/wait") == pytest.approx(0.05)
    with pytest.raises(LabError, match=r"no request of '/none'.*it has /wait"):
        timeline.overlap("/none", 1)
    with pytest.raises(LabError, match=r"no request 9.*has 4"):
        timeline.overlap(9, 1)


def test_the_order_of_answers():
    timeline = traced_load(fwlab_app(), lambda user, number: ("/thread", "/loop", "/wait")[user], users=3, requests=3)
    assert [request.path for request in timeline.order("start")] == ["/thread", "/loop", "/wait"]
    assert [request.path for request in timeline.order()] == ["/loop", "/thread", "/wait"]
    with pytest.raises(LabError, match="'answered'"):
        timeline.order("backwards")


def test_dependencies_in_threads_of_their_own_belong_to_their_request():
    app = App(concurrent_dependencies=True)

    def slow():
        time.sleep(0.05)

    def slower():
        time.sleep(0.08)

    @app.get("/")
    async def both(a: Annotated[None, Depends(slow)], b: Annotated[None, Depends(slower)]): ...

    timeline = traced_load(app, "/", users=1, requests=1)
    assert sorted(job.name for job in timeline.requests[0].jobs) == ["slow", "slower"]
    assert timeline.threads_used() == 2
    assert round(timeline.requests[0].end - timeline.requests[0].start, 6) == 0.08


def test_another_frameworks_threads_are_seen_from_the_loop():
    """AnyIO's limiter tells who has a token, and who waits for one."""

    async def app(scope, receive, send):
        await anyio.to_thread.run_sync(time.sleep, 0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    timeline = traced_load(app, "/", users=41, requests=41)
    assert timeline.threads_used() == 40
    [late] = timeline.waited_for_token()
    assert states(timeline, late) == [("token", 50), ("thread", 50)]
    assert late.jobs[0].cpu is None
    others = [request for request in timeline.requests if request is not late]
    assert {tuple(states(timeline, request)) for request in others} == {(("thread", 50),)}


def test_where_no_thread_can_be_started_the_timeline_is_the_same(monkeypatch):
    def seen():
        return traced_load(fwlab_app(), {"/thread": 1, "/process": 1}, users=4, requests=12, seed=2).narrate()

    def refuse(self):
        raise RuntimeError("can't start new thread")

    with_threads = seen()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert seen() == with_threads


def test_an_answer_that_takes_its_time_and_work_after_it():
    async def app(scope, receive, send):
        await anyio.sleep(0.01)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await anyio.sleep(0.02)
        await send({"type": "http.response.body", "body": b""})
        await anyio.sleep(0.03)

    timeline = traced_load(app, "/", users=1, requests=1)
    assert states(timeline, 1) == [("waiting", 10), ("responding", 20), ("after", 30)]


def test_what_holds_the_loop_and_is_no_request():
    app = fwlab_app()

    async def run():
        with trace(app) as timeline:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: load(app, "/wait", users=1, requests=1, warmup=0))
                await anyio.sleep(0.01)
                time.sleep(0.3)  # a cell would
        return timeline

    timeline = virtual(run)
    [hold] = timeline.blocked()
    assert (hold.request, hold.seconds, hold.text) == (None, 0.3, "time.sleep(0.3)  # a cell would")
    assert str(hold).startswith(f"`run` line {hold.line} held the loop for 0.30 s at line")
    assert [request.number for request in timeline.held_up(hold)] == [1]
    assert states(timeline, 1) == [("waiting", 10), ("held", 300)]


def test_a_timeline_opened_outside_follows_virtual_time():
    app = fwlab_app()
    with trace(app) as timeline:
        virtual(lambda: load(app, "/wait", users=1, requests=2, warmup=0))
        first = [round(request.end - request.start, 9) for request in timeline.requests]
        virtual(lambda: load(app, "/wait", users=1, requests=1, warmup=0))
    assert first == [0.05, 0.05]
    assert timeline.passed_by == 1
    assert "1 request on another clock not followed" in str(timeline)


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["httpx", "raw"])
async def test_over_a_connection_the_client_tells_when_it_sent(engine):
    app = App()

    @app.get("/")
    async def index():
        burn(0.002)

    async with await serve(app) as server:
        with trace(app) as timeline:
            await load(server, "/", users=3, requests=9, warmup=1, engine=engine)
    assert all(request.sent is not None and request.sent <= request.start for request in timeline.requests)
    assert [request.sent for request in timeline.order("sent")] == sorted(request.sent for request in timeline.requests)


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["httpx", "raw"])
async def test_a_client_in_a_process_of_its_own_tells_at_the_end(engine):
    app = fwlab_app()
    async with await serve(app) as server:
        with trace(app) as timeline:
            await load(server, "/wait", users=3, requests=9, warmup=1, engine=engine, where="process")
    assert all(request.sent is not None and request.sent <= request.start for request in timeline.requests)
    assert len({request.sent for request in timeline.requests}) == 12
    holds_together(timeline)


@pytest.mark.anyio
async def test_a_client_of_somebody_elses_tells_nothing():
    import httpx

    from fwlab.lab import AppTransport

    app = fwlab_app()

    @app.get("/outer")
    async def outer():
        async with httpx.AsyncClient(transport=AppTransport(app), base_url="http://app") as client:
            await client.get("/wait")

    with trace(app) as timeline:
        await load(app, "/outer", users=1, requests=1, warmup=0)
    assert [request.path for request in timeline.requests if request.sent is not None] == ["/outer"]
    assert len(timeline.requests) == 2
