# task: e01.1
# diagnosis: they-queue
import asyncio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()
three_at_a_time = asyncio.Semaphore(3)


@app.get("/stock/{item}")
async def stock(item: str):
    async with three_at_a_time:
        pieces = await asyncio.to_thread(ask_supplier, item)
    return {"item": item, "pieces": pieces}
