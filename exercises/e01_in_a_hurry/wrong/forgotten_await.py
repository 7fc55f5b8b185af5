# task: e01.1
# diagnosis: never-awaited
import anyio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
async def stock(item: str):
    pieces = anyio.to_thread.run_sync(ask_supplier, item)
    return {"item": item, "pieces": pieces}
