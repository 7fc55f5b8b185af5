"""What an app says of itself: titles, texts, tags, callbacks, webhooks, models that differ when read and written."""

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Body, FastAPI, Path, Query
from pydantic import BaseModel, Field

app = FastAPI(
    title="The shop",
    version="9",
    summary="Burgers.",
    description="Many *burgers*.",
    terms_of_service="http://shop.example/terms",
    contact={"name": "c", "url": "http://shop.example/contact", "email": "a@shop.example"},
    license_info={"name": "L", "identifier": "MIT"},
    openapi_tags=[{"name": "t", "description": "of the tag"}],
    servers=[{"url": "/v1", "description": "the first"}],
    responses={500: {"description": "Our mistake."}},
    deprecated=True,
    generate_unique_id_function=lambda route: f"{route.tags[0] if route.tags else 'none'}-{route.name}",
)


class Kind(Enum):
    """What kind it is."""

    plain = "plain"


class Sauce(BaseModel):
    """A sauce."""

    name: str = "mayo"
    note: str | None = None


class Burger(BaseModel):
    sauce: Sauce
    more: list[Sauce] = []


class Mine:
    class Item(BaseModel):
        a: int


class Yours:
    class Item(BaseModel):
        b: int


Mine.Item.__module__, Yours.Item.__module__ = "mine", "yours"


@app.get(
    "/said/{p}",
    tags=["t"],
    openapi_extra={"x-more": {"a": 1}, "parameters": [{"name": "extra", "in": "query", "schema": {"type": "string"}}]},
    responses={
        201: {
            "model": dict,
            "description": "made",
            "headers": {"X": {"schema": {"type": "string"}}},
            "content": {"text/plain": {}},
        },
        "default": {"description": "else"},
        "5XX": {"description": "5"},
    },
)
async def said(
    p: Annotated[str, Field(description="in pydantic's word"), Path(title="P")],
    a: Annotated[int, Query(le=10), Field(description="beside a marker", title="A")] = 1,
    f: Annotated[Kind, Query(description="of this parameter")] = Kind.plain,
    g: Kind = Kind.plain,
    h: Annotated[int, Query(deprecated=True, json_schema_extra={"a": 1})] = 2,
):
    """The first line.

    More *text*.
    \f
    Not shown.
    """


@app.post("/body")
async def body(a: Annotated[Sauce, Body(description="d", title="t")], c: Annotated[int, Body(), Field(title="C")] = 1):
    """Two."""


@app.post("/body/one")
async def body_one(a: Annotated[Sauce, Body(description="d", title="t", examples=[{"name": "x"}])]):
    """One."""


@app.post("/body/list")
async def body_list(a: Annotated[list[Sauce], Field(description="d", min_length=2)]):
    """Several."""


@app.post("/sauces")
async def sauces(sauce: Sauce) -> Sauce:
    return sauce


@app.post("/burgers")
async def burgers(burger: Burger) -> list[Burger]:
    return [burger]


@app.post("/same-names")
async def same_names(mine: Mine.Item, yours: Yours.Item) -> Yours.Item:
    return yours


callback = APIRouter()


@callback.post("{$callback_url}/bills/{$request.body.id}", response_model=Burger)
def billed(burger: Burger):
    """What the app will send."""


@app.post("/bills", callbacks=callback.routes)
def bill(burger: Burger, callback_url: str | None = None):
    return 1


@app.webhooks.post("sold-out")
def sold_out(sauce: Sauce):
    """Sent when there is none."""


REQUESTS = [("GET", "/openapi.json"), ("POST", "/burgers", {}, {"sauce": {}})]
