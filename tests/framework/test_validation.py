"""What a client is told about a path or a query that does not fit, and in which order: FastAPI's own words."""

import datetime as dt
import enum
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from fwlab import App, Body, Depends, Path, Query

from .refusals import missing, not_an_int, refusal_of


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Burger(BaseModel):
    name: str
    price: float = Field(gt=0)
    sauces: list[str] = []


@pytest.mark.parametrize(
    ("annotation", "query", "errors"),
    [
        (int, "", [missing("query", "x")]),
        (int, "x=", [not_an_int("", "query", "x")]),
        (int, "x=a&x=b", [not_an_int("b", "query", "x")]),
        (
            Annotated[int, Query(ge=1, alias="burger-n")],
            "burger-n=0",
            [
                {
                    "type": "greater_than_equal",
                    "loc": ["query", "burger-n"],
                    "msg": "Input should be greater than or equal to 1",
                    "input": "0",
                    "ctx": {"ge": 1},
                }
            ],
        ),
        (
            bool,
            "x=maybe",
            [
                {
                    "type": "bool_parsing",
                    "loc": ["query", "x"],
                    "msg": "Input should be a valid boolean, unable to interpret input",
                    "input": "maybe",
                }
            ],
        ),
        (
            Size,
            "x=huge",
            [
                {
                    "type": "enum",
                    "loc": ["query", "x"],
                    "msg": "Input should be 'small' or 'large'",
                    "input": "huge",
                    "ctx": {"expected": "'small' or 'large'"},
                }
            ],
        ),
        (
            Annotated[str, Query(pattern="^a")],
            "x=b",
            [
                {
                    "type": "string_pattern_mismatch",
                    "loc": ["query", "x"],
                    "msg": "String should match pattern '^a'",
                    "input": "b",
                    "ctx": {"pattern": "^a"},
                }
            ],
        ),
        (
            int | dt.date,
            "x=a",
            [
                not_an_int("a", "query", "x", "int"),
                {
                    "type": "date_from_datetime_parsing",
                    "loc": ["query", "x", "date"],
                    "msg": "Input should be a valid date or datetime, input is too short",
                    "input": "a",
                    "ctx": {"error": "input is too short"},
                },
            ],
        ),
        (Annotated[list[int], Query()], "x=1&x=a", [not_an_int("a", "query", "x", 1)]),
        (
            Annotated[list[int], Query(max_length=1)],
            "x=1&x=2",
            [
                {
                    "type": "too_long",
                    "loc": ["query", "x"],
                    "msg": "List should have at most 1 item after validation, not 2",
                    "input": ["1", "2"],
                    "ctx": {"field_type": "List", "max_length": 1, "actual_length": 2},
                }
            ],
        ),
        (
            float,
            "x=a%C3%A4%00%E4",
            [
                {
                    "type": "float_parsing",
                    "loc": ["query", "x"],
                    "msg": "Input should be a valid number, unable to parse string as a number",
                    "input": "aä\x00�",
                }
            ],
        ),
    ],
)
def test_a_query_that_does_not_fit(client_of, annotation, query, errors):
    app = App()

    async def handler(x): ...

    handler.__annotations__["x"] = annotation
    app.get("/")(handler)
    assert refusal_of(app, client_of, "GET", f"/?{query}") == errors


def test_a_path_that_does_not_fit(client_of):
    app = App()

    @app.get("/{item}")
    async def handler(n: Annotated[int, Path(alias="item", lt=10)]): ...

    assert refusal_of(app, client_of, "GET", "/a%20b") == [not_an_int("a b", "path", "item")]
    assert refusal_of(app, client_of, "GET", "/10") == [
        {
            "type": "less_than",
            "loc": ["path", "item"],
            "msg": "Input should be less than 10",
            "input": "10",
            "ctx": {"lt": 10},
        }
    ]


def test_every_error_is_told_in_the_order_of_the_dependencies_and_of_path_query_body(client_of):
    app = App()

    def limit(limit: int, page: int = 1):
        return limit

    async def window(size: Annotated[int, Depends(limit)], start: int):
        return start

    @app.post("/{n}/{m}", dependencies=[Depends(window)])
    async def handler(
        q: int,
        n: int,
        burger: Burger,
        m: int,
        r: float,
        cents: Annotated[int, Body()],
    ): ...

    refusal = refusal_of(app, client_of, "POST", "/x/y?q=q&page=p", json={"cents": "c"})
    assert [error["loc"] for error in refusal] == [
        ["query", "limit"],
        ["query", "page"],
        ["query", "start"],
        ["path", "n"],
        ["path", "m"],
        ["query", "q"],
        ["query", "r"],
        ["body", "burger"],
        ["body", "cents"],
    ]


def test_an_error_of_a_shared_dependency_is_told_once(client_of):
    # FastAPI tells it as often as the dependency is asked for.
    app = App()

    def limit(limit: int):
        return limit

    @app.get("/", dependencies=[Depends(limit)])
    async def handler(size: Annotated[int, Depends(limit)]): ...

    assert refusal_of(app, client_of, "GET", "/") == [missing("query", "limit")]
