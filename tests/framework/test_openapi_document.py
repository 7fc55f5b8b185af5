"""The description of an app, word for word as FastAPI 0.165 writes it of the same app."""

import dataclasses
import datetime as dt
import enum
import json
import uuid
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from fwlab import App, Body, Depends, Path, Query, Response
from fwlab.openapi.document import get_openapi


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Burger(BaseModel):
    """What the kitchen makes."""

    name: str = Field(min_length=1, description="as on the menu")
    price: float = Field(gt=0.5)
    size: Size = Size.SMALL
    note: str | None = None


class Made(Burger):
    id: uuid.UUID
    when: dt.datetime


class Node(BaseModel):
    value: int
    below: list["Node"] = []


@dataclasses.dataclass
class Table:
    number: int


def page(limit: Annotated[int, Query(ge=1, description="how many")] = 10, q: str | None = None): ...


def mid_sized():
    app = App(title="Burgers", summary="A kitchen", description="All about *burgers*", version="1.2")

    @app.get("/burgers", tags=["burgers", "menu"], response_model=list[Made])
    async def list_burgers(page: Annotated[None, Depends(page)], size: Size | None = None):
        """Every burger.

        The second paragraph.
        \f
        Not for the documentation.
        """

    @app.post("/burgers", status_code=201, response_description="Fresh", summary="Order", operation_id="order")
    async def create(burger: Burger) -> Made: ...

    @app.get("/burgers/{burger_id}/{part:path}")
    async def part_of(
        part: str,
        burger_id: Annotated[int, Path(ge=1, title="The number", description="on the menu", examples=[7])],
        tags: Annotated[list[str], Query(alias="tag", max_length=3, deprecated=True)] = [],  # noqa: B006
        kind: Literal["a", "b"] = "a",
        secret: Annotated[int, Query(include_in_schema=False)] = 0,
        day: dt.date = dt.date(2026, 11, 24),
    ) -> Burger | None: ...

    @app.put("/burgers/{burger_id}", deprecated=True, description="Replaces it.")
    async def replace(
        burger_id: int,
        burger: Burger,
        table: Table | None,
        cents: Annotated[int, Body(gt=0, alias="tip-cents", description="a tip")],
        tree: Node | None = None,
    ) -> dict[str, Any]: ...

    @app.patch("/burgers/{burger_id}")
    async def embedded(burger_id: int, burger: Annotated[Burger, Body(embed=True)]) -> Response: ...

    @app.delete("/burgers/{burger_id}", status_code=204)
    async def delete(burger_id: int) -> None: ...

    @app.post("/raw")
    async def raw(data: Annotated[bytes, Body(title="Bytes")], note: Annotated[str, Query(min_length=2)] = "none"):
        return data

    @app.post("/optional")
    async def optional(burgers: Annotated[list[Burger] | None, Body(description="several")] = None) -> int: ...

    @app.get("/hidden", include_in_schema=False)
    async def hidden(): ...

    @app.get("/plain")
    async def plain(): ...

    return app


def test_a_mid_sized_app_is_described_as_fastapi_describes_it(client_of):
    expected = json.loads(FilePath(__file__).with_name("mid_sized_app.openapi.json").read_text())
    app = mid_sized()
    assert app.openapi() == expected
    assert client_of(app).get("/openapi.json").json() == expected


def operation_of(app, path="/", method="get"):
    return app.openapi()["paths"][path][method]


def test_an_app_without_operations():
    assert App().openapi() == {"openapi": "3.1.0", "info": {"title": "FastAPI", "version": "0.1.0"}, "paths": {}}


def test_of_a_parameter_that_several_take_one_is_described_and_a_required_one_first():
    def described(q: Annotated[str, Query(description="of the dependency")] = "", limit: int = 10): ...

    app = App()

    @app.get("/")
    async def handler(d: Annotated[None, Depends(described)], limit: int, q: str = "x"): ...

    limit, q = operation_of(app)["parameters"]
    assert (limit["name"], limit["required"]) == ("limit", True)
    assert (q["name"], q["description"], q["schema"]["default"]) == ("q", "of the dependency", "")


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[int, Query(title="Number", description="How many.")],
        Annotated[int, Query(), Field(title="Number", description="How many.")],
        Annotated[int, Field(title="Number", description="How many.")],
    ],
)
def test_what_is_said_of_a_parameter_may_stand_in_its_marker_or_in_pydantic_s(annotation):
    app = App()

    @app.get("/")
    async def handler(n: annotation = 1): ...

    [described] = app.openapi()["paths"]["/"]["get"]["parameters"]
    assert described["description"] == "How many."
    assert (described["schema"]["title"], described["schema"]["description"]) == ("Number", "How many.")


