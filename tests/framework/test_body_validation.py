"""What a client is told about a body that does not fit, or is no JSON: FastAPI's own words, where it has some."""

import datetime as dt
import enum
import uuid
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from fwlab import App, Body

from .refusals import missing, not_a_model, not_an_int, refusal_of

JSON = {"content-type": "application/json"}
PLAIN = {"name": "Plain", "price": 2.5}


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Burger(BaseModel):
    name: str
    price: float = Field(gt=0)
    sauces: list[str] = []


class Guest(BaseModel):
    id: int

    @field_validator("id")
    @classmethod
    def even(cls, value):
        if value % 2:
            raise ValueError("must be even")
        return value


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    guest: Guest
    burgers: list[Burger] = []
    by_seat: dict[int, Guest] = {}
    size: Size = Size.SMALL
    kind: Literal["here", "to go"] = "here"
    when: dt.datetime | None = None
    id: uuid.UUID | None = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]


@pytest.mark.parametrize(
    ("annotation", "sent", "errors"),
    [
        (Burger, {}, [missing("body", "name", value={}), missing("body", "price", value={})]),
        (
            Burger,
            {"name": 1, "price": 0},
            [
                {"type": "string_type", "loc": ["body", "name"], "msg": "Input should be a valid string", "input": 1},
                {
                    "type": "greater_than",
                    "loc": ["body", "price"],
                    "msg": "Input should be greater than 0",
                    "input": 0,
                    "ctx": {"gt": 0.0},
                },
            ],
        ),
        (Burger, [], [not_a_model([], "body")]),
        (Burger, 3, [not_a_model(3, "body")]),
        (
            Order,
            {
                "guest": {"id": 3},
                "burgers": [PLAIN, 3],
                "by_seat": {"1": {}},
                "size": "huge",
                "kind": "away",
                "when": "soon",
                "id": "x",
                "tip": 1,
            },
            [
                {
                    "type": "value_error",
                    "loc": ["body", "guest", "id"],
                    "msg": "Value error, must be even",
                    "input": 3,
                    "ctx": {"error": {}},
                },
                not_a_model(3, "body", "burgers", 1),
                missing("body", "by_seat", "1", "id", value={}),
                {
                    "type": "enum",
                    "loc": ["body", "size"],
                    "msg": "Input should be 'small' or 'large'",
                    "input": "huge",
                    "ctx": {"expected": "'small' or 'large'"},
                },
                {
                    "type": "literal_error",
                    "loc": ["body", "kind"],
                    "msg": "Input should be 'here' or 'to go'",
                    "input": "away",
                    "ctx": {"expected": "'here' or 'to go'"},
                },
                {
                    "type": "datetime_from_date_parsing",
                    "loc": ["body", "when"],
                    "msg": "Input should be a valid datetime or date, input is too short",
                    "input": "soon",
                    "ctx": {"error": "input is too short"},
                },
                {
                    "type": "uuid_parsing",
                    "loc": ["body", "id"],
                    "msg": "Input should be a valid UUID, invalid character: found `x` at 0",
                    "input": "x",
                    "ctx": {"error": "invalid character: found `x` at 0"},
                },
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "tip"],
                    "msg": "Extra inputs are not permitted",
                    "input": 1,
                },
            ],
        ),
        (
            Annotated[Cat | Dog, Body(discriminator="kind")],
            {"kind": "fox"},
            [
                {
                    "type": "union_tag_invalid",
                    "loc": ["body"],
                    "msg": "Input tag 'fox' found using 'kind' does not match any of the expected tags: 'cat', 'dog'",
                    "input": {"kind": "fox"},
                    "ctx": {"discriminator": "'kind'", "tag": "fox", "expected_tags": "'cat', 'dog'"},
                }
            ],
        ),
        (
            Annotated[Cat | Dog, Body(discriminator="kind")],
            {"kind": "cat"},
            [missing("body", "cat", "lives", value={"kind": "cat"})],
        ),
        (list[Burger], [PLAIN, {"price": 1}], [missing("body", 1, "name", value={"price": 1})]),
        (
            list[Burger],
            PLAIN,
            [{"type": "list_type", "loc": ["body"], "msg": "Input should be a valid list", "input": PLAIN}],
        ),
        (dict[str, int], {"a": "b"}, [not_an_int("b", "body", "a")]),
        (
            Annotated[int, Body()],
            3.5,
            [
                {
                    "type": "int_from_float",
                    "loc": ["body"],
                    "msg": "Input should be a valid integer, got a number with a fractional part",
                    "input": 3.5,
                }
            ],
        ),
        (Annotated[Burger, Body(embed=True)], PLAIN, [missing("body", "x")]),
        (Annotated[int, Body(embed=True, alias="ex")], {"ex": "a"}, [not_an_int("a", "body", "ex")]),
    ],
)
def test_a_body_that_does_not_fit(client_of, annotation, sent, errors):
    app = App()

    async def handler(x): ...

    handler.__annotations__["x"] = annotation
    app.post("/")(handler)
    assert refusal_of(app, client_of, "POST", "/", json=sent) == errors


