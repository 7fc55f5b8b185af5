"""Dependencies: in which order they run and end, what they share, what replaces them, what passes through them."""

import contextvars
from functools import partial
from typing import Annotated

from fastapi import BackgroundTasks, Body, Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()
LOG = []
numbers = iter(range(100))
who = contextvars.ContextVar("who", default="nobody")


def outer():
    LOG.append("outer begins")
    try:
        yield "outer"
    except Exception as error:
        LOG.append(f"outer hears {type(error).__name__}")
        raise
    finally:
        LOG.append("outer ends")


async def inner(outer: Annotated[str, Depends(outer)]):
    LOG.append("inner begins")
    try:
        yield outer + "/inner"
    finally:
        LOG.append("inner ends")


async def without_finally(outer: Annotated[str, Depends(outer)]):
    yield
    LOG.append("without finally")


Inner = Annotated[str, Depends(inner)]


@app.get("/yield")
async def ends(inner: Inner, tasks: BackgroundTasks, more: Annotated[None, Depends(without_finally)]):
    tasks.add_task(LOG.append, "task")
    LOG.append("handler")
    return inner


@app.get("/yield/fails")
async def fails(inner: Inner):
    raise ValueError("x")


@app.get("/yield/refuses")
async def refuses(inner: Inner):
    raise HTTPException(418, "tea")


@app.get("/yield/streams")
async def streams(inner: Inner):
    async def pieces():
        for number in range(3):
            LOG.append(f"piece {number}")
            yield str(number)

    return StreamingResponse(pieces())


async def of_the_function(outer: Annotated[str, Depends(outer, scope="request")]):
    LOG.append("function begins")
    yield 2
    LOG.append("function ends")


@app.get("/scope")
async def scope(two: Annotated[int, Depends(of_the_function, scope="function")]):
    async def pieces():
        LOG.append("piece")
        yield "x"

    return StreamingResponse(pieces())


async def turns():
    try:
        yield 1
    except ValueError:
        raise HTTPException(409, "turned") from None


@app.get("/turned")
async def turned(one: Annotated[int, Depends(turns)]):
    raise ValueError


class Page:
    def __init__(self, q: str = "d", n: int = Query(3, ge=1)):
        self.q, self.n = q, n


class Adds:
    def __init__(self, to):
        self.to = to

    def __call__(self, x: int):
        return x + self.to


class AddsLater(Adds):
    async def __call__(self, y: int = 0):
        yield y + self.to


def product(a: int, b: int):
    return a * b


@app.get("/callables")
async def callables(
    page: Annotated[Page, Depends()],
    added: Annotated[int, Depends(Adds(10))],
    later: Annotated[int, Depends(AddsLater(5))],
    tripled: Annotated[int, Depends(partial(product, b=3))],
):
    return [page.q, page.n, added, later, tripled]


def number():
    return next(numbers)


def same(number: Annotated[int, Depends(number)]):
    return number


@app.get("/cached")
async def cached(
    a: Annotated[int, Depends(number)],
    b: Annotated[int, Depends(same)],
    other: Annotated[int, Depends(number, use_cache=False)],
):
    return [b - a, other - a]


def replaced(q: str = "a"):
    return q


def instead(z: int):
    return z


def also_replaced():
    return 3


async def also_instead():
    yield "instead"


app.dependency_overrides = {replaced: instead, also_replaced: also_instead}


@app.get("/overridden", dependencies=[Depends(also_replaced)])
async def overridden(a: Annotated[str, Depends(replaced)], b: Annotated[int, Depends(also_replaced)]):
    return [a, b]


async def signs_in():
    who.set("Ada")


async def signs_in_and_out():
    who.set("Bob")
    yield
    LOG.append(who.get())


@app.get("/context", dependencies=[Depends(signs_in)])
async def context():
    return who.get()


@app.get("/context/thread", dependencies=[Depends(signs_in)])
def context_thread():
    return who.get()


@app.get("/context/yield", dependencies=[Depends(signs_in_and_out)])
async def context_yield():
    name = who.get()
    who.set("Eve")
    return name


class Burger(BaseModel):
    size: int


def of_the_body(burger: Burger):
    return burger.size


def beside(y: Annotated[int, Body()]):
    return y


@app.post("/body")
async def body(burger: Burger, size: Annotated[int, Depends(of_the_body)]):
    return [burger, size]


@app.post("/body/two")
async def body_two(size: Annotated[int, Depends(of_the_body)], y: Annotated[int, Depends(beside)]):
    return [size, y]


@app.post("/body/embedded")
async def body_embedded(z: Annotated[int, Body(embed=True)], size: Annotated[int, Depends(of_the_body)]):
    return [z, size]


async def sets_status(response: Response):
    response.status_code = 202
    yield


@app.get("/status", dependencies=[Depends(sets_status)])
def status():
    return 1


PATHS = [
    "/yield",
    "/yield/fails",
    "/yield/refuses",
    "/scope",
    "/turned",
    "/callables?x=1&a=2",
    "/callables?q=z&n=0&x=q",
]
PATHS += ["/callables?x=1&a=2&b=5&y=7", "/cached", "/overridden?z=4", "/overridden?q=3", "/context", "/context/thread"]
PATHS += ["/context/yield", "/status", "/yield/streams"]

REQUESTS = [
    *(("GET", path) for path in PATHS),
    ("POST", "/body", {}, {"size": 1}),
    ("POST", "/body/two", {}, {"burger": {"size": 1}, "y": 2}),
    ("POST", "/body/two", {}, {"size": 1}),
    ("POST", "/body/embedded", {}, {"z": 1, "burger": {"size": 2}}),
]
