# task: e04.1
# diagnosis: the-price-is-not-asked-for
from fwlab import App
from fwlab.course.kitchen import price_of

app = App()


async def with_box(item: str):
    return {"fries": 3, "lemonade": 2, "bun": 1}.get(item, 0) + 1


@app.get("/price/{item}")
async def price(item: str):
    total = await with_box(item)
    return {"item": item, "total": total}