def one_burger():
    app = App()

    @app.post("/")
    async def handler(burger: Burger):
        return burger

    return app


def test_null_is_not_a_missing_body(client_of):
    refusal = refusal_of(one_burger(), client_of, "POST", "/", content=b"null", headers=JSON)
    assert refusal == [not_a_model(None, "body")]


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_missing_body(client_of, headers):
    assert refusal_of(one_burger(), client_of, "POST", "/", headers=headers) == [missing("body")]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", ";", ""])
def test_a_body_that_is_not_declared_as_json(client_of, content_type):
    options = {"content": '{"name": "ä"}', "headers": {"content-type": content_type}}
    assert refusal_of(one_burger(), client_of, "POST", "/", **options) == [not_a_model('{"name": "ä"}', "body")]


def test_a_body_without_a_content_type(client_of):
    assert refusal_of(one_burger(), client_of, "POST", "/", content="{}") == [not_a_model("{}", "body")]


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/vnd.burger+json", "Application/JSON"]
)
def test_other_names_of_json(client_of, content_type):
    response = client_of(one_burger()).post("/", json=PLAIN, headers={"content-type": content_type})
    assert response.json() == PLAIN | {"sauces": []}


@pytest.mark.parametrize(
    ("content", "position", "reason"),
    [
        (b"{", 1, "Expecting property name enclosed in double quotes"),
        (b'{"name": "a"', 12, "Expecting ',' delimiter"),
        (b"[1 2]", 3, "Expecting ',' delimiter"),
        (b"'a'", 0, "Expecting value"),
        (b'{"name": 1} x', 12, "Extra data"),
        (b'"a\nb"', 2, "Invalid control character at"),
    ],
)
def test_a_body_that_is_no_json(client_of, content, position, reason):
    assert refusal_of(one_burger(), client_of, "POST", "/", content=content, headers=JSON) == [
        {
            "type": "json_invalid",
            "loc": ["body", position],
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": reason},
        }
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b'"\xff"',
        b"[" * 100_000,
        b"[" * 250 + b"]" * 250,
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"1" * 5000,
    ],
    ids=["no UTF-8", "no UTF-8 in a string", "too deep", "deep", "surrogate", "surrogate key", "long number"],
)
def test_a_body_that_cannot_be_decoded(client_of, content):
    response = client_of(one_burger()).post("/", content=content, headers=JSON)
    assert (response.status_code, response.json()) == (400, {"detail": "There was an error parsing the body"})


def test_bytes_that_are_no_text_are_not_sent_back(client_of):
    options = {"content": b"\xff\x00", "headers": {"content-type": "image/png"}}
    assert refusal_of(one_burger(), client_of, "POST", "/", **options) == [not_a_model(None, "body")]


def test_numbers_that_json_lacks_are_null_in_the_answer(client_of):
    body = b'{"name": NaN, "price": Infinity}'
    [error] = refusal_of(one_burger(), client_of, "POST", "/", content=body, headers=JSON)
    assert (error["loc"], error["input"]) == (["body", "name"], None)


@pytest.mark.parametrize("content", [b"[]", b"3", b"null", b'"text"'])
def test_an_embedded_body_that_is_no_object_lacks_every_key(client_of, content):
    app = App()

    @app.put("/")
    async def handler(a: Annotated[int, Body()], b: Annotated[int, Body(alias="bee")] = 2): ...

    refusal = refusal_of(app, client_of, "PUT", "/", content=content, headers=JSON)
    assert refusal == [missing("body", "a"), missing("body", "bee")]


def test_a_strict_model_takes_from_json_what_json_can_say(client_of):
    # FastAPI validates what Python's parser made of the body, so it refuses every date in a strict model.
    class Reservation(BaseModel):
        model_config = ConfigDict(strict=True)
        day: dt.date
        seats: int

    app = App()

    @app.post("/")
    async def handler(reservation: Reservation):
        return reservation

    client = client_of(app)
    assert client.post("/", json={"day": "2026-11-24", "seats": 2}).json() == {"day": "2026-11-24", "seats": 2}
    assert client.post("/", json={"day": "2026-11-24", "seats": "2"}).status_code == 422
