"""Every app answers every case rightly: without that, its time says nothing.

The peers are not the project's dependencies: those that happen to be installed are looked at here, and `make bench`,
which has all of them, checks each before it measures it.
"""

import dataclasses

import pytest

from benchmarks.apps import NAMES, load_app
from benchmarks.calling import WrongAnswerError, ask, check, cpu_time, started
from benchmarks.cases import BY_NAME, CASES, turns


def is_installed(name):
    try:
        load_app(name)
    except ImportError:
        return False
    return True


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
@pytest.mark.parametrize("name", [name for name in NAMES if is_installed(name)])
async def test_an_app_gives_the_right_answers(name):
    app, cases = load_app(name)
    assert cases
    async with started(app):
        for case in cases:
            await check(app, case, name)


def test_only_the_raw_app_and_peers_lack_a_case():
    _, cases = load_app("fwlab")
    assert cases == list(CASES)
    assert [case.name for case in CASES if case not in load_app("raw")[1]] == ["dependency"]


@pytest.mark.anyio
async def test_a_wrong_answer_is_found():
    app, _ = load_app("fwlab")
    for wrong in ({"answer": b"{}"}, {"media_type": b"text/html"}, {"path": "/nowhere"}):
        with pytest.raises(WrongAnswerError, match="fwlab answers json with"):
            await check(app, dataclasses.replace(BY_NAME["json"], **wrong), "fwlab")


@pytest.mark.anyio
async def test_an_app_that_does_not_start_is_found():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    with pytest.raises(WrongAnswerError, match="startup"):
        async with started(app):
            pass


@pytest.mark.anyio
async def test_each_request_has_a_scope_of_its_own_and_the_body_once():
    seen = []

    async def app(scope, receive, send):
        seen.append("mark" in scope)
        scope["mark"] = True
        assert (await receive())["body"] == BY_NAME["body"].body
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert await cpu_time(app, BY_NAME["body"], 3) >= 0
    assert (await ask(app, BY_NAME["body"])).status == 200
    assert seen == [False] * 4


def test_frameworks_take_turns_case_by_case():
    text, as_json = CASES[:2]
    order = [(name, case.name) for name, case in turns({"a": [text, as_json], "b": [as_json]})]
    assert order == [("a", "text"), ("a", "json"), ("b", "json")]
