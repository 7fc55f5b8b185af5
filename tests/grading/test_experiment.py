"""An experiment: replies in order, the app's exceptions, its forgotten awaits, and who held the loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from fwlab import App
from fwlab.grading import Finding, observe


def test_replies_are_in_the_order_of_the_paths():
    app = App()

    @app.get("/{n}")
    async def reply(n: int):
        await asyncio.sleep(0.001 * (3 - n))
        return n

    seen = observe(app, ["/0", "/1", "/2"])
    assert [reply.path for reply in seen.replies] == ["/0", "/1", "/2"]
    assert [(reply.status, reply.json()) for reply in seen.replies] == [(200, 0), (200, 1), (200, 2)]
    assert seen.failure is None
    assert seen.loop_thread == threading.get_ident()
    assert [request.status for request in seen.timeline.requests] == [200, 200, 200]


def test_requests_are_made_at_the_same_time():
    app, inside, everyone = App(), [], asyncio.Event()

    @app.get("/{n}")
    async def meet(n: int):
        inside.append(n)
        if len(inside) == 20:
            everyone.set()
        await everyone.wait()

    seen = observe(app, [f"/{n}" for n in range(20)])
    assert seen.timeline.max_in_flight() == 20


def test_an_exception_belongs_to_its_request():
    app = App()

    @app.get("/{n}")
    async def divide(n: int):
        return 1 / n

    good, bad = observe(app, ["/1", "/0"]).replies
    assert (good.status, good.failure) == (200, None)
    assert bad.status == 500
    assert bad.failure.error == "ZeroDivisionError"
    assert "return 1 / n" in bad.failure.text
    assert "fwlab" not in bad.failure.text


def test_a_reply_that_is_not_json_is_none():
    app = App()
    assert observe(app, ["/nowhere"]).replies[0].status == 404

    async def plain(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"no json"})

    assert observe(plain, ["/"]).replies[0].json() is None


@pytest.mark.parametrize("messages", [0, 1])
def test_an_app_that_raises_before_its_answer_is_complete(messages):
    async def raises(scope, receive, send):
        assert scope["type"] == "http"
        if messages:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError("bun")

    [reply] = observe(raises, ["/"]).replies
    assert reply.failure.error == "KeyError"
    assert reply.status == (200 if messages else 500)


def test_an_app_that_ends_without_an_answer():
    async def silent(scope, receive, send):
        assert scope["type"] == "http"

    [reply] = observe(silent, ["/"]).replies
    assert reply.status is None


def test_coroutines_that_nobody_awaited_are_named():
    app = App()

    async def ask():
        return 1

    @app.get("/ignored")
    async def ignored():
        ask()

    @app.get("/returned")
    async def returned():
        return {"pieces": ask()}

    @app.get("/kept")
    async def kept():
        box = [ask()]
        box.append(box)  # only the garbage collector throws this away

    assert observe(app, ["/kept"]).never_awaited[0].endswith("ask")
    assert observe(app, ["/ignored"]).never_awaited[0].endswith("ask")
    assert observe(app, ["/returned"]).never_awaited[0].endswith("ask")


def test_start_up_and_shutdown_are_run():
    events = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            for name in ("startup", "shutdown"):
                await receive()
                events.append(name)
                await send({"type": f"lifespan.{name}.complete"})
        else:
            events.append(scope["path"])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    observe(app, ["/a"])
    assert events == ["startup", "/a", "shutdown"]


def test_what_is_no_application_is_a_finding():
    with pytest.raises(Finding, match="type list"):
        observe([], ["/"])
