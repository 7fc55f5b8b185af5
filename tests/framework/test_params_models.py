"""Parameter models: a pydantic model that collects the values of the query, the headers, the cookies or a form."""

from typing import Annotated

import pytest
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from fwlab import App, Cookie, Form, Header, Query

from .refusals import not_an_int, refusal_of


class Page(BaseModel):
    limit: int = Field(10, gt=0, le=100)
    tags: list[str] = []
    order_by: str | None = None


class Needy(BaseModel):
    size: int
    note: str = "none"


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = 1


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    size: int = 1


class Aliased(BaseModel):
    size: int = Field(alias="burger-size")
    kind: str = Field("plain", validation_alias=AliasChoices("kind", "sort"))


class ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    size: int = Field(alias="burger-size")


SOURCES = [Query, Header, Cookie, Form]


def app_of(model, marker, default=...):
    app = App()

    async def handler(x):
        return x if x is None else x.model_dump()

    handler.__annotations__["x"] = Annotated[model, marker()]
    if default is not ...:
        handler.__defaults__ = (default,)
    app.post("/")(handler)
    return app


def sent_as(marker, **values):
    """The request's options that send these values by way of what the marker reads."""
    if marker is Query:
        return {"params": values}
    if marker is Form:
        return {"data": values}
    pairs = [(name, item) for name, value in values.items() for item in (value if isinstance(value, list) else [value])]
    if marker is Cookie:
        return {"headers": {"cookie": "; ".join(f"{name}={value}" for name, value in pairs)}}
    return {"headers": [(name.replace("_", "-"), str(value)) for name, value in pairs]}


def loc_of(marker):
    return "body" if marker is Form else marker.__name__.lower()


def posted(client_of, model, marker, default=..., **values):
    response = client_of(app_of(model, marker, default)).post("/", **sent_as(marker, **values))
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("marker", SOURCES)
def test_a_model_collects_its_fields(client_of, marker):
    expected = {"limit": 10, "tags": [], "order_by": None}
    assert posted(client_of, Page, marker) == expected
    assert posted(client_of, Page, marker, limit=5, order_by="name") == expected | {"limit": 5, "order_by": "name"}


@pytest.mark.parametrize("marker", [Query, Header, Form])
def test_a_field_that_is_a_list_takes_every_value(client_of, marker):
    assert posted(client_of, Page, marker, tags=["a", "b"])["tags"] == ["a", "b"]
    assert posted(client_of, Page, marker, tags=["a"])["tags"] == ["a"]


@pytest.mark.parametrize("marker", SOURCES)
def test_what_is_wrong_is_said_field_by_field(client_of, marker):
    place = loc_of(marker)
    app = app_of(Needy, marker)
    [refused] = refusal_of(app, client_of, "POST", "/", **sent_as(marker, note="a"))
    assert (refused["type"], refused["loc"]) == ("missing", [place, "size"])
    assert refused["input"]["note"] == "a"
    refused = refusal_of(app, client_of, "POST", "/", **sent_as(marker, size="a"))
    assert refused == [not_an_int("a", place, "size")]


@pytest.mark.parametrize("marker", [Query, Cookie, Form])
def test_what_a_model_does_not_know_it_may_forbid_or_keep(client_of, marker):
    [refused] = refusal_of(app_of(Closed, marker), client_of, "POST", "/", **sent_as(marker, size=2, sauce="mayo"))
    assert refused == {
        "type": "extra_forbidden",
        "loc": [loc_of(marker), "sauce"],
        "msg": "Extra inputs are not permitted",
        "input": "mayo",
    }
    assert posted(client_of, Closed, marker, size=2) == {"size": 2}
    assert posted(client_of, Open, marker, size=2, sauce="mayo") == {"size": 2, "sauce": "mayo"}
    assert posted(client_of, Needy, marker, size=2, sauce="mayo") == {"size": 2, "note": "none"}


def test_an_empty_field_of_a_form_that_its_model_does_not_know_is_forbidden_or_kept_too(client_of):
    [refused] = refusal_of(app_of(Closed, Form), client_of, "POST", "/", **sent_as(Form, size=2, sauce=""))
    assert (refused["type"], refused["loc"], refused["input"]) == ("extra_forbidden", ["body", "sauce"], "")
    assert posted(client_of, Open, Form, size=2, sauce="") == {"size": 2, "sauce": ""}


@pytest.mark.parametrize("marker", SOURCES)
def test_aliases_are_the_names_in_the_request(client_of, marker):
    assert posted(client_of, Aliased, marker, **{"burger-size": 2}) == {"size": 2, "kind": "plain"}
    assert posted(client_of, Aliased, marker, **{"burger-size": 2, "sort": "big"})["kind"] == "big"
    assert posted(client_of, Aliased, marker, **{"burger-size": 2, "sort": "big", "kind": "small"})["kind"] == "small"
    [refused] = refusal_of(app_of(Aliased, marker), client_of, "POST", "/", **sent_as(marker, size=2))
    assert (refused["type"], refused["loc"]) == ("missing", [loc_of(marker), "burger-size"])


@pytest.mark.parametrize("marker", SOURCES)
def test_a_model_may_take_a_field_by_its_name_too(client_of, marker):
    assert posted(client_of, ByName, marker, size=2) == {"size": 2}
    assert posted(client_of, ByName, marker, **{"burger-size": 3}) == {"size": 3}


