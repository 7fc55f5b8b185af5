"""Calls are counted to the last, the same each time, and not where somebody else might run in between."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fwlab import App
from fwlab.course.function_calls import calls_of
from fwlab.lab import LabError

if TYPE_CHECKING:
    from fwlab.types import ASGIApp, Receive, Scope, Send


def app_that_calls(times: int) -> ASGIApp:
    def nothing() -> None:
        pass

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(times):
            nothing()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    return app


@pytest.mark.parametrize("times", [0, 1, 50])
def test_each_call_counts_once(times: int):
    assert calls_of(app_that_calls(times)) == times + 2  # the app, and `send`


def test_what_is_made_at_the_first_request_is_not_counted():
    made: list[int] = []

    def make() -> int:
        return sum(int(str(number)) for number in range(10))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not made:
            made.append(make())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    assert calls_of(app) == 2


def test_an_app_is_counted_the_same_each_time_and_documentation_adds_nothing():
    def shop(openapi_url: str | None) -> App:
        app = App(openapi_url=openapi_url)

        @app.get("/burgers/{number}")
        async def burger(number: int) -> dict[str, int]:
            return {"number": number}

        return app

    with_it, without = (calls_of(shop(url), "/burgers/2") for url in ("/openapi.json", None))
    assert with_it == without > 2
    assert calls_of(shop(None), "/burgers/2") == without


def test_an_app_that_waits_is_refused():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)

    with pytest.raises(LabError, match=r"calls_of\(app, '/x'\): the application waits"):
        calls_of(app, "/x")


def test_an_answer_that_is_no_success_is_refused():
    with pytest.raises(LabError, match="status 404"):
        calls_of(App(), "/nobody")


def test_whoever_counts_already_and_the_garbage_collector_are_as_before():
    def other(frame: Any, event: str, argument: Any) -> None:
        pass

    sys.setprofile(other)
    try:
        calls_of(app_that_calls(1))
        assert sys.getprofile() is other
    finally:
        sys.setprofile(None)
    assert gc.isenabled()
