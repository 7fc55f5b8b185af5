# task: e01.1
# diagnosis: a-loop-inside-the-loop
import asyncio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
async def stock(item: str):
    pieces = asyncio.run(asyncio.to_thread(ask_supplier, item))
    return {"item": item, "pieces": pieces}
