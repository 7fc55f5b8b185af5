# task: e01.2
# diagnosis: one-at-a-time-in-threads
import anyio

from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()
counter = anyio.Lock()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
async def offer(item: str):
    price = await price_of(item)
    async with counter:
        left = await anyio.to_thread.run_sync(is_left, item)
    return {"item": item, "price": price, "left": left}