def test_a_body_that_a_dependency_shares_is_described_once():
    def reads(burger: Burger): ...

    app = App()

    @app.post("/", dependencies=[Depends(reads)])
    async def handler(burger: Burger): ...

    body = operation_of(app, method="post")["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Burger"}


def test_arguments_of_one_name_and_two_aliases_are_two_keys_of_the_body():
    def reads(x: Annotated[int, Body(alias="first")]): ...

    app = App()

    @app.post("/", dependencies=[Depends(reads)])
    async def handler(x: Annotated[str, Body(alias="second-one")]): ...

    schema = app.openapi()["components"]["schemas"]["Body_handler__post"]
    assert schema["properties"] == {
        "second-one": {"type": "string", "title": "Second-One"},
        "first": {"type": "integer", "title": "First"},
    }
    assert schema["required"] == ["second-one", "first"]


def test_two_models_of_one_name_are_told_apart():
    def burger_of(another):
        class Burger(BaseModel):
            name: another

        return Burger

    one, two = burger_of(int), burger_of(str)
    two.__module__ = "another.module"
    app = App()
    app.get("/one", response_model=one)(lambda: None)
    app.get("/two", response_model=two)(lambda: None)
    assert len(app.openapi()["components"]["schemas"]) == 2


def test_two_operations_that_would_have_the_same_id_keep_their_bodies():
    app = App()

    for path, model in (("/a-b", Burger), ("/a_b", Table)):

        async def handler(one: model, two: Annotated[int, Body()]): ...

        app.post(path)(handler)
    refs = [
        app.openapi()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path in ("/a-b", "/a_b")
    ]
    schemas = app.openapi()["components"]["schemas"]
    assert [schemas[ref.rpartition("/")[2]]["properties"]["one"] for ref in refs] == [
        {"$ref": "#/components/schemas/Burger"},
        {"$ref": "#/components/schemas/Table"},
    ]


@pytest.mark.parametrize(
    ("docstring", "description"),
    [(None, None), ("", None), ("One.\n\n    Two.\n    ", "One.\n\nTwo."), ("One.\n    \f\n    Hidden.", "One.")],
)
def test_the_description_is_the_docstring_up_to_a_form_feed(docstring, description):
    async def handler(): ...

    handler.__doc__ = docstring
    app = App()
    app.get("/")(handler)
    assert operation_of(app).get("description") == description


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (bytes, {"type": "string", "contentMediaType": "application/octet-stream"}),
        (dt.timedelta, {"type": "string", "format": "duration"}),
        (Any, {}),
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    ],
)
def test_the_schema_of_a_simple_type(annotation, schema):
    async def handler(x): ...

    handler.__annotations__["x"] = annotation
    app = App()
    app.get("/")(handler)
    [parameter] = operation_of(app)["parameters"]
    assert parameter["schema"] == {**schema, "title": "X"}


def test_bytes_that_a_model_writes_in_base64_are_described_so():
    class File(BaseModel):
        model_config = {"val_json_bytes": "base64", "ser_json_bytes": "base64"}
        data: bytes

    app = App()
    app.get("/", response_model=File)(lambda: None)
    [schema] = app.openapi()["components"]["schemas"].values()
    assert schema["properties"]["data"] == {
        "type": "string",
        "title": "Data",
        "contentMediaType": "application/octet-stream",
        "contentEncoding": "base64",
    }


def test_the_document_is_made_of_plain_data():
    document = get_openapi(
        title="t", version="1", routes=mid_sized().routes, tags=({"name": "menu"},), servers=({"url": "/"},)
    )
    assert (document["servers"], document["tags"]) == ([{"url": "/"}], [{"name": "menu"}])
    assert document == json.loads(json.dumps(document))
