# task: e01.2
# diagnosis: blocking-inside-async-def
from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


async def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
async def offer(item: str):
    price = await price_of(item)
    left = await is_left(item)
    return {"item": item, "price": price, "left": left}
