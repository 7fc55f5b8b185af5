"""Path, query, header and cookie parameters: names, types, defaults, demands, and what they refuse."""

import datetime as dt
import uuid
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Literal

from fastapi import Cookie, FastAPI, Header, Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, HttpUrl, Json, PositiveInt, StringConstraints

app = FastAPI()


class Sauce(str, Enum):
    """What is on it."""

    mayo = "mayo"
    mustard = "mustard"


class Size(IntEnum):
    small = 1
    large = 2


class Filter(BaseModel):
    n: int
    tags: list[str] = []


Number = Annotated[int, Path(ge=1)]
Limit = Annotated[int, Query(le=10), Field(description="At most so many.")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=2)]


@app.get("/aliases/{n}")
async def aliases(
    number: Annotated[int, Path(alias="n")],
    q: Annotated[str, Query(alias="q-q")],
    h: Annotated[str, Header(alias="X_Odd")],
    c: Annotated[str, Cookie(alias="the cookie")] = "none",
):
    return [number, q, h, c]


@app.get("/aliases/of/fields")
async def aliases_of_fields(
    q: Annotated[int, Field(alias="q-q"), Query()],
    h: Annotated[int, Field(validation_alias="h-h"), Header()] = 1,
    checked: Annotated[int, Query(gt=0, validate_default=True)] = -1,
):
    return [q, h, checked]


@app.get("/unions")
async def unions(
    a: int | str,
    b: int | float | None = None,
    c: bool | int = False,
    d: Annotated[list[int | str], Query()] = [],
    e: Literal["x", "y"] | None = None,
):
    return [a, b, c, d, e]


@app.get("/several")
async def several(
    a: Annotated[list[int] | None, Query()] = None,
    b: Annotated[set[str], Query()] = set(),
    c: Annotated[tuple[int, int] | None, Query()] = None,
    d: Annotated[list[int] | None, Query(min_length=2)] = None,
    e: Annotated[list[str] | None, Header()] = None,
):
    return [a, sorted(b), c, d, e]


@app.get("/defaults")
async def defaults(
    made: Annotated[list[int], Query(default_factory=list)],
    unchecked: Annotated[int, Query(gt=5)] = 1,
    given: str = Query("given", min_length=3),
    nothing: str | None = Query(None),
):
    made.append(1)
    return [made, unchecked, given, nothing]


@app.get("/annotated/{n}")
async def annotated(
    n: Number,
    limit: Limit = 5,
    both: Annotated[int, Query(gt=1), Field(lt=5)] = 2,
    doubled: Annotated[int, AfterValidator(lambda value: value * 2)] = 1,
    stripped: Annotated[str, BeforeValidator(str.strip), Query()] = "none",
    name: Name = "ADA",
):
    return [n, limit, both, doubled, stripped, name]


@app.get("/chosen/{sauce}")
async def chosen(
    sauce: Sauce,
    size: Size = Size.small,
    kind: Literal[1, 2, "x"] = 1,
    sauces: Annotated[list[Sauce], Query()] = [Sauce.mayo],
):
    return [sauce, size, kind, sauces]


@app.get("/kinds/{day}/{id_}")
async def kinds(
    day: dt.date,
    id_: uuid.UUID,
    at: dt.datetime,
    time: dt.time,
    span: dt.timedelta,
    price: Decimal,
    url: HttpUrl,
    positive: PositiveInt,
):
    return [day, id_, at, time, span, price, url, positive]


@app.get("/json")
async def json(
    wanted: Annotated[Json[Filter], Query()],
    numbers: Annotated[Json[list[int]], Query()] = [],
    anything: Annotated[Json, Header()] = "1",
):
    return [wanted, numbers, anything]


@app.get("/said")
async def said(
    a: Annotated[
        int,
        Query(
            title="A number",
            description="Any.",
            deprecated=True,
            openapi_examples={"one": {"value": 1, "summary": "the first"}},
        ),
    ] = 1,
    hidden: Annotated[str, Query(include_in_schema=False)] = "here",
    c: Annotated[str, Header(json_schema_extra={"x-more": 1}, examples=["z"])] = "z",
    d: Annotated[float, Query(ge=0.5, lt=10, multiple_of=0.5)] = 1,
    e: Annotated[str, Query(pattern="^a")] = "a",
):
    return [a, hidden, c, d, e]


