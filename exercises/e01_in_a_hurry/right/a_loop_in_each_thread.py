# task: e01.1
import asyncio

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
def how_many_are_left(item: str):
    async def ask():
        return ask_supplier(item)

    return {"item": item, "pieces": asyncio.run(ask())}
