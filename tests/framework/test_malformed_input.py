"""Whatever a client sends, it is an answer that it gets: never a 500, and never a traceback for the server."""

import datetime as dt
import decimal
import enum
import json
import uuid
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field

from fwlab import App, Body, Depends, Path, Query

from .asgi import body_messages, exchange, http_scope


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


class Order(BaseModel):
    name: Annotated[str, Field(min_length=1, pattern="^[^x]")]
    price: Annotated[float, Field(gt=0)]
    cents: decimal.Decimal = decimal.Decimal(0)
    sauces: set[str] = set()
    seats: dict[int, list[int | None]] = {}
    when: dt.datetime | dt.timedelta | None = None
    id: uuid.UUID | int | None = None
    size: Size = Size.SMALL
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    below: list["Order"] = []
    anything: Any = None


def not_seven(value: int) -> int:
    if value == 7:
        raise ValueError("not seven, please")
    return value


def everything():
    """An app that takes something of every kind and sends back what it took, where JSON can say it."""
    app = App()

    async def window(limit: Annotated[int, Query(ge=0, le=100)] = 10, start: dt.date | None = None):
        return [limit, start]

    @app.get("/query")
    async def from_query(
        window: Annotated[list, Depends(window)],
        a: Annotated[int, AfterValidator(not_seven)] = 0,
        b: float = 0,
        c: bool | None = None,
        d: decimal.Decimal | dt.time | None = None,
        e: Annotated[list[Size], Query()] = [],  # noqa: B006
        f: Annotated[set[uuid.UUID] | None, Query(max_length=2)] = None,
        g: bytes = b"",
        h: Annotated[str, Query(pattern="^(a|b)*$")] = "",
        i: Literal["1", "2"] | int | None = None,
    ):
        return [window, a, b, c, d, e, f, h, i]

    @app.get("/path/{n}/{rest:path}")
    async def from_path(n: dt.datetime | int, rest: str):
        return [n, rest]

    @app.get("/number/{n:int}/{x:float}")
    async def converted(n: Annotated[int, Path(lt=1000)], x: float):
        return [n, x]

    @app.post("/order")
    async def order(order: Order):
        return order

    @app.post("/checked")
    async def checked(orders: list[Order]) -> list[Order]:
        return orders

    @app.post("/any")
    async def anything(x: Annotated[Any, Body()]):
        return type(x).__name__ if isinstance(x, bytes) else x

    @app.post("/optional")
    async def optional(x: Annotated[dict[str, Any] | list[int] | None, Body()] = None):
        return x

    @app.post("/several")
    async def several(order: Order, n: Annotated[int, Body()], pet: Cat | Dog | None = None, q: int = 0):
        return [order, n, pet, q]

    @app.post("/embedded")
    async def embedded(x: Annotated[int | str | None, Body(embed=True)] = None):
        return x

    return app


APP = everything()
POSTS = ["/order", "/checked", "/any", "/optional", "/several", "/embedded"]
GETS = ["/query", "/path/5/a", "/number/5/1.5"]
ORDER = {"name": "Plain", "price": 2.5, "seats": {"1": [1, None]}, "pet": {"kind": "cat", "lives": 9}}


def ask(*args, messages=None, **options):
    """Ask the app once. None of its handlers waits for anything, so no event loop is needed."""
    request = exchange(APP, http_scope(*args, **options), messages)
    with pytest.raises(StopIteration) as finished:
        request.send(None)
    start, body = finished.value.value
    return start["status"], dict(start["headers"]), body["body"]


