# task: e04.1
# diagnosis: responds
from fwlab import App
from fwlab.course.kitchen import price_of

app = App()


@app.get("/price/{item}")
async def price(item: str):
    return {"item": item, "total": await price_of(item)}


with_box = price_of
