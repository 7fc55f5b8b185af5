"""What may be a handler or a dependency, how annotations may be written, and what is read from names and docstrings."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field
from typing_extensions import Doc, TypeAliasType

LOG = []


def logs(text):
    async def log():
        LOG.append(text)

    return Depends(log)


app = FastAPI(dependencies=[logs("app")])
T = TypeVar("T")
Number = TypeAliasType("Number", Annotated[int, Field(gt=0)])


class Item(BaseModel):
    a: int
    b: Item | None = None


class Numbered(BaseModel):
    n: Number


class Defaults(BaseModel):
    a: int = Field(default_factory=lambda: 3)
    b: list[int] = [1]
    c: dict | None = None
    d: Annotated[str | None, Field(max_length=3, examples=["e"])] = None
    e: float = 0.1


@dataclass
class Page:
    skip: int = 0
    limit: Annotated[int, Query(le=10)] = 5


class Named(BaseModel):
    q: str
    n: int = 1


class Store(Generic[T]):
    def __init__(self, x: int = 0):
        self.x = x


def awaited(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        LOG.append("wrapped")
        return await function(*args, **kwargs)

    return wrapper


def listed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return [function(*args, **kwargs)]

    return wrapper


class Kitchen:
    burgers = 5

    def method(self, q: int = 0):
        return self.burgers + q

    async def later(self, q: int = 0):
        return self.burgers + q

    @staticmethod
    def static(q: int):
        return q

    @classmethod
    def of_class(cls, q: int):
        return cls.__name__

    async def __call__(self, z: int = 0):
        return ["called", z]


kitchen = Kitchen()
app.get("/method")(kitchen.method)
app.get("/later")(kitchen.later)
app.get("/static")(Kitchen.static)
app.get("/of-class")(Kitchen.of_class)
app.get("/lambda")(lambda q=3: q)
app.add_api_route("/object", kitchen, name="object")
app.add_api_route("/partial", functools.partial(kitchen.method, q=7), name="partial")


@app.get("/awaited")
@awaited
async def is_awaited(q: int):
    return q


@app.get("/listed")
@listed
def is_listed(q: int = 1):
    return q


@app.post("/items/{n}")
async def items(n: int, item: Item, request: Request, response: Response, h: Annotated[str, Header()] = "d") -> Item:
    response.headers["x-sent"] = h
    return item


@app.get("/numbers/{n}")
async def number(n: Number) -> list[Number]:
    return [n]


@app.post("/numbers")
async def numbered(numbered: Numbered) -> Numbered:
    return numbered


@app.get("/page")
async def page(page: Annotated[Page, Depends()]):
    return [page.skip, page.limit]


@app.get("/named")
async def named(named: Annotated[Named, Depends()]):
    return named


@app.get("/store")
async def store(store: Annotated[Store[int], Depends(Store)]):
    return store.x


@app.get("/own")
async def own() -> JSONResponse:
    return JSONResponse([1])


@app.get("/away")
async def away() -> RedirectResponse:
    return RedirectResponse("/own")


@app.get("/one-line", name="another name")
async def one_line():
    """Only this."""


@app.get("/lines", summary="A summary")
async def lines():
    """
    First.

        indented
    """


@app.get("/described", description="D", response_description="R", tags=["a", "b"], deprecated=False)
async def HTTPThing():
    """Not this."""


@app.get("/image", responses={"200": {"content": {"image/png": {}}}}, response_class=Response)
async def image():
    return Response(b"1", media_type="image/png")


@app.get("/documented", status_code=201, responses={404: {"model": str}, "2XX": {"description": "any"}})
async def documented(a: Annotated[int, Doc("not for OpenAPI")] = 1):
    return a


@app.put("/untyped/{a}/{b}")
def untyped(a, b, c, d=None, e="x", f=1.5):
    return [a, b, c, d, e, f]


@app.post("/defaults")
async def defaults(
    body: Defaults,
    q: Annotated[list[int], Query()] = [1, 2],
    s: set[int] = Query({1}),
    kind: Literal["a", "b"] = "b",
    n: int | None = None,
):
    return body


@app.put("/alias")
async def alias(item: Annotated[Item, Body(alias="it")], j: Annotated[int, Body(alias="jay", ge=2)] = 2):
    return [item, j]


@app.put("/embedded")
async def embedded(several: Annotated[list[int], Body(min_length=1, max_length=2, embed=True)]):
    return several


@app.put("/embedded/optional")
async def embedded_optional(item: Annotated[Item | None, Body(embed=True)] = None):
    return item


@app.put("/anything")
async def anything(i: Annotated[dict[str, Any], Body()] = {"z": 1}):
    return i


router = APIRouter(dependencies=[logs("router")])


@router.get("/order", dependencies=[logs("path operation")])
async def order(argument=logs("argument")):
    LOG.append("handler")


app.include_router(router, dependencies=[logs("inclusion")])


@app.middleware("http")
async def inner(request: Request, call_next):
    request.state.x = 1
    response = await call_next(request)
    response.headers["x-path"] = str(request.url.path)
    return response


@app.middleware("http")
async def outer(request: Request, call_next):
    if request.url.path == "/short":
        return PlainTextResponse("short", 418)
    try:
        return await call_next(request)
    except ValueError:
        return JSONResponse({"caught": 1}, 599)


@app.get("/state")
async def state(request: Request, tasks: BackgroundTasks):
    tasks.add_task(LOG.append, "task")
    return request.state.x


@app.get("/fails")
async def fails():
    raise ValueError


@app.post("/read-twice")
async def read_twice(request: Request, body: Annotated[dict, Body()]):
    return [body, (await request.body()).decode()]


PATHS = [
    "/method?q=1",
    "/later?q=2",
    "/static?q=1",
    "/static",
    "/of-class?q=1",
    "/object?z=3",
    "/partial",
    "/partial?q=1",
]
PATHS += [
    "/lambda",
    "/lambda?q=z",
    "/awaited?q=1",
    "/listed",
    "/listed?q=x",
    "/numbers/1",
    "/numbers/0",
    "/page?skip=1",
]
PATHS += ["/page?limit=11", "/named?q=a", "/named", "/store?x=3", "/own", "/away", "/image", "/documented", "/order"]
PATHS += ["/state", "/short", "/fails", "/nowhere"]

REQUESTS = [
    *(("GET", path) for path in PATHS),
    ("POST", "/items/1", {"h": "x"}, {"a": 1, "b": {"a": 2}}),
    ("POST", "/items/q", {}, {"b": 1}),
    ("POST", "/numbers", {}, {"n": 0}),
    ("PUT", "/untyped/1/2?c=3"),
    ("PUT", "/untyped/1/2"),
    ("POST", "/defaults", {}, {}),
    ("PUT", "/alias", {}, {"it": {"a": "q"}, "jay": 1}),
    ("PUT", "/embedded", {}, {"several": []}),
    ("PUT", "/embedded/optional", {}, {}),
    ("PUT", "/embedded/optional"),
    ("PUT", "/anything"),
    ("PUT", "/anything", {}, {"q": [1]}),
    ("POST", "/read-twice", {}, {"a": 1}),
]
