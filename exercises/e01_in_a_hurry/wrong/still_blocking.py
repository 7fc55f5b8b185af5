# task: e01.1
# diagnosis: the-loop-is-held
import anyio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
async def stock(item: str):
    await anyio.sleep(0)
    pieces = ask_supplier(item)
    return {"item": item, "pieces": pieces}
