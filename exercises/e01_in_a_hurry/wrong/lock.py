# task: e01.1
# diagnosis: they-queue
import anyio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()
one_at_a_time = anyio.Lock()


@app.get("/stock/{item}")
async def stock(item: str):
    async with one_at_a_time:
        pieces = await anyio.to_thread.run_sync(ask_supplier, item)
    return {"item": item, "pieces": pieces}
