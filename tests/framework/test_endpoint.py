"""A path operation from its request to its response: where it runs, what the client gets, what may go wrong."""

import dataclasses
import datetime as dt
import threading
from typing import Annotated, Any

import anyio
import anyio.to_thread
import pytest
from pydantic import BaseModel, ConfigDict, Field

from fwlab import App, Depends, FwlabError, Response
from fwlab.exceptions import ResponseValidationError
from fwlab.responses import JSONResponse

from .asgi import exchange, http_scope


class Burger(BaseModel):
    name: str
    price: float = Field(gt=0)


class SecretBurger(Burger):
    recipe: str = "secret"


class Named(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class Aliased(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    size: int = Field(alias="burgerSize")


@dataclasses.dataclass
class Table:
    number: int


class Record:
    """What an object-relational mapper gives: attributes."""

    def __init__(self):
        self.name = "Plain"
        self.owner = "x"


def answers(result, **options):
    """An app whose only handler returns ``result``."""
    app = App()

    @app.get("/", **options)
    async def handler():
        return result

    return app


# Where it runs


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_each_verb_with_each_kind_of_handler(client_of, verb):
    app = App()

    @getattr(app, verb)("/async/{n}")
    async def on_the_loop(n: int, size: int = 1):
        return {"n": n, "size": size}

    @getattr(app, verb)("/def/{n}")
    def in_a_thread(n: int, size: int = 1):
        return {"n": n, "size": size}

    client = client_of(app)
    for kind in ("async", "def"):
        response = client.request(verb.upper(), f"/{kind}/3?size=2")
        assert (response.status_code, response.json()) == (200, {"n": 3, "size": 2})
        assert response.headers["content-type"] == "application/json"
        assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.anyio
async def test_async_functions_run_on_the_loop_and_others_in_worker_threads():
    app = App()
    threads = {}

    def note(name):
        threads[name] = threading.get_ident()

    async def async_dependency():
        note("async dependency")

    def dependency():
        note("dependency")

    needs = [Depends(async_dependency), Depends(dependency)]

    @app.get("/async", dependencies=needs)
    async def on_the_loop():
        note("async handler")

    @app.get("/def", dependencies=needs)
    def in_a_thread():
        note("handler")

    for path in ("/async", "/def"):
        await exchange(app, http_scope(path=path))
        here = threading.get_ident()
        assert threads.pop("async dependency") == here
        assert threads.pop("dependency") != here
    assert threads.pop("async handler") == here
    assert threads.pop("handler") != here


@pytest.mark.anyio
async def test_at_most_forty_functions_block_at_once():
    app = App()
    release = threading.Event()
    inside = []

    @app.get("/")
    def block():
        inside.append(threading.get_ident())
        release.wait()

    tokens = anyio.to_thread.current_default_thread_limiter()
    async with anyio.create_task_group() as requests:
        for _ in range(41):
            requests.start_soon(exchange, app, http_scope())
        try:
            with anyio.fail_after(30):  # only ends a test that would hang
                while len(inside) < 40 or tokens.statistics().tasks_waiting < 1:
                    await anyio.sleep(0.001)
            statistics = tokens.statistics()
            assert (statistics.borrowed_tokens, statistics.tasks_waiting) == (40, 1)
            assert len(set(inside)) == len(inside) == 40
        finally:
            release.set()
    assert len(inside) == 41
    assert tokens.statistics().borrowed_tokens == 0


# What the client gets


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (None, "null"),
        ({"a": [1, None, True, "ä"]}, '{"a":[1,null,true,"ä"]}'),
        ([Table(1)], '[{"number":1}]'),
        (SecretBurger(name="a", price=1), '{"name":"a","price":1.0,"recipe":"secret"}'),
        (Aliased(size=2), '{"burgerSize":2}'),
        ((1, 2), "[1,2]"),
        (dt.date(2026, 11, 24), '"2026-11-24"'),
    ],
)
def test_a_result_without_a_model_is_sent_as_it_is(client_of, result, text):
    response = client_of(answers(result)).get("/")
    assert (response.status_code, response.text) == (200, text)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("model", "result", "sent"),
    [
        (Burger, {"name": "a", "price": "2", "owner": "x"}, {"name": "a", "price": 2.0}),
        (Burger, SecretBurger(name="a", price=1), {"name": "a", "price": 1.0}),
        (list[Burger], [SecretBurger(name="a", price=1)], [{"name": "a", "price": 1.0}]),
        (dict[str, Burger], {"k": SecretBurger(name="a", price=1)}, {"k": {"name": "a", "price": 1.0}}),
        (Named, Record(), {"name": "Plain"}),
        (Burger | None, None, None),
        (Burger | Named, {"name": "a"}, {"name": "a"}),
        (Table, {"number": 1}, {"number": 1}),
        (Aliased, Aliased(size=2), {"burgerSize": 2}),
        (int, "5", 5),
        (Any, {"name": "a", "owner": "x"}, {"name": "a", "owner": "x"}),
        (None, SecretBurger(name="a", price=1), {"name": "a", "price": 1.0, "recipe": "secret"}),
    ],
)
@pytest.mark.parametrize("style", ["response_model", "return annotation"])
def test_a_model_filters_and_converts_the_result(client_of, style, model, result, sent):
    app = App()

    async def handler():
        return result

    if style == "response_model":
        app.get("/", response_model=model)(handler)
    else:
        handler.__annotations__["return"] = model
        app.get("/")(handler)
    assert client_of(app).get("/").json() == sent


