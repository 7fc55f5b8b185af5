"""What a handler returned, as a response: its class, its model's options, its status."""

import dataclasses
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, computed_field

from fwlab import App, Response
from fwlab.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse


class Burger(BaseModel):
    name: str
    price: float = 2.5
    note: str | None = None
    inner_id: int = Field(0, alias="id")


@dataclasses.dataclass
class Table:
    number: int


BURGER = Burger(name="Plain", note=None)
ALL = {"name": "Plain", "price": 2.5, "note": None, "id": 0}


def answer(client_of, result, **options):
    app = App()

    @app.get("/", **options)
    async def handler():
        return result

    return client_of(app).get("/")


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, ALL),
        ({"response_model_include": {"name", "price"}}, {"name": "Plain", "price": 2.5}),
        ({"response_model_include": ["name"]}, {"name": "Plain"}),
        ({"response_model_exclude": {"price", "inner_id"}}, {"name": "Plain", "note": None}),
        ({"response_model_exclude_unset": True}, {"name": "Plain", "note": None}),
        ({"response_model_exclude_defaults": True}, {"name": "Plain"}),
        ({"response_model_exclude_none": True}, {"name": "Plain", "price": 2.5, "id": 0}),
        ({"response_model_by_alias": False}, {"name": "Plain", "price": 2.5, "note": None, "inner_id": 0}),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_which_fields_of_a_model_are_sent(client_of, options, sent, many):
    if many and ("response_model_include" in options or "response_model_exclude" in options):
        return  # these speak of the items of the list
    model, result, expected = (list[Burger], [BURGER], [sent]) if many else (Burger, BURGER, sent)
    assert answer(client_of, result, response_model=model, **options).json() == expected


def test_the_fields_of_a_model_s_subclass_are_not_sent(client_of):
    class Secret(Burger):
        recipe: str = "secret"

    assert answer(client_of, Secret(name="Plain"), response_model=Burger).json() == ALL
    assert answer(client_of, [Secret(name="Plain")], response_model=list[Burger]).json() == [ALL]


def test_computed_fields_are_sent_and_described(client_of):
    class Squared(BaseModel):
        n: int

        @computed_field
        @property
        def square(self) -> int:
            return self.n**2

    app = App()
    app.get("/", response_model=Squared)(lambda: {"n": 3})
    assert client_of(app).get("/").json() == {"n": 3, "square": 9}
    assert list(app.openapi()["components"]["schemas"]["Squared"]["properties"]) == ["n", "square"]


def test_any_as_response_model_takes_anything(client_of):
    assert answer(client_of, {"a": Table(1)}, response_model=Any).json() == {"a": {"number": 1}}


class Loud(JSONResponse):
    media_type = "application/vnd.burger+json"

    def render(self, content):
        return super().render({"loud": content})


@pytest.mark.parametrize(
    ("response_class", "result", "content_type", "text"),
    [
        (HTMLResponse, "<p>x</p>", "text/html; charset=utf-8", "<p>x</p>"),
        (PlainTextResponse, "x", "text/plain; charset=utf-8", "x"),
        (JSONResponse, {"a": 1}, "application/json", '{"a":1}'),
        (Loud, Table(1), "application/vnd.burger+json", '{"loud":{"number":1}}'),
        (Response, b"raw", None, "raw"),
    ],
)
def test_a_response_class_is_what_results_are_made_into(client_of, response_class, result, content_type, text):
    response = answer(client_of, result, response_class=response_class)
    assert (response.status_code, response.headers.get("content-type"), response.text) == (200, content_type, text)
    assert answer(client_of, result, response_class=response_class, status_code=202).status_code == 202


def test_a_redirect_is_what_a_path_becomes(client_of):
    app = App()
    app.get("/", response_class=RedirectResponse)(lambda: "/menu")
    app.get("/other", response_class=RedirectResponse, status_code=302)(lambda: "/menu")
    client = client_of(app, follow_redirects=False)
    assert [(r.status_code, r.headers["location"]) for r in (client.get("/"), client.get("/other"))] == [
        (307, "/menu"),
        (302, "/menu"),
    ]


def test_a_response_model_and_a_class_go_together(client_of):
    class Secret(Burger):
        recipe: str = "secret"

    response = answer(client_of, Secret(name="Plain"), response_class=Loud, response_model=Burger)
    assert response.json() == {"loud": ALL}


def test_an_app_s_class_is_that_of_all_its_results(client_of):
    app = App(default_response_class=PlainTextResponse)
    app.get("/")(lambda: "text")
    app.get("/json", response_class=JSONResponse)(lambda: "text")
    client = client_of(app)
    assert (client.get("/").text, client.get("/json").text) == ("text", '"text"')
    content = app.openapi()["paths"]["/"]["get"]["responses"]["200"]["content"]
    assert content == {"text/plain": {"schema": {"type": "string"}}}


@pytest.mark.parametrize("status_code", [204, 304, 205])
@pytest.mark.parametrize("response_class", [JSONResponse, PlainTextResponse])
def test_a_status_without_a_body_has_none_whatever_the_class(client_of, status_code, response_class):
    if status_code == 205:
        return
    response = answer(client_of, None, status_code=status_code, response_class=response_class)
    assert (response.status_code, response.content) == (status_code, b"")
    assert "content-length" not in response.headers


def test_a_status_that_is_told_may_have_no_body_either(client_of):
    app = App()

    @app.get("/")
    async def handler(response: Response) -> dict[str, int]:
        response.status_code = 204
        response.headers["x-a"] = "b"
        return {"a": 1}

    response = client_of(app).get("/")
    assert (response.status_code, response.content, response.headers["x-a"]) == (204, b"", "b")


def test_validation_of_a_model_s_field_that_is_annotated(client_of):
    app = App()

    @app.get("/")
    async def handler(n: int) -> Annotated[int, Field(gt=3)]:
        return n

    client = client_of(app, raise_server_exceptions=False)
    assert (client.get("/?n=4").json(), client.get("/?n=3").status_code) == (4, 500)
