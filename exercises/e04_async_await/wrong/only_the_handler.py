# task: e04.1
# diagnosis: never-awaited
from fwlab import App
from fwlab.course.kitchen import price_of

app = App()


async def with_box(item: str):
    price = price_of(item)
    return price + 1


@app.get("/price/{item}")
async def price(item: str):
    total = await with_box(item)
    return {"item": item, "total": total}
