"""A large example app: a chain of burger restaurants that asks for its input in every way there is.

Its handlers are right: whatever a client sends, none of them raises but an HTTPException that its route declares. No
response is a tuple, because schemathesis takes the description of one, `prefixItems`, for an older form that is wrong.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, computed_field
from typing_extensions import TypedDict

from fwlab import (
    APIRouter,
    App,
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
    Security,
    UploadFile,
)
from fwlab.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from fwlab.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    SecurityScopes,
)

T = TypeVar("T")


# What is sent and answered


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Stars(enum.IntEnum):
    ONE = 1
    TWO = 2


class Detail(BaseModel):
    """What an HTTPException says."""

    detail: str


class Beef(BaseModel):
    kind: Literal["beef"]
    grams: Annotated[int, Field(ge=50, le=500, multiple_of=10)]


class Bean(BaseModel):
    kind: Literal["bean"]
    organic: bool = True


Patty = Annotated[Beef | Bean, Field(discriminator="kind")]


class Burger(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    price: Annotated[decimal.Decimal, Field(gt=0, max_digits=6, decimal_places=2)]
    patties: Annotated[list[Patty], Field(max_length=4)]
    sauces: set[Size] = set()
    note: str | None = None
    allergens: dict[Annotated[str, Field(max_length=10)], bool] = {}


class Stored(Burger):
    id: int
    made: dt.datetime

    @computed_field
    @property
    def label(self) -> str:
        return f"{self.id}: {self.name}"


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{1,3}$")]
    stars: Stars = Stars.ONE


class Tree(BaseModel):
    value: float
    below: list[Tree] = []


class Codes(RootModel[list[Strict]]):
    """A body that is a list."""


@dataclasses.dataclass
class Table:
    number: int
    seats: Annotated[int, Field(ge=1, le=12)] = 2


class Address(TypedDict):
    street: str
    zip: int


class Times(BaseModel):
    opens: dt.time
    closed_on: dt.date | None = None
    unique: uuid.UUID | None = None
    server: ipaddress.IPv4Address | None = None


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    tags: list[str] = []
    order_by: Literal["name", "price"] = "name"


class Agent(BaseModel):
    x_token: str
    x_trace: list[int] = []


class Sweets(BaseModel):
    cake: int
    pie: Size | None = None


class Feedback(BaseModel):
    stars: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=100)] = ""
    topics: list[Size] = []


# Dependencies


def window(limit: Annotated[int, Query(ge=1, le=50)] = 10, offset: Annotated[int, Query(ge=0)] = 0) -> slice:
    return slice(offset, offset + limit)


async def kitchen() -> AsyncIterator[dict[int, str]]:
    yield dict.fromkeys(range(1, 10_000, 2), "classic")


def branch(city: Annotated[str, Header(alias="x-city", max_length=20)] = "Berlin") -> Iterator[str]:
    yield city


class Pager:
    def __init__(self, window: Annotated[slice, Depends(window)], backwards: bool = False) -> None:
        self.window = window
        self.backwards = backwards


bearer = OAuth2PasswordBearer("token", scopes={"cook": "to cook", "eat": "to eat"})


def user(scopes: SecurityScopes, token: Annotated[str, Depends(bearer)]) -> str:
    if "cook" in scopes.scopes and token != "cook":
        raise HTTPException(403, "only a cook may")
    return token


def odd(value: int) -> int:
    if value % 2 == 0:
        raise ValueError("an odd number, please")
    return value


# What the app does

denied: dict[int | str, dict[str, Any]] = {401: {"model": Detail}, 403: {"model": Detail}}
not_found: dict[int | str, dict[str, Any]] = {404: {"model": Detail, "description": "It is not on the menu"}}

menu = APIRouter(prefix="/menu", tags=["menu"])


def stored(number: int, burger: Burger) -> Stored:
    return Stored(id=number, made=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), **burger.model_dump())


@menu.get("")
def list_burgers(page: Annotated[Pager, Depends()], size: Size | None = None) -> Page[Stored]:
    burger = Burger(name="classic", price=decimal.Decimal("9.5"), patties=[Beef(kind="beef", grams=100)])
    return Page(items=[stored(1, burger)], total=1)


@menu.post("", status_code=201)
async def create_burger(burger: Burger, tasks: BackgroundTasks) -> Stored:
    tasks.add_task(str, burger.name)
    return stored(3, burger)


@menu.get("/{number}", response_model=Stored | Tree, responses=not_found)
async def read_burger(number: Annotated[int, Path(ge=1)], kitchen: Annotated[dict[int, str], Depends(kitchen)]) -> Any:
    if number not in kitchen:
        raise HTTPException(404, "no such burger")
    return {"value": number, "below": [{"value": 0.5}]}


@menu.put("/{number}", response_model=Burger, response_model_exclude_unset=True)
def replace_burger(
    number: Annotated[int, Path(lt=1000)],
    burger: Burger,
    table: Table | None = None,
    tip: Annotated[float, Body(ge=0, lt=1e9)] = 0,
) -> Any:
    return burger


@menu.patch("/{number}")
async def change_burger(number: int, burger: Annotated[Burger, Body(embed=True)]) -> Burger | None:
    return burger if number > 0 else None


@menu.delete("/{number}", status_code=204)
def delete_burger(number: int) -> None: ...


@menu.get("/files/{path:path}", response_class=PlainTextResponse)
async def read_path(path: str) -> str:
    return path


forms = APIRouter(prefix="/forms", tags=["forms"])


@forms.post("/feedback")
def send_feedback(feedback: Annotated[Feedback, Form()]) -> Feedback:
    return feedback


@forms.post("/order", response_model=dict[str, Any])
async def order(
    name: Annotated[str, Form(min_length=1)],
    amount: Annotated[int, Form(ge=1, le=9)] = 1,
    extras: Annotated[list[Size] | None, Form()] = None,
    paid: Annotated[bool, Form(alias="has-paid")] = False,
) -> Any:
    return {"name": name, "amount": amount, "extras": extras, "paid": paid}


@forms.post("/photo")
async def photo(photo: UploadFile, caption: Annotated[str | None, Form(max_length=20)] = None) -> int:
    return len(await photo.read())


@forms.post("/photos")
def photos(data: Annotated[bytes, File()], photos: Annotated[list[UploadFile], File()] = []) -> list[int]:  # noqa: B006
    return [len(data), *(photo.size or 0 for photo in photos)]


values = APIRouter(prefix="/values", tags=["values"], dependencies=[Depends(branch)])


@values.get("/query")
def query(
    required: int,
    optional: float | None = None,
    constrained: Annotated[str, Query(min_length=2, max_length=5, pattern="^[a-z]*$")] = "abc",
    several: Annotated[list[int], Query(max_length=3)] = [],  # noqa: B006
    unique: Annotated[set[Size], Query()] = set(),  # noqa: B006
    flag: bool = False,
    day: dt.date = dt.date(2026, 11, 24),
    number: Annotated[int, AfterValidator(odd)] = 1,
    stars: Stars = Stars.ONE,
    choice: Annotated[Literal["a", "b"], Query(alias="my-choice")] = "a",
    old: Annotated[str | None, Query(deprecated=True)] = None,
) -> dict[str, Any]:
    return {"required": required, "optional": optional, "several": several, "unique": sorted(unique, key=str)}


@values.get("/filters")
async def filters(filters: Annotated[Filters, Query()]) -> Filters:
    return filters


@values.get("/path/{whole}/{half}/{size}/{day}/{unique}")
def path(whole: int, half: float, size: Size, day: dt.date, unique: uuid.UUID) -> list[int | Size | uuid.UUID]:
    return [whole, size, unique]


@values.get("/headers")
async def headers(
    user_agent: Annotated[str | None, Header()] = None,
    x_number: Annotated[int, Header(ge=0)] = 0,
    x_several: Annotated[list[str] | None, Header()] = None,
) -> dict[str, Any]:
    return {"user_agent": user_agent, "x_number": x_number, "x_several": x_several}


@values.get("/header-model")
def header_model(agent: Annotated[Agent, Header()]) -> Agent:
    return agent


@values.get("/cookies")
def cookies(seat: Annotated[int | None, Cookie(le=99)] = None, theme: Annotated[Size, Cookie()] = Size.SMALL) -> Size:
    return theme


@values.get("/cookie-model")
async def cookie_model(sweets: Annotated[Sweets, Cookie()]) -> Sweets:
    return sweets


bodies = APIRouter(prefix="/bodies", tags=["bodies"])


@bodies.post("/tree")
def tree(tree: Tree) -> Tree:
    return tree


@bodies.post("/union")
async def union(body: Burger | Strict | list[int] | Literal["none"]) -> Burger | Strict | list[int] | str:
    return body


@bodies.post("/tagged")
def tagged(patty: Annotated[Beef | Bean, Body(discriminator="kind")]) -> Beef | Bean:
    return patty


@bodies.post("/codes", response_model=list[Strict])
async def codes(codes: Codes) -> Any:
    return codes.root


@bodies.post("/times")
def times(times: Times) -> Times:
    return times


@bodies.post("/address")
def address(address: Address, table: Annotated[Table, Body()]) -> dict[str, Address | Table]:
    return {"address": address, "table": table}


@bodies.post("/map")
async def mapping(body: dict[str, list[tuple[int, str]]]) -> dict[str, int]:
    return {name: len(pairs) for name, pairs in body.items()}


@bodies.post("/scalar")
def scalar(body: Annotated[int, Body(gt=-1000, lt=1000)]) -> int:
    return body


@bodies.post("/optional")
async def optional(body: Annotated[Strict | None, Body()] = None) -> Strict | None:
    return body


@bodies.post("/anything")
def anything(body: Annotated[Any, Body()] = None) -> bool:
    return body is None


@bodies.post("/raw")
async def raw(request: Request) -> int:
    return len(await request.body())


secured = APIRouter(prefix="/secured", tags=["secured"], responses=denied)


@secured.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    return {"access_token": form.username, "token_type": "bearer"}


@secured.get("/eat")
async def eat(user: Annotated[str, Security(user, scopes=["eat"])]) -> str:
    return user


@secured.get("/cook")
def cook(user: Annotated[str, Security(user, scopes=["cook"])], burger: str = "classic") -> str:
    return burger


@secured.get("/basic")
def basic(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> str:
    return base64.b64encode(credentials.username.encode()).decode()


@secured.get("/bearer")
async def with_bearer(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    return credentials.scheme


@secured.get("/keys")
def keys(
    header: Annotated[str, Depends(APIKeyHeader(name="x-key"))],
    query: Annotated[str | None, Depends(APIKeyQuery(name="key", auto_error=False))],
    cookie: Annotated[str | None, Depends(APIKeyCookie(name="key", auto_error=False))],
) -> int:
    return len(header)


answers = APIRouter(prefix="/answers", tags=["answers"])


@answers.get("/html", response_class=HTMLResponse)
def html(name: str = "you") -> str:
    return "<p>Hello</p>"


@answers.get("/away", response_class=RedirectResponse, status_code=307)
async def away() -> str:
    return "/answers/html"


@answers.get("/lines", response_class=StreamingResponse)
async def lines(amount: Annotated[int, Query(ge=0, le=5)] = 3) -> AsyncIterator[str]:
    for number in range(amount):
        yield f"{number}\n"


@answers.get("/status", responses={202: {"model": Detail}, **not_found})
def status(response: Response, kind: Literal["ok", "later", "never", "plain"] = "ok") -> Any:
    if kind == "never":
        raise HTTPException(404, "never", {"x-reason": "closed"})
    if kind == "plain":
        return JSONResponse({"detail": "plain"}, 202)
    response.status_code = 202 if kind == "later" else 200
    response.set_cookie("seen", "yes")
    return {"detail": kind}


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    yield


app = App(title="Burgers", version="1", lifespan=lifespan, responses={400: {"model": Detail, "description": "No JSON"}})
for router in (menu, forms, values, bodies, secured, answers):
    app.include_router(router)
