# task: e01.2
# diagnosis: a-loop-of-its-own
import asyncio

from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
def offer(item: str):
    price = asyncio.run(price_of(item))
    left = is_left(item)
    return {"item": item, "price": price, "left": left}
