"""The app for BlackSheep, which runs a ``def`` handler on the loop: it has no counterpart of that case.

Its dependencies are services, which know nothing of the request; the handler gives them what they need.
"""

from blacksheep import Application, Response, json, text

from benchmarks.burger import Burger

CASES = {"text", "json", "parameters", "body", "dependency"}

app = Application()


class Search:
    """The first step."""

    def word(self, q: str) -> str:
        """Take a word."""
        return q


class Find:
    """The second step, which needs the first."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def find(self, q: str) -> str:
        """Look for it."""
        return self.search.word(q) + "!"


app.services.add_scoped(Search)
app.services.add_scoped(Find)


@app.router.get("/text")
async def as_text() -> Response:
    """Answer in plain text."""
    return text("Hello, burger!")


@app.router.get("/json")
async def as_json() -> Response:
    """Answer in JSON."""
    return json({"message": "Hello, burger!", "number": 1})


@app.router.get("/burgers/{burger_id}")
async def parameters(burger_id: int, cheese: str, double: bool = False) -> Response:
    """Answer with what the path and the query hold."""
    return json({"burger_id": burger_id, "cheese": cheese, "double": double})


@app.router.post("/burgers")
async def order(burger: Burger) -> Response:
    """Answer with the body."""
    return json(burger)


@app.router.get("/dependency")
async def dependency(find: Find, q: str) -> Response:
    """Answer with what was found."""
    return json({"found": find.find(q)})
