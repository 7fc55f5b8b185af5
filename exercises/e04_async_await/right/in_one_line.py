# task: e04.1
from fwlab import App
from fwlab.course.kitchen import price_of

app = App()


async def with_box(item: str):
    return await price_of(item) + 1


@app.get("/price/{item}")
async def price(item: str):
    return {"item": item, "total": await with_box(item)}
