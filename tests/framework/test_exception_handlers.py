"""How an exception becomes a response."""

import json

import pytest
from pydantic_core import PydanticCustomError, ValidationError

from fwlab import App, HTTPException
from fwlab.exception_handlers import answer
from fwlab.exceptions import RequestValidationError

from .asgi import exchange, http_scope


async def answered(error):
    """What the client gets for an exception, by the function that an application would be."""

    async def app(scope, receive, send):
        await answer(error, {**scope, "app": App()}, receive, send)

    start, body = await exchange(app, http_scope())
    return start["status"], dict(start["headers"]), body["body"]


@pytest.mark.anyio
@pytest.mark.parametrize("detail", ["no such burger", {"a": [1, None]}, None, ""])
async def test_an_http_exception(detail):
    status, headers, body = await answered(HTTPException(404, detail, {"X-A": "b"}))
    assert (status, headers[b"x-a"], headers[b"content-type"]) == (404, b"b", b"application/json")
    assert json.loads(body) == {"detail": "Not Found" if detail is None else detail}


@pytest.mark.anyio
@pytest.mark.parametrize("status_code", [204, 304])
async def test_an_http_exception_whose_status_allows_no_body(status_code):
    assert await answered(HTTPException(status_code, "x", {"etag": "y"})) == (status_code, {b"etag": b"y"}, b"")


@pytest.mark.anyio
async def test_a_content_type_of_one_s_own():
    _, headers, _ = await answered(HTTPException(400, "x", {"content-type": "application/problem+json"}))
    assert headers[b"content-type"] == b"application/problem+json"


async def refusal(**parts):
    error = {"type": "t", "loc": ("body", "x", 1), "msg": "m", "input": None} | parts
    status, headers, body = await answered(RequestValidationError([error]))
    assert (status, headers[b"content-type"]) == (422, b"application/json")
    [detail] = json.loads(body)["detail"]
    return detail


@pytest.mark.anyio
async def test_a_request_validation_error():
    assert await refusal(input={"a": (1, b"b", float("nan"))}) == {
        "type": "t",
        "loc": ["body", "x", 1],
        "msg": "m",
        "input": {"a": [1, "b", None]},
    }


@pytest.mark.anyio
async def test_the_context_of_an_error_is_what_json_can_say_of_it():
    class Detailed(ValueError):
        def __init__(self):
            self.hint = "turn it round"

    context = {"error": ValueError("m"), "detailed": Detailed(), "limit": 3}
    assert (await refusal(ctx=context))["ctx"] == {
        "error": {},
        "detailed": {"hint": "turn it round"},
        "limit": 3,
    }


@pytest.mark.anyio
async def test_bytes_that_are_no_text_are_left_out():
    assert (await refusal(input=b"\xff"))["input"] is None
    assert (await refusal(input=b"a"))["input"] == "a"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        # Not the request's, but of a validation that the app itself does.
        ValidationError.from_exception_data("t", [{"type": PydanticCustomError("t", "m"), "input": 1}]),
    ],
)
async def test_anything_else_is_a_mistake_of_the_app(error):
    sent = []

    async def send(message):
        sent.append(message)

    with pytest.raises(type(error)) as raised:
        await answer(error, {**http_scope(), "app": App()}, None, send)
    assert raised.value is error
    assert (sent[0]["status"], sent[1]["body"]) == (500, b"Internal Server Error")
