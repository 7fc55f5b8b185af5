# task: e04.1
# diagnosis: nobody-at-the-path
from fwlab import App
from fwlab.course.kitchen import price_of

app = App()


async def with_box(item: str):
    price = await price_of(item)
    return price + 1


@app.get("/prices/{item}")
async def price(item: str):
    total = await with_box(item)
    return {"item": item, "total": total}
