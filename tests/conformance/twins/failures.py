"""What becomes of what is raised: by status, by class, by the app's own handlers; and a route with a way of its own."""

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

app = FastAPI()
LOG = []


class SoldOut(Exception):
    """There is none."""


class SoldOutToday(SoldOut):
    """There will be some."""


class Burger(BaseModel):
    size: int


@app.exception_handler(SoldOut)
async def sold_out(request, exc):
    return JSONResponse({"sold out": type(exc).__name__}, status_code=499)


@app.exception_handler(404)
def not_found(request, exc):
    return PlainTextResponse(f"not found: {exc.detail}", 404)


@app.exception_handler(RequestValidationError)
async def refused(request, exc):
    return JSONResponse({"errors": jsonable_encoder(exc.errors()), "body": exc.body}, 400)


@app.exception_handler(500)
async def mistake(request, exc):
    return JSONResponse({"mistake": type(exc).__name__}, 500)


@app.get("/sold-out")
async def raises_sold_out():
    raise SoldOutToday


@app.get("/not-found")
async def raises_not_found():
    raise HTTPException(404, {"a": 1}, headers={"X-Y": "z"})


@app.get("/gone")
async def raises_gone():
    raise HTTPException(410, ["gone"], headers={"X-Y": "z"})


@app.get("/mistake")
async def raises():
    raise KeyError(1)


@app.get("/no-content")
async def raises_no_content():
    raise HTTPException(204)


@app.get("/wrong", response_model=Burger)
async def returns_wrong():
    return {"size": "large"}


@app.post("/burgers")
async def order(burger: Burger):
    return burger


DETAILS = [None, {"a": [1]}, "x", 5, {"loc": ["q"]}, "", 0]


@app.get("/details/{n}")
async def details(n: int):
    raise HTTPException(400, DETAILS[n], headers={"X-Y": "z"} if n % 2 else None)


RESULTS = [[1, "2"], "x", None, (1, 2), {1, 2}, {"a": 1}]


@app.get("/results/{n}", response_model=list[int])
async def results(n: int):
    return RESULTS[n]


def raising(status):
    def handler():
        raise HTTPException(status)

    return handler


STATUSES = [200, 226, 300, 400, 422, 500]
for status in STATUSES:
    app.get(f"/returned/{status}", status_code=status)(lambda: None)
    app.get(f"/raised/{status}")(raising(status))


class Route(APIRoute):
    def get_route_handler(self):
        handle = super().get_route_handler()

        async def handle_and_tell(request: Request):
            LOG.append("before")
            try:
                response = await handle(request)
            except RequestValidationError as error:
                return JSONResponse({"caught": len(error.errors())}, 400)
            response.headers["X-Told"] = "yes"
            return response

        return handle_and_tell


router = APIRouter(route_class=Route)


@router.get("/told")
async def told(q: int):
    return q


app.include_router(router)

REQUESTS = [
    *(
        ("GET", path)
        for path in ("/sold-out", "/not-found", "/nowhere", "/gone", "/mistake", "/no-content", "/told?q=1")
    ),
    ("GET", "/told"),
    *(("GET", f"/details/{n}") for n in range(len(DETAILS))),
    *(("GET", f"/results/{n}") for n in range(len(RESULTS))),
    *(("GET", f"/{how}/{status}") for how in ("returned", "raised") for status in STATUSES),
    ("POST", "/burgers", {}, {"size": "x"}),
    ("POST", "/burgers", {"content-type": "application/json"}, b"{"),
    ("DELETE", "/burgers"),
]