@pytest.mark.parametrize("marker", [Query, Form])
def test_a_list_may_be_taken_by_its_name_too(client_of, marker):
    class Several(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        sizes: list[int] = Field([], alias="burger-sizes")

    assert posted(client_of, Several, marker, sizes=[2]) == {"sizes": [2]}
    assert posted(client_of, Several, marker, **{"burger-sizes": [2]}) == {"sizes": [2]}


@pytest.mark.parametrize("marker", SOURCES)
def test_an_optional_model_is_there_when_one_of_its_fields_is(client_of, marker):
    assert posted(client_of, Needy | None, marker, None) is None
    assert posted(client_of, Needy | None, marker, None, other="x") is None
    assert posted(client_of, Needy | None, marker, None, size=2) == {"size": 2, "note": "none"}
    [refused] = refusal_of(app_of(Needy | None, marker, None), client_of, "POST", "/", **sent_as(marker, note="a"))
    assert refused["loc"] == [loc_of(marker), "size"]


def test_an_empty_field_of_a_form_calls_for_its_model_but_is_missing_in_it(client_of):
    [refused] = refusal_of(app_of(Needy | None, Form, None), client_of, "POST", "/", data={"size": ""})
    assert (refused["type"], refused["loc"]) == ("missing", ["body", "size"])
    assert client_of(app_of(Needy | None, Form, None)).post("/", data={"other": ""}).json() is None


def test_an_empty_text_is_one_of_several_and_an_empty_last_one_stands_for_none(client_of):
    class Order(BaseModel):
        sauces: list[str] = ["mayo"]
        size: str = "small"

    assert posted(client_of, Order, Form, sauces=["", "mustard", ""])["sauces"] == ["", "mustard", ""]
    assert posted(client_of, Order, Form, sauces="")["sauces"] == [""]
    assert posted(client_of, Order, Form, size=["large", ""])["size"] == "small"
    assert posted(client_of, Order, Form, size=["", "large"])["size"] == "large"


def test_the_headers_of_a_field_have_dashes_unless_it_has_an_alias(client_of):
    class Headers(BaseModel):
        user_agent: str
        x_tags: list[str] = []

    app = app_of(Headers, Header)
    client = client_of(app)
    headers = [("User-Agent", "a"), ("X-Tags", "1"), ("X-Tags", "2")]
    assert client.post("/", headers=headers).json() == {"user_agent": "a", "x_tags": ["1", "2"]}


def test_a_header_that_is_written_with_underscores_is_not_that_of_the_field(client_of):
    """A proxy that drops the one with dashes lets the other pass: they must not be mistaken for each other."""

    class Trusting(BaseModel):
        model_config = ConfigDict(extra="allow")
        signed_in: bool = False
        role: str = Field("guest", alias="x_role")

    client = client_of(app_of(Trusting, Header))
    assert client.post("/", headers={"signed_in": "1"}).json()["signed_in"] is False
    got = client.post("/", headers={"signed-in": "1", "signed_in": "0", "x_role": "cook", "x-role": "boss"}).json()
    assert (got["signed_in"], got["role"], got["x-role"]) == (True, "cook", "boss")
    assert client_of(app_of(Needy | None, Header, None)).post("/", headers={"content_length": "1"}).json() is None


def test_of_several_aliases_that_are_there_the_others_are_left_to_the_model(client_of):
    class Choosy(Open):
        size: int = Field(validation_alias=AliasChoices("size", "width"))

    assert posted(client_of, Choosy, Query, size=1, width=2) == {"size": 1, "width": "2"}
    assert posted(client_of, Choosy, Query, width=2) == {"size": 2}


def test_a_model_beside_other_parameters(client_of):
    app = App()

    @app.get("/{n}")
    async def handler(n: int, page: Annotated[Page, Query()], x_tag: Annotated[str, Header()], q: str = "none"):
        return [n, page.limit, x_tag, q]

    client = client_of(app)
    assert client.get("/3?limit=4&q=a", headers={"x-tag": "t"}).json() == [3, 4, "t", "a"]
    assert [error["loc"] for error in client.get("/a?limit=0").json()["detail"]] == [
        ["path", "n"],
        ["query", "limit"],
        ["header", "x-tag"],
    ]


def test_a_validator_of_the_model_sees_the_values(client_of):
    class Even(BaseModel):
        n: int

        @field_validator("n")
        @classmethod
        def even(cls, n):
            if n % 2:
                raise ValueError("odd")
            return n

    [refused] = refusal_of(app_of(Even, Query), client_of, "POST", "/?n=1")
    assert (refused["type"], refused["loc"], refused["msg"]) == ("value_error", ["query", "n"], "Value error, odd")
    assert posted(client_of, Even, Query, n=2) == {"n": 2}


def test_the_document_lists_the_fields_of_a_model():
    app = app_of(Page, Query)
    parameters = app.openapi()["paths"]["/"]["post"]["parameters"]
    assert [(p["name"], p["in"], p["required"]) for p in parameters] == [
        ("limit", "query", False),
        ("tags", "query", False),
        ("order_by", "query", False),
    ]
    assert parameters[0]["schema"] == {
        "type": "integer",
        "maximum": 100,
        "exclusiveMinimum": 0,
        "default": 10,
        "title": "Limit",
    }


def test_the_document_has_the_names_in_the_request():
    [size, kind] = app_of(Aliased, Query).openapi()["paths"]["/"]["post"]["parameters"]
    assert (size["name"], size["schema"]["title"], kind["name"]) == ("burger-size", "Burger-Size", "kind")


def test_the_document_says_that_a_model_of_a_form_may_be_absent():
    described = app_of(Needy | None, Form, None).openapi()
    [content] = described["paths"]["/"]["post"]["requestBody"]["content"].values()
    [whole] = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["allOf"]
    absent, present = whole["anyOf"]
    assert absent == {"not": {"anyOf": [{"required": ["note"]}, {"required": ["size"]}]}}
    assert present == {"$ref": "#/components/schemas/Needy"}
