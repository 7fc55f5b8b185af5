# task: e01.2
# diagnosis: nobody-at-the-path
import anyio

from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offers/{item}")
async def offer(item: str):
    price = await price_of(item)
    left = await anyio.to_thread.run_sync(is_left, item)
    return {"item": item, "price": price, "left": left}