@app.get("/simple")
async def simple(a: int = 0, b: bool = False, c: float = 0, s: str = "", many: Annotated[list[str], Query()] = []):
    return [a, b, c, s, many]


@app.get("/headers")
async def headers(
    x: Annotated[str | None, Header()] = None,
    user_agent: Annotated[str | None, Header()] = None,
    as_written: Annotated[str | None, Header(convert_underscores=False)] = None,
    number: Annotated[int | None, Header()] = None,
):
    return [x, user_agent, as_written, number]


@app.get("/cookies")
async def cookies(a: Annotated[str | None, Cookie()] = None, b: Annotated[int, Cookie()] = 0):
    return [a, b]


QUERIES = [
    "a=1&a=2",
    "a=%31",
    "b=on",
    "b=TRUE",
    "b=2",
    "c=1e3",
    "c=",
    "s=a+b%20c",
    "s=%ff",
    "s=%00",
    "a=1_000",
    "a=1.0",
]
QUERIES += [
    "a=1.5",
    "a=+1",
    "a=%201%20",
    "a=" + "9" * 40,
    "many=",
    "many=a,b&many=c",
    "&&&a=1",
    "a=1;b=1",
    "=x",
    "a",
    "s",
]
QUERIES += ["a=0x10", "s=%F0%9F%8D%94", "a=%D9%A3", "&".join(["many=x"] * 3000), "a=" + "9" * 5000]
COOKIES = [
    "a=1; b=2",
    r'a="q\"z"; b=x',
    "a=1;a=2",
    "a",
    "=z",
    "a=é",
    ";;; a = 3 ;",
    "a=b=c",
    "b=2, a=1",
    'a="\\303\\251"',
]

REQUESTS = [
    ("GET", "/aliases/3?q-q=1", {"x_odd": "h", "cookie": "the cookie=c"}),
    ("GET", "/aliases/x?q=1", {"X-Odd": "h"}),
    ("GET", "/aliases/of/fields?q-q=1&checked=2", {"h-h": "3"}),
    ("GET", "/aliases/of/fields?q-q=1&q=2"),
    ("GET", "/unions?a=1&b=1.5&c=1&d=1&d=z&e=x"),
    ("GET", "/unions?a=&b=x&c=yes&e=q"),
    ("GET", "/unions?a=1&b="),
    ("GET", "/several"),
    ("GET", "/several?a=1&a=2&b=x&b=x&c=1&c=2&d=1&d=3", [("e", "1"), ("e", "2, 3")]),
    ("GET", "/several?a=x&c=1&d=1"),
    ("GET", "/several?a=&b="),
    ("GET", "/defaults"),
    ("GET", "/defaults"),
    ("GET", "/defaults?made=4&unchecked=1&given=a&nothing="),
    ("GET", "/annotated/1"),
    ("GET", "/annotated/0?limit=11&both=5&doubled=x&name=a"),
    ("GET", "/annotated/3?both=4&doubled=4&stripped=%20a%20&name=%20bob%20"),
    ("GET", "/chosen/mayo?size=2&kind=x&sauces=mustard"),
    ("GET", "/chosen/ketchup?size=3&kind=1&sauces=q"),
    ("GET", "/chosen/mayo?kind=2"),
    (
        "GET",
        "/kinds/2020-01-02/00000000-0000-0000-0000-000000000001"
        "?at=2020-01-01T10:00&time=10:00&span=P1D&price=1.50&url=http://a.example/c&positive=1",
    ),
    ("GET", "/kinds/2/z?at=a&time=b&span=c&price=d&url=e&positive=0"),
    ("GET", '/json?wanted={"n":1}&numbers=[1,2]', {"anything": '{"a":[]}'}),
    ("GET", '/json?wanted={"n":"x"}&numbers=[1,"a"]'),
    ("GET", "/json?wanted={n", {"anything": "nothing"}),
    ("GET", "/json"),
    ("GET", "/said?a=2&hidden=h&d=0.7&e=b", {"c": "q"}),
    *(("GET", f"/simple?{query}") for query in QUERIES),
    ("GET", "/headers", [("x", "1"), ("x", "2"), ("user-agent", ""), ("as_written", "w"), ("number", "3")]),
    ("GET", "/headers", [("x", b"\xff\xe9"), ("as-written", "w"), ("number", "q")]),
    *(("GET", "/cookies", {"cookie": cookie}) for cookie in COOKIES),
    ("GET", "/cookies", [("cookie", "a=1"), ("cookie", "b=3")]),
]
