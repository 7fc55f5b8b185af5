# task: e01.1
import asyncio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
async def stock(item: str):
    loop = asyncio.get_running_loop()
    return {"item": item, "pieces": await loop.run_in_executor(None, ask_supplier, item)}
