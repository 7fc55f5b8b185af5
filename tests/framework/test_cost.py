"""What a request costs, in calls of Python functions: unlike a time, the same on every machine.

A number that rises by more than a tenth is a question to the change that raised it; one that falls is to be put here.
"""

import gc
import json
import sys
from typing import Annotated

import pytest
from pydantic import BaseModel

from fwlab import App, Depends, Response, concurrency
from fwlab.lab.trace import trace, traced

from .asgi import body_messages, http_scope, json_body

BODY = json.dumps({"name": "a", "price": 2.5, "tags": ["x", "y"]}).encode()


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []


def app_with_each_kind(others=0):
    """An app with one path operation of each kind, after so many that are asked for nothing."""
    app = App()
    for n in range(others):
        app.get(f"/static/{n}")(lambda: None)
        app.get(f"/template/{n}/{{x}}")(lambda x: None)

    @app.get("/plain")
    async def plain():
        return Response("hello", media_type="text/plain")

    @app.get("/json")
    async def as_json():
        return {"message": "hello", "n": 1}

    @app.get("/items/{item_id}")
    async def item(item_id: int, q: str | None = None, short: bool = False):
        return {"item_id": item_id, "q": q, "short": short}

    @app.post("/items")
    async def create(item: Item) -> Item:
        return item

    async def first(q: str = "x"):
        return q

    async def second(s: Annotated[str, Depends(first)]):
        return s + "!"

    @app.get("/dep")
    async def dependent(s: Annotated[str, Depends(second)]):
        return {"s": s}

    return app


REQUESTS = {
    "plain": (http_scope(path="/plain"), b""),
    "json": (http_scope(path="/json"), b""),
    "params": (http_scope(path="/items/5", query=b"q=abc&short=true"), b""),
    "body": (http_scope("POST", "/items", headers=json_body(BODY)), BODY),
    "dep": (http_scope(path="/dep", query=b"q=zz"), b""),
}
CALLS = {"plain": 14, "json": 15, "params": 21, "body": 23, "dep": 23}


def request_to(app, kind, sent):
    """Return the coroutine of one request, which puts what the app sends into ``sent``."""
    scope, body = REQUESTS[kind]
    [message] = body_messages(body)

    async def receive():
        return message

    async def send(message):
        sent.append(message)

    return app(dict(scope), receive, send)


def calls_of(app, kind):
    """Return how many Python functions one request calls; those of its server's side are among them."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    for profile in (before, count):  # the first request makes the router's index, and is not counted
        sent = []
        request = request_to(app, kind, sent)
        gc.disable()  # what is called when garbage is collected (Hypothesis looks on) is no part of a request
        sys.setprofile(profile)
        # None of the handlers waits for anything, so no event loop is needed.
        try:
            request.send(None)
        except StopIteration:
            pass
        finally:
            sys.setprofile(before)
            gc.enable()
        assert [message.get("status") for message in sent] == [200, None]
    return calls


@pytest.mark.parametrize("kind", CALLS)
def test_a_request_calls_no_more_functions_than_it_did(kind):
    assert calls_of(app_with_each_kind(), kind) <= CALLS[kind] * 1.1


@pytest.mark.parametrize("kind", CALLS)
def test_two_hundred_routes_cost_no_more_than_two(kind):
    assert calls_of(app_with_each_kind(others=100), kind) == calls_of(app_with_each_kind(others=1), kind)


@pytest.mark.parametrize("kind", CALLS)
def test_without_a_timeline_tracing_costs_nothing(kind):
    """A request is the app's own coroutine: what is counted begins there, after one look into a dictionary."""
    app = app_with_each_kind()
    assert calls_of(traced(app), kind) == calls_of(app, kind)
    assert concurrency.watch is None


@pytest.mark.parametrize("kind", CALLS)
def test_with_a_timeline_a_request_calls_few_functions_more(kind):
    app = app_with_each_kind()
    bare = calls_of(app, kind)
    with trace(app):
        assert calls_of(traced(app), kind) <= bare + 12
    assert calls_of(traced(app), kind) == bare, "nothing is left of it"
