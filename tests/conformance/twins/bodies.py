"""JSON bodies: one or several, of every kind of type, and what is wrong with them."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, Optional, Required, TypeVar

from fastapi import Body, FastAPI, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator
from pydantic.dataclasses import dataclass as checked_dataclass
from typing_extensions import TypedDict

app = FastAPI()
T = TypeVar("T")


class A(BaseModel):
    x: int


class B(BaseModel):
    y: str = "d"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str] = []


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


@dataclass
class Layer:
    a: int
    b: list[str] = field(default_factory=list)
    c: Optional["Layer"] = None


@checked_dataclass
class Positive:
    x: int = Field(gt=0)


class Typed(TypedDict, total=False):
    a: Required[int]
    b: str


class Numbers(RootModel[list[int]]):
    """Only a list."""


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = 0


class Node(BaseModel):
    v: int
    below: list["Node"] = []


class Inner(BaseModel):
    deep_value: int = Field(alias="deepValue")


class Outer(BaseModel):
    inner: list[Inner]
    by_name: dict[str, Inner] = {}

    @model_validator(mode="after")
    def not_too_many(self):
        if len(self.inner) > 2:
            raise ValueError("too many")
        return self


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True)
    a: int
    d: dt.date | None = None
    s: str = "x"


class Nested(BaseModel):
    t: tuple[int, str]
    m: dict[int, list[Annotated[int, Field(gt=0)]]]
    u: int | list[int] | None = None
    d: dt.date
    e: Literal["a", "b"]
    n: "Nested | None" = None


@app.post("/two")
async def two(a: A, b: B, n: Annotated[int, Body(ge=1)] = 1):
    return [a, b, n]


@app.post("/embedded")
async def embedded(a: Annotated[A, Body(embed=True)]):
    return a


@app.post("/optional")
async def optional(a: A | None = None):
    return a


@app.post("/union")
async def union(a: A | B):
    return a


@app.post("/list")
async def list_(a: list[A]):
    return a


@app.post("/dict")
async def dict_(a: dict[int, float]):
    return a


@app.post("/any")
async def any_(a: Any = Body(None)):
    return a


@app.post("/number")
async def number(a: Annotated[int, Body()]):
    return a


@app.post("/text")
async def text(a: Annotated[str, Body(media_type="text/plain", examples=["a"])]):
    return a


@app.post("/pet")
async def pet(pet: Pet) -> Pet:
    return pet


@app.post("/pets")
async def pets(pets: list[Pet]) -> list[Pet]:
    return pets


@app.post("/layer")
async def layer(layer: Layer) -> Layer:
    return layer


@app.post("/positive")
async def positive(one: Positive, layers: list[Layer]):
    return [one, layers]


@app.post("/typed")
async def typed(typed: Typed) -> Typed:
    return typed


@app.post("/numbers")
async def numbers(numbers: Numbers) -> Numbers:
    return numbers


@app.post("/nodes")
async def nodes(nodes: Page[Node]) -> Page[Node]:
    return nodes


@app.post("/pages")
async def pages(x: Page[int], y: Page[str] | None = None) -> Page[Page[int]]:
    return Page(items=[x])


@app.post("/outer")
async def outer(outer: Outer, q: int = Query(), x: Annotated[int, Header()] = 0):
    return outer


@app.post("/strict")
async def strict(strict: Strict):
    return strict


@app.post("/nested")
async def nested(nested: Nested):
    return nested.d


@app.post("/raw")
async def raw(request: Request):
    return [(await request.body()).decode(), request.headers.get("content-type")]


JSON = {"content-type": "application/json"}
TYPES = ["application/json; charset=utf-8", "application/vnd.api+json", "text/json", "application/geo+json; a=b", "*/*"]
TYPES += ["text/plain", "APPLICATION/JSON", "application/jsonx", ""]
ODD = [
    b"",
    b"null",
    b"[1]",
    b'"text"',
    b"{bad",
    b'{"x":',
    b"[" * 5000,
    b'{"x":1,"x":2}',
    b' \n{"x":1} ',
    b'{"x":1}x',
    b"\0",
]
ODD += [b'{"x":1,}', b'{"x":1.0}', b'{"x":"1"}', b'{"x":true}', b'{"x":null}', b'{"x":' + b"9" * 30 + b"}", b"\xff"]
ODD += [b'{"x":' + b"9" * 5000 + b"}", b"\xef\xbb\xbf{}", '{"é":1}'.encode("utf-16"), b"{'x':1}"]

REQUESTS = [
    ("POST", "/two", {}, {"a": {"x": 1}, "b": {}}),
    ("POST", "/two", {}, {"a": {"x": "q"}, "n": -1}),
    ("POST", "/two", JSON, b"[1]"),
    ("POST", "/two", JSON, b""),
    ("POST", "/two", JSON, b"null"),
    ("POST", "/embedded", {}, {"x": 1}),
    ("POST", "/embedded", {}, {"a": {"x": 1}}),
    ("POST", "/optional", JSON, b""),
    ("POST", "/optional", JSON, b"null"),
    ("POST", "/optional", {}, {"x": 3}),
    ("POST", "/optional", {}, {}),
    ("POST", "/union", {}, {"x": 1}),
    ("POST", "/union", {}, {"y": "1"}),
    ("POST", "/union", {}, {"x": "q", "y": 1}),
    ("POST", "/list", {}, [{"x": 1}, {"x": "z"}]),
    ("POST", "/list", {}, {}),
    ("POST", "/dict", {}, {"1": 2, "z": 3}),
    ("POST", "/dict", {}, {"1": 2}),
    ("POST", "/any", {}, [1, {"a": None}]),
    ("POST", "/any", JSON, b""),
    ("POST", "/number", JSON, b"3"),
    ("POST", "/number", JSON, b'"x"'),
    ("POST", "/number", {"content-type": "text/plain"}, b"3"),
    ("POST", "/text", {"content-type": "text/plain"}, b"a"),
    ("POST", "/pet", {}, {"kind": "cat"}),
    ("POST", "/pet", {}, {"kind": "cow"}),
    ("POST", "/pet", {}, {}),
    ("POST", "/pets", {}, [{"kind": "dog"}, {"kind": "cat", "lives": "x"}]),
    ("POST", "/layer", {}, {"a": 1, "c": {"a": 2}}),
    ("POST", "/layer", {}, {"c": {"b": 1}}),
    ("POST", "/positive", {}, {"one": {"x": 0}, "layers": [{"a": "1"}]}),
    ("POST", "/typed", {}, {"a": 1, "z": 3}),
    ("POST", "/typed", {}, {"b": 3}),
    ("POST", "/numbers", {}, [1, "2"]),
    ("POST", "/numbers", {}, ["q"]),
    ("POST", "/nodes", {}, {"items": [{"v": 1, "below": [{"v": "x"}]}]}),
    ("POST", "/nodes", {}, {"items": [{"v": 1, "below": [{"v": 2}]}]}),
    ("POST", "/pages", {}, {"x": {"items": [1]}}),
    ("POST", "/outer", {}, {"inner": [{"deepValue": "x"}, {}], "by_name": {"k": {}}}),
    ("POST", "/outer?q=1", {}, {"inner": [{"deepValue": 1}] * 3}),
    ("POST", "/outer?q=z", JSON, b'{"inner": [1,'),
    ("POST", "/strict", {}, {"a": "1"}),
    ("POST", "/strict", {}, {"a": 1, "d": "2020-01-01", "z": 1}),
    ("POST", "/strict", {}, {"a": 1.0, "s": " q "}),
    ("POST", "/nested", {}, {"t": [1], "m": {"a": [0, "q"], "2": 3}, "u": "z", "d": "20", "e": "c", "n": {"t": 1}}),
    ("POST", "/nested", {}, {"t": ["1", "b"], "m": {"1": [1]}, "u": ["1"], "d": "2020-01-01", "e": "a"}),
    ("POST", "/nested", {}, {"t": [1, "b", 3], "m": [], "u": {}, "d": None, "e": 1}),
    *(("POST", "/optional", {"content-type": declared}, b'{"x":1}') for declared in TYPES),
    ("POST", "/raw", {}, b"q"),
    *(("POST", "/list", JSON, body) for body in ODD),
    *(("POST", "/optional", JSON, body) for body in ODD),
]