def test_a_response_model_goes_before_the_return_annotation(client_of):
    app = App()

    @app.get("/none", response_model=None)
    async def as_it_is() -> Burger:
        return SecretBurger(name="a", price=1)

    @app.get("/other", response_model=Named)
    async def other() -> Burger:
        return SecretBurger(name="a", price=1)

    client = client_of(app)
    assert client.get("/none").json() == {"name": "a", "price": 1.0, "recipe": "secret"}
    assert client.get("/other").json() == {"name": "a"}


def test_a_result_that_the_model_does_not_allow_is_a_mistake_of_the_app(client_of):
    app = answers([{"name": "a", "price": 1}, {"name": "a", "price": 0}], response_model=list[Burger])
    response = client_of(app, raise_server_exceptions=False).get("/")
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    with pytest.raises(ResponseValidationError) as raised:
        client_of(app).get("/")
    assert str(raised.value) == (
        "handler 'handler' of GET / returned what its response model does not allow; 1 validation error:\n"
        "  ('response', 1, 'price'): Input should be greater than 0"
    )
    assert raised.value.handler == "handler 'handler' of GET /"
    assert [error["type"] for error in raised.value.errors()] == ["greater_than"]


def test_a_result_that_cannot_be_written_names_its_handler(client_of):
    for options in ({}, {"response_model": Any}):
        with pytest.raises(FwlabError, match=r"^dict cannot be written as JSON: ") as raised:
            client_of(answers({"a": object()}, **options)).get("/")
        assert raised.value.__notes__ == ["It is in what handler 'handler' of GET / returned."]


@pytest.mark.parametrize("options", [{}, {"response_model": int}])
def test_a_forgotten_await_is_named(client_of, options):
    async def price():
        return 1

    app = App()

    @app.get("/", **options)
    async def handler():
        return price()

    with pytest.raises(FwlabError, match=r"price\(\) was called but not awaited; write `await` before the call\."):
        client_of(app).get("/")


@pytest.mark.parametrize("status_code", [200, 201, 404])
def test_the_status_of_a_result(client_of, status_code):
    response = client_of(answers({"a": 1}, status_code=status_code)).get("/")
    assert (response.status_code, response.json()) == (status_code, {"a": 1})


@pytest.mark.anyio
@pytest.mark.parametrize("status_code", [204, 205, 304])
async def test_a_status_without_a_body(status_code):
    start, body = await exchange(answers({"a": 1}, status_code=status_code), http_scope())
    assert start == {"type": "http.response.start", "status": status_code, "headers": []}
    assert body == {"type": "http.response.body", "body": b""}


def test_a_response_is_sent_as_it_is(client_of):
    response = Response("no", 202, {"x-a": "b"}, "text/plain")
    got = client_of(answers(response, status_code=201, response_model=Burger)).get("/")
    assert (got.status_code, got.text, got.headers["x-a"]) == (202, "no", "b")


def test_a_response_as_return_annotation_is_no_model(client_of):
    app = App()

    @app.get("/")
    def handler() -> JSONResponse:
        return JSONResponse([1], 418)

    assert client_of(app).get("/").status_code == 418
    assert app.openapi()["paths"]["/"]["get"]["responses"]["200"]["content"] == {"application/json": {"schema": {}}}


# The plan itself


def test_a_plan_lists_its_steps_and_its_inputs():
    async def table(seat: int):
        return seat // 4

    def handler(burger: Burger, table: Annotated[int, Depends(table)], n: int): ...

    app = App()
    app.post("/{n}")(handler)
    plan = app.plan(handler)
    assert [(step.name, step.lane) for step in plan.steps] == [("table", "loop"), ("handler", "thread")]
    assert [item.argument for item in plan.inputs] == ["n", "burger", "seat"]
