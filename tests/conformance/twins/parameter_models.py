"""Models that collect the parameters of a source: aliases, optional models, what they forbid and keep."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Cookie, FastAPI, Form, Header, Query
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

app = FastAPI()


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int = Field(10, gt=0, le=100)
    tags: list[str] = []
    order_by: Literal["a", "b"] = "a"
    since: dt.datetime | None = None
    aliased: int = Field(3, alias="al-ias")


class Seat(BaseModel):
    table: int
    chair: int = 2


class Sent(BaseModel):
    x_token: list[str] = []
    user_agent: str | None = None
    save_data: bool


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    save_data: bool = False
    aliased: int | None = Field(None, alias="x_al")
    either: int = Field(0, validation_alias=AliasChoices("y_1", "y-2"))


class AsWritten(BaseModel):
    x_a: int


class Session(BaseModel):
    session: str = Field(min_length=3)

    @field_validator("session")
    @classmethod
    def shouted(cls, session):
        if session == "bad":
            raise ValueError("it is bad")
        return session.upper()


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    first_name: str
    last_name: str | None = None


@app.get("/page")
async def page(page: Annotated[Page, Query()]):
    return page


@app.get("/seat")
async def seat(seat: Annotated[Seat | None, Query()] = None):
    return seat


@app.get("/sent")
async def sent(sent: Annotated[Sent, Header()], session: Annotated[Session, Cookie()]):
    return [sent, session]


@app.get("/open")
async def open_(sent: Annotated[Open, Header()]):
    return [sent.save_data, sent.aliased, sent.either, sorted(sent.model_extra)]


@app.get("/maybe")
async def maybe(sent: Annotated[Open | None, Header()] = None):
    return sent and sent.save_data


@app.get("/as-written")
async def as_written(sent: Annotated[AsWritten, Header(convert_underscores=False)]):
    return sent


@app.get("/camel/query")
async def camel_query(name: Annotated[Camel, Query()]) -> Camel:
    return name


@app.get("/camel/header")
async def camel_header(name: Annotated[Camel, Header()]) -> Camel:
    return name


@app.get("/camel/cookie")
async def camel_cookie(name: Annotated[Camel, Cookie()]) -> Camel:
    return name


@app.post("/camel/form")
async def camel_form(name: Annotated[Camel, Form()]) -> Camel:
    return name


FORM = {"content-type": "application/x-www-form-urlencoded"}

REQUESTS = [
    ("GET", "/page"),
    ("GET", "/page?limit=5&tags=a&tags=b&order_by=b&al-ias=4"),
    ("GET", "/page?limit=0&unknown=1&aliased=3"),
    ("GET", "/page?since=2020-01-01T00:00:00Z&order_by=z"),
    ("GET", "/seat"),
    ("GET", "/seat?table=1"),
    ("GET", "/seat?chair=1"),
    ("GET", "/sent", [("x-token", "a"), ("x-token", "b"), ("save-data", "1"), ("cookie", "session=abc")]),
    ("GET", "/sent", {"save_data": "1", "cookie": "session=bad"}),
    ("GET", "/sent", {"save-data": "x", "cookie": "session=a"}),
    ("GET", "/open", {"save_data": "1"}),
    ("GET", "/open", {"save-data": "1", "x_al": "4", "y-2": "4"}),
    ("GET", "/open", {"x-al": "1", "y_1": "5", "y-2": "6"}),
    ("GET", "/open", {"x_al": "q", "save-data": "z"}),
    ("GET", "/maybe", {"save-data": "1"}),
    ("GET", "/as-written", {"x_a": "1"}),
    ("GET", "/as-written", {"x-a": "1"}),
    ("GET", "/camel/query?firstName=a&lastName=b"),
    ("GET", "/camel/query?first_name=a"),
    ("GET", "/camel/query"),
    ("GET", "/camel/header", {"firstname": "a"}),
    ("GET", "/camel/header", {"first-name": "a"}),
    ("GET", "/camel/header"),
    ("GET", "/camel/cookie", {"cookie": "firstName=a"}),
    ("POST", "/camel/form", FORM, "firstName=a"),
    ("POST", "/camel/form", FORM, "first_name=a&last_name=b"),
    ("POST", "/camel/form", FORM, ""),
]
