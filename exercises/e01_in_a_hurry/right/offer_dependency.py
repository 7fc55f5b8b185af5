# task: e01.2
from typing import Annotated

from fwlab import App, Depends
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
async def offer(item: str, left: Annotated[bool, Depends(is_left)]):
    price = await price_of(item)
    return {"item": item, "price": price, "left": left}
