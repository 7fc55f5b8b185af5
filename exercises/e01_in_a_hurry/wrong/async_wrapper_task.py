# task: e01.1
# diagnosis: blocking-inside-a-coroutine
import asyncio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


async def ask(item: str) -> int:
    return ask_supplier(item)


@app.get("/stock/{item}")
async def stock(item: str):
    pieces = await asyncio.create_task(ask(item))
    return {"item": item, "pieces": pieces}
