"""The app for Starlette, which leaves validation to its users and has no dependencies."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from benchmarks.burger import Burger

CASES = {"text", "json", "parameters", "body", "def"}


async def text(request: Request) -> Response:
    """Answer in plain text."""
    return PlainTextResponse("Hello, burger!")


async def as_json(request: Request) -> Response:
    """Answer in JSON."""
    return JSONResponse({"message": "Hello, burger!", "number": 1})


async def parameters(request: Request) -> Response:
    """Answer with what the path and the query hold."""
    query = request.query_params
    double = query.get("double", "false") == "true"
    return JSONResponse(
        {"burger_id": request.path_params["burger_id"], "cheese": query["cheese"], "double": double},
    )


async def order(request: Request) -> Response:
    """Answer with the body."""
    burger = Burger.model_validate_json(await request.body())
    return Response(burger.model_dump_json(), media_type="application/json")


def blocking(request: Request) -> Response:
    """Answer from a worker thread."""
    return JSONResponse({"message": "Hello, thread!"})


app = Starlette(
    routes=[
        Route("/text", text),
        Route("/json", as_json),
        Route("/burgers/{burger_id:int}", parameters),
        Route("/burgers", order, methods=["POST"]),
        Route("/def", blocking),
    ]
)
