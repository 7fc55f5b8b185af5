# task: e01.2
import asyncio

from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
async def offer(item: str):
    price, left = await asyncio.gather(price_of(item), asyncio.to_thread(is_left, item))
    return {"item": item, "price": price, "left": left}
