"""What a load asks for: paths, weights, and functions that make each request."""

from __future__ import annotations

import re

import httpx
import pytest

from fwlab.lab import LoadError, load

from .conftest import answer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("leaves_no_task")]


class Recorder:
    def __init__(self):
        self.asked = []

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        self.asked.append((scope["method"], scope["path"] + query, (await receive())["body"]))
        await answer(send)


@pytest.fixture
def recorder():
    return Recorder()


async def test_a_function_makes_each_request_of_user_and_number(recorder):
    numbers = []

    def make(user, number):
        numbers.append((user, number))
        return f"/burgers/{number}"

    run = await load(recorder, make, users=3, requests=9, warmup=1)
    assert [number for _, number in numbers] == list(range(12))
    assert {user for user, _ in numbers} == {0, 1, 2}
    assert {path for _, path, _ in recorder.asked} == {f"/burgers/{number}" for number in range(12)}
    assert run.name == "make()"
    assert {sample.name for sample in run.samples} == {f"GET /burgers/{number}" for number in range(3, 12)}


async def test_it_may_say_more_than_a_path(recorder):
    def make(user, number):
        if number == 0:
            return {"method": "PUT", "url": "/a", "json": {"n": number}}
        if number == 1:
            return {"url": "/b", "params": {"q": "1"}, "content": b"text"}
        return httpx.Request("DELETE", "http://localhost/c")

    await load(recorder, make, users=1, requests=3, warmup=0, method="POST", json=[1])
    assert recorder.asked == [("PUT", "/a", b'{"n":0}'), ("POST", "/b?q=1", b"text"), ("DELETE", "/c", b"")]


async def coroutine(user, number):
    return "/"


def fails(user, number):
    return {"a": 1}[number]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (fails, "load(path=fails): it raised KeyError: 2, for user 0 and request 2"),
        (lambda user: "/", "it raised TypeError"),
        (lambda user, number: 7, "it returned 7. It returns a path"),
        (lambda user, number: None, "it returned None"),
        (coroutine, "Write `def`, not `async def`"),
        (lambda user, number: "http://127.0.0.1:1/x", "which is not on the load's target"),
        (lambda user, number: {"url": "http://example.com/"}, "which is not on the load's target"),
        (lambda user, number: {"path": "/"}, "no request can be made of {'path': '/'}"),
        (lambda user, number: {"url": "/", "headers": {"a": "b\r\nc: d"}}, "a header is one line"),
        ({}, "these are no paths"),
        ({"/a": 0}, "the weight of '/a' is a whole number from 1 on, and this is 0"),
        ({"/a": 0.5}, "and this is 0.5"),
        ({"a": 1}, "begins with one slash"),
        (["/a", "/b"], "several paths are written with their weights"),
    ],
)
async def test_what_makes_no_request_is_named_and_ends_the_load(recorder, make, words):
    if make is fails:
        make = lambda user, number: {0: "/", 1: "/"}[number]  # noqa: E731
        make.__name__ = "fails"
    with pytest.raises(LoadError, match=re.escape(words)):
        await load(recorder, make, users=1, requests=10, warmup=0)


async def test_its_exception_stays_known(recorder):
    with pytest.raises(LoadError) as caught:
        await load(recorder, fails, users=5, requests=10)
    assert isinstance(caught.value.__cause__, KeyError)


async def test_parts_have_their_own_name(recorder):
    run = await load(recorder, {"/a": 1, "/b": 1, "/c": 1, "/d": 1}, users=2, requests=20)
    assert run.name == "GET /a, /b, /c, ..."
    assert {sample.name for sample in run.samples} <= {f"GET /{letter}" for letter in "abcd"}
