"""What becomes of a handler's result: response models, filters, encodings, statuses, headers, responses of its own."""

import dataclasses
import datetime as dt
import ipaddress
import uuid
from collections import deque
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field, SecretStr, computed_field, field_serializer, model_serializer

app = FastAPI()
LOG = []


class User(BaseModel):
    name: str
    password: str = "x"
    age: int | None = None


class Shown(BaseModel):
    name: str
    age: int | None = None


class Special(Shown):
    secret: str


class Aliased(BaseModel):
    a_b: int = Field(alias="aB")
    c: int = Field(3, serialization_alias="cC", validation_alias="c-c")

    @computed_field
    @property
    def twice(self) -> int:
        return self.a_b * 2


class Own(BaseModel):
    at: dt.datetime
    password: SecretStr = SecretStr("x")

    @field_serializer("at")
    def year(self, at) -> str:
        return at.strftime("%Y")


class Wrapped(BaseModel):
    x: int

    @model_serializer
    def wrap(self) -> dict[str, int]:
        return {"wrapped": self.x}


class Letter(str, Enum):
    a = "A"


@dataclasses.dataclass
class Plain:
    a: int
    b: list[int]


class Shouting(JSONResponse):
    media_type = "application/shout"

    def render(self, content):
        return super().render(content).upper()


@app.get("/model", response_model=Shown)
async def model():
    return User(name="a")


@app.get("/unset", response_model=Shown, response_model_exclude_unset=True)
async def unset():
    return User(name="a")


@app.get("/include", response_model=User, response_model_include={"name"})
async def include():
    return {"name": "b", "unknown": 1}


@app.get("/none", response_model=list[Shown], response_model_exclude_none=True)
async def none():
    return [User(name="a"), {"name": "c", "age": 4}]


@app.get("/annotation")
async def annotation() -> Shown:
    return User(name="q", password="secret")


@app.get("/dict", response_model=dict[str, Shown])
async def dict_():
    return {"k": User(name="q")}


@app.get("/nothing", response_model=Shown | None)
async def nothing():
    return None


@app.get("/wrong", response_model=Shown)
async def wrong():
    return {"other": 1}


@app.get("/exclude", response_model_exclude={"age"})
async def exclude() -> User:
    return User(name="x", age=3)


@app.get("/unmodeled", response_model=None)
async def unmodeled() -> Response | dict:
    return {"x": 1}


@app.get("/tuple")
async def tuple_() -> tuple[int, str]:
    return (1, "b")


@app.get("/subclass")
async def subclass() -> list[Shown]:
    return [Special(name="a", secret="s")]


@app.get("/unions")
async def unions() -> dict[str, Special | Shown]:
    return {"a": Special(name="a", secret="s"), "b": Shown(name="a")}


@app.post("/aliased")
async def aliased(x: Aliased) -> Aliased:
    return x


@app.post("/by-name", response_model_by_alias=False)
async def by_name(x: Aliased) -> Aliased:
    return x


@app.get("/own")
async def own() -> Own:
    return Own(at=dt.datetime(2020, 1, 1))


@app.get("/own/unmodeled")
async def own_unmodeled():
    return Own(at=dt.datetime(2020, 1, 1))


@app.post("/wrapped")
async def wrapped(x: Wrapped) -> list[Wrapped]:
    return [x]


@app.get("/encoded")
async def encoded():
    return {
        "at": dt.datetime(2020, 1, 1),
        "day": dt.date(2020, 1, 1),
        "time": dt.time(1, 2),
        "span": dt.timedelta(seconds=3.5),
        "decimals": [Decimal("1.50"), Decimal("3")],
        "id": uuid.UUID(int=1),
        "letter": Letter.a,
        "several": [{1}, frozenset({2}), deque([3]), (n for n in range(3))],
        "bytes": b"x",
        "plain": Plain(1, [2]),
        "secret": SecretStr("x"),
        "address": ipaddress.ip_address("192.0.2.1"),
        "path": PurePosixPath("/a"),
        "keys": {1: "a", 2.5: "b", False: "c"},
    }


@app.get("/encoded/typed")
async def encoded_typed() -> dict[str, Decimal | dt.timedelta | bytes]:
    return {"d": Decimal("1.5"), "t": dt.timedelta(hours=1), "b": b"q"}


@app.post("/created", status_code=201)
async def created(response: Response):
    response.headers["X-A"] = "b"
    response.set_cookie("a", "b", httponly=True, max_age=3)
    return {"x": 1}


@app.get("/changed")
async def changed(response: Response):
    response.status_code = 207
    return 1


@app.get("/text")
async def text():
    return "é\u2028"


@app.get("/html", response_class=HTMLResponse)
async def html():
    return "<b>"


@app.get("/plain", response_class=PlainTextResponse, status_code=203)
async def plain():
    return "x"


@app.get("/away", response_class=RedirectResponse)
async def away():
    return "/a b"


@app.get("/away/found", response_class=RedirectResponse, status_code=302)
async def away_found():
    return "/z"


def tell(response: Response):
    response.headers["A"] = "1"
    response.set_cookie("k", "v")
    response.status_code = 202


async def note(tasks: BackgroundTasks):
    tasks.add_task(LOG.append, "of the dependency")


@app.get("/told", dependencies=[Depends(tell), Depends(note)])
async def told(tasks: BackgroundTasks, response: Response):
    tasks.add_task(LOG.append, "of the handler")
    response.headers.append("A", "2")
    return {}


@app.get("/told/own", dependencies=[Depends(tell)])
async def told_own():
    return JSONResponse({"o": 1}, headers={"B": "2"})


@app.get("/told/failed", dependencies=[Depends(tell)])
async def told_failed():
    raise HTTPException(400)


loud = APIRouter(default_response_class=Shouting)


@loud.get("/loud")
async def shout():
    return {"a": "b"}


@loud.get("/loud/quiet", response_class=JSONResponse)
async def quiet():
    return {"a": "b"}


app.include_router(loud)

PATHS = [
    "/model",
    "/unset",
    "/include",
    "/none",
    "/annotation",
    "/dict",
    "/nothing",
    "/wrong",
    "/exclude",
    "/unmodeled",
]
PATHS += ["/tuple", "/subclass", "/unions", "/own", "/own/unmodeled", "/encoded", "/encoded/typed", "/changed", "/text"]
PATHS += ["/html", "/plain", "/away", "/away/found", "/told", "/told/own", "/told/failed", "/loud", "/loud/quiet"]

REQUESTS = [
    *(("GET", path) for path in PATHS),
    ("POST", "/aliased", {}, {"aB": 1, "c-c": 2}),
    ("POST", "/aliased", {}, {"a_b": 1}),
    ("POST", "/by-name", {}, {"aB": 1}),
    ("POST", "/wrapped", {}, {"x": 1}),
    ("POST", "/created"),
]
