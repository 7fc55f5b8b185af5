"""Paths, routers, mounted apps, methods, redirects and addresses."""

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.responses import PlainTextResponse, Response

app = FastAPI()
LOG = []


async def first(x_1: Annotated[str, Header()] = "h"):
    LOG.append("first")


async def second():
    LOG.append("second")


outer = APIRouter(
    prefix="/r", tags=["r"], dependencies=[Depends(first)], responses={404: {"description": "There is none."}}
)
inner = APIRouter(prefix="/s/{sid}", tags=["s"], deprecated=True)


@inner.get(
    "/x",
    tags=["x"],
    dependencies=[Depends(second)],
    summary="A summary",
    description="A description",
    response_description="What is sent",
    operation_id="x_of_s",
    responses={200: {"description": "Fine."}, "4XX": {"model": dict[str, int]}},
)
async def x(sid: int):
    return sid


@inner.get("")
async def whole(sid: int):
    return "whole"


outer.include_router(inner)
app.include_router(outer, prefix="/api", tags=["api"])
app.include_router(inner, prefix="/other", include_in_schema=False)


@app.get("/users/me")
async def me():
    return "me"


@app.get("/users/{n}")
async def user(n: int):
    return n


@app.get("/users/{name}/")
async def user_page(name: str):
    return name


@app.get("/users/{name}.json")
async def never(name: str):
    return name


@app.get("/files/{path:path}/meta")
async def meta(path: str):
    return ["meta", path]


@app.get("/files/{path:path}")
async def file(path: str):
    return path


@app.get("/int/{n:int}/x")
async def int_(n: int):
    return n


@app.get("/float/{n:float}")
async def float_(n: float):
    return n


@app.get("/uuid/{n:uuid}")
async def uuid_(n: uuid.UUID):
    return n


@app.get("/either/{n}")
async def either(n: int | Literal["all"]):
    return n


@app.get("/two/{a}-{b}")
async def two(a: str, b: int):
    return [a, b]


@app.get("/dotted/{a}.{b}")
async def dotted(a: str, b: str):
    return [a, b]


@app.head("/methods")
async def head():
    return Response(headers={"x": "y"})


@app.options("/methods")
async def options():
    return 1


@app.trace("/methods")
async def trace():
    return 2


@app.api_route("/any", methods=["POST", "PUT"], operation_id="any")
async def any_(request: Request):
    return request.method


@app.get("/request/{x}")
async def request(request: Request, x: str):
    url = request.url
    return [
        [str(url), url.path, url.hostname, str(url.include_query_params(z=1)), str(url.replace(port=99))],
        [request.method, request.path_params, request.cookies, request.client.host, str(request.base_url)],
        [dict(request.query_params), request.query_params.multi_items(), request.query_params.getlist("a")],
        [request.headers.getlist("x"), request.headers.get("none"), str(request.url_for("request", x="z"))],
    ]


mounted = FastAPI(title="Mounted")


@mounted.get("/x/{n}")
async def within(request: Request, n: int):
    addresses = [str(request.url_for("mounted:within", n=3)), str(request.url_for("me")), str(request.base_url)]
    return [n, *addresses, request.scope["root_path"], request.url.path, str(mounted.url_path_for("within", n=1))]


async def raw(scope, receive, send):
    await PlainTextResponse(f"{scope['path']} {scope['root_path']}")(scope, receive, send)


app.mount("/mounted", mounted, name="mounted")
app.mount("/raw", raw)


@app.get("/addresses")
async def addresses(request: Request):
    paths = [app.url_path_for("mounted:within", n=2), app.url_path_for("file", path="a/b")]
    return [str(request.url_for("mounted:within", n=2)), str(request.url_for("mounted", path="/q")), *map(str, paths)]


PATHS = ["/api/r/s/3/x", "/api/r/s/3", "/other/s/4", "/api/r/s/q/x", "/api/r/s/3/", "/users/me", "/users/3", "/users/x"]
PATHS += ["/users/3/", "/users/me/", "/users/3.json", "/files/a/b/c", "/files/a%2Fb%20c", "/files/", "/files/%ff%fe"]
PATHS += ["/files/a/meta/meta", "/files//", "/int/3/x", "/int/q/x", "/float/3.5", "/float/3", "/uuid/z", "/either/all"]
PATHS += [
    "/uuid/00000000-0000-0000-0000-000000000001",
    "/either/3",
    "/either/x",
    "/two/a-b-3",
    "/two/a",
    "/two/-1",
    "/nowhere",
]
PATHS += [
    "/dotted/a.b.c",
    "/either/",
    "/either/%20",
    "/either/3/",
    "//either/3",
    "/either//3",
    "/either/%00",
    "/either/%D9%A3",
]
PATHS += ["/mounted/x/1", "/mounted", "/mounted/openapi.json", "/mounted/zz", "/raw/a/b", "/raw", "/addresses", "/raws"]

REQUESTS = [
    *(("GET", path) for path in PATHS),
    *((method, "/methods") for method in ("HEAD", "OPTIONS", "TRACE")),
    *((method, "/any") for method in ("POST", "PUT")),
    *((method, "/api/r/s/3/x") for method in ("POST", "HEAD", "OPTIONS")),
    (
        "GET",
        "/request/a?a=1&a=2&b=",
        [("x", "1"), ("x", "2"), ("cookie", 'a=b; c="d e"; e'), ("host", "shop.example:8000")],
    ),
]
