"""The app for Litestar."""

from __future__ import annotations

from litestar import Litestar, MediaType, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody

from benchmarks.burger import Burger

CASES = {"text", "json", "parameters", "body", "dependency", "def"}


@get("/text", media_type=MediaType.TEXT)
async def text() -> str:
    """Answer in plain text."""
    return "Hello, burger!"


@get("/json")
async def as_json() -> dict[str, str | int]:
    """Answer in JSON."""
    return {"message": "Hello, burger!", "number": 1}


@get("/burgers/{burger_id:int}")
async def parameters(
    burger_id: FromPath[int], cheese: FromQuery[str], double: FromQuery[bool] = False
) -> dict[str, int | str | bool]:
    """Answer with what the path and the query hold."""
    return {"burger_id": burger_id, "cheese": cheese, "double": double}


@post("/burgers", status_code=200)
async def order(data: JSONBody[Burger]) -> Burger:
    """Answer with the body."""
    return data


async def search(q: FromQuery[str]) -> str:
    """Take a word from the query."""
    return q


async def find(word: NamedDependency[str]) -> str:
    """Look for it."""
    return word + "!"


@get("/dependency", dependencies={"word": Provide(search), "found": Provide(find)})
async def dependency(found: NamedDependency[str]) -> dict[str, str]:
    """Answer with what was found."""
    return {"found": found}


@get("/def", sync_to_thread=True)
def blocking() -> dict[str, str]:
    """Answer from a worker thread."""
    return {"message": "Hello, thread!"}


# Its logging settings would be those of the whole process, and print every request that a client of ours makes.
app = Litestar([text, as_json, parameters, order, dependency, blocking], logging_config=None)
