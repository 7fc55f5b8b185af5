"""Header and Cookie: what of the request's headers arrives in which argument."""

import datetime as dt
from typing import Annotated, Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwlab import App, Cookie, Header

from .asgi import exchange, http_scope
from .refusals import missing, not_an_int, refusal_of


def echo(annotation, default=...):
    """An app whose handler returns its one argument, ``x_tag``."""
    app = App()

    async def handler(x_tag):
        return x_tag

    handler.__annotations__["x_tag"] = annotation
    if default is not ...:
        handler.__defaults__ = (default,)
    app.get("/")(handler)
    return app


@pytest.mark.parametrize(
    ("annotation", "headers", "value"),
    [
        (Annotated[str, Header()], [("X-Tag", "a")], "a"),
        (Annotated[str, Header()], [("x-tag", "a"), ("x-tag", "b")], "a"),  # the first counts, as in FastAPI
        (Annotated[int, Header()], [("X-TAG", "5")], 5),
        (Annotated[dt.date, Header()], [("x-tag", "2026-11-24")], "2026-11-24"),
        (Annotated[list[str], Header()], [("x-tag", "a"), ("x-other", "c"), ("x-tag", "b")], ["a", "b"]),
        (Annotated[list[int] | None, Header()], [("x-tag", "1")], [1]),
        (Annotated[str, Header(convert_underscores=False)], [("x_tag", "a"), ("x-tag", "b")], "a"),
        (Annotated[str, Header(alias="Burger_Size")], [("burger_size", "a"), ("x-tag", "b")], "a"),
        (Annotated[str, Header(validation_alias="Size")], [("size", "a")], "a"),
    ],
)
def test_a_header(client_of, annotation, headers, value):
    response = client_of(echo(annotation)).get("/", headers=headers)
    assert (response.status_code, response.json()) == (200, value)


@pytest.mark.parametrize(
    ("annotation", "default", "value"),
    [
        (Annotated[str | None, Header()], None, None),
        (Annotated[list[str], Header()], ["a"], ["a"]),
        (int, Header(5), 5),
        (Annotated[str | None, Cookie()], None, None),
        (int, Cookie(5), 5),
        (int, Cookie(default_factory=lambda: 6), 6),
    ],
)
def test_what_is_not_there_has_its_default(client_of, annotation, default, value):
    assert client_of(echo(annotation, default)).get("/").json() == value


def test_a_header_that_is_missing_or_wrong_is_named_as_it_is_sent(client_of):
    app = echo(Annotated[int, Header()])
    assert refusal_of(app, client_of, "GET", "/") == [missing("header", "x-tag")]
    refused = refusal_of(app, client_of, "GET", "/", headers={"X-Tag": "a"})
    assert refused == [not_an_int("a", "header", "x-tag")]


@pytest.mark.parametrize(
    ("annotation", "cookies", "value"),
    [
        (Annotated[str, Cookie()], "x_tag=a", "a"),
        (Annotated[int, Cookie()], "other=1; x_tag=5", 5),
        (Annotated[str, Cookie()], "x_tag=a; x_tag=b", "b"),
        (Annotated[str, Cookie(alias="Tag")], "tag=a; Tag=b", "b"),  # names of cookies have a case
        (Annotated[str, Cookie()], 'x_tag="a\\"b"', 'a"b'),
        (Annotated[str, Cookie()], "x_tag=a=b", "a=b"),
        (Annotated[str, Cookie()], "x_tag=", ""),
    ],
)
def test_a_cookie(client_of, annotation, cookies, value):
    assert client_of(echo(annotation)).get("/", headers={"cookie": cookies}).json() == value


def test_a_cookie_that_is_missing_or_wrong(client_of):
    app = echo(Annotated[int, Cookie()])
    assert refusal_of(app, client_of, "GET", "/") == [missing("cookie", "x_tag")]
    refused = refusal_of(app, client_of, "GET", "/", headers={"cookie": "x_tag=a"})
    assert refused == [not_an_int("a", "cookie", "x_tag")]


@pytest.mark.anyio
async def test_cookies_may_come_in_several_headers():
    headers = [(b"cookie", b"x_tag=a"), (b"cookie", b"b=c")]
    sent = await exchange(echo(Annotated[str, Cookie()]), http_scope(headers=headers))
    assert sent[1]["body"] == b'"a"'


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=30), st.sampled_from([str, int, bytes, Any]))
def test_whatever_bytes_a_header_holds_there_is_an_answer(value, annotation):
    for marker, header in ((Header, (b"x-tag", value)), (Cookie, (b"cookie", b"x_tag=" + value))):
        start, _ = anyio.run(exchange, echo(Annotated[annotation, marker()]), http_scope(headers=[header]))
        assert start["status"] in (200, 422)
