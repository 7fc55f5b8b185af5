"""The app for fwlab."""

from typing import Annotated

from benchmarks.burger import Burger
from fwlab import App, Depends
from fwlab.responses import PlainTextResponse

CASES = {"text", "json", "parameters", "body", "dependency", "def"}

app = App()


@app.get("/text")
async def text():
    """Answer in plain text."""
    return PlainTextResponse("Hello, burger!")


@app.get("/json")
async def as_json():
    """Answer in JSON."""
    return {"message": "Hello, burger!", "number": 1}


@app.get("/burgers/{burger_id}")
async def parameters(burger_id: int, cheese: str, double: bool = False):
    """Answer with what the path and the query hold."""
    return {"burger_id": burger_id, "cheese": cheese, "double": double}


@app.post("/burgers")
async def order(burger: Burger) -> Burger:
    """Answer with the body."""
    return burger


async def search(q: str) -> str:
    """Take a word from the query."""
    return q


async def find(word: Annotated[str, Depends(search)]) -> str:
    """Look for it."""
    return word + "!"


@app.get("/dependency")
async def dependency(found: Annotated[str, Depends(find)]):
    """Answer with what was found."""
    return {"found": found}


@app.get("/def")
def blocking():
    """Answer from a worker thread."""
    return {"message": "Hello, thread!"}
