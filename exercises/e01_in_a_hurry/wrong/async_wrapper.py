# task: e01.1
# diagnosis: blocking-inside-a-coroutine
from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


async def ask(item: str) -> int:
    return ask_supplier(item)


@app.get("/stock/{item}")
async def stock(item: str):
    pieces = await ask(item)
    return {"item": item, "pieces": pieces}