def assert_is_an_answer(status, headers, body):
    assert status in (200, 307, 400, 404, 405, 422)
    if status == 307:
        assert headers[b"location"].startswith((b"/", b"http://127.0.0.1:2/"))
        return
    assert headers[b"content-type"] == b"application/json"
    answer = json.loads(body)
    if status == 422:
        assert all({"type", "loc", "msg", "input"} <= error.keys() for error in answer["detail"])
        assert answer["detail"]
    elif status != 200:
        assert isinstance(answer["detail"], str)


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "i", "limit", "start", "%61"])
VALUES = st.one_of(
    st.binary(max_size=8),
    st.integers().map(lambda n: str(n).encode()),
    st.sampled_from(
        [
            b"",
            b"7",
            b"small",
            b"nan",
            b"-inf",
            b"1e999",
            b"9" * 4400,
            b"%00",
            b"%",
            b"%zz",
            b"+",
            b"2026-02-30",
            b"true",
        ]
    ),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES).map(lambda pair: pair[0].encode() + b"=" + pair[1]))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(), PAIRS.map(b"&".join)))
@example(b"a=" + b"9" * 5000)
@example(b"d=" + b"9" * 4301)
@example(b"d=1e999999999")
def test_any_query(query):
    assert_is_an_answer(*ask("GET", "/query", query=query))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*GETS, *POSTS, "/openapi.json", ""]), st.text(), st.text(), st.text(min_size=1))
@example("/number/", "9" * 5000, "/1", "GET")
@example("/number/1", "/", "9" * 5000, "GET")
@example("/path/", "9" * 5000, "/x", "GET")
def test_any_path_and_method(begin, middle, end, method):
    for verb in ("GET", method):
        assert_is_an_answer(*ask(verb, begin + middle + end))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)  # lone surrogates, too
    | st.sampled_from(["small", "cat", "2026-11-24", "P1D", "1", str(uuid.UUID(int=1))]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*Order.model_fields, "order", "n", "pet", "x", "kind", "lives"]), inner)
        | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=2)
    ),
    max_leaves=12,
)


@st.composite
def nearly_right(draw):
    """What fits, but for a few values."""
    order = ORDER | draw(st.dictionaries(st.sampled_from(list(Order.model_fields)), JSON, max_size=3))
    return draw(st.sampled_from([order, [order], {"order": order, "n": 1}, {"order": ORDER, "n": draw(JSON)}]))


BODIES = st.one_of(
    st.one_of(JSON, nearly_right()).map(lambda value: json.dumps(value).encode()),
    nearly_right().map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
    st.tuples(nearly_right(), st.integers(0, 80)).map(lambda pair: json.dumps(pair[0]).encode()[: pair[1]]),
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(POSTS), BODIES)
@example("/any", b'"\\ud800"')
@example("/any", b'{"\\ud800": 1}')
@example("/any", b"[" * 400 + b"]" * 400)
@example("/optional", b'{"a":' * 400 + b"1" + b"}" * 400)
@example("/any", b"[" * 100_000)
@example("/order", b'{"anything":' + b"[" * 199 + b"]" * 199 + b"}")
@example("/order", b"[" * 199 + b"]" * 199)
@example("/any", b"[" * 200 + b"]" * 200)
@example("/any", b"9" * 4300)
@example("/any", b"-" + b"9" * 5000)
@example("/any", b"1e400")
@example("/embedded", b'{"x": {}}')
@example("/order", b'{"pet": {"kind": "\\ud800"}}')
@example("/order", b"\xef\xbb\xbf{}")
def test_any_json_body(path, body):
    assert_is_an_answer(
        *ask("POST", path, headers=[(b"content-type", b"application/json")], messages=body_messages(body))
    )


TYPES = st.one_of(
    st.sampled_from(
        [b"text/plain", b"application/json", b"application/x+json;", b"multipart/form-data", b"", b";", b"/"]
    ),
    st.binary(max_size=20),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(POSTS), TYPES, st.one_of(st.binary(), BODIES), st.lists(st.tuples(st.binary(), st.binary())))
def test_any_headers_and_body(path, content_type, body, headers):
    messages = body_messages(body[:3], body[3:])
    assert_is_an_answer(*ask("POST", path, headers=[*headers, (b"content-type", content_type)], messages=messages))
