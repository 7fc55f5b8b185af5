# task: e01.2
# diagnosis: helper-on-the-loop
from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


def ask_them(item: str):
    return is_left(item)


@shop.get("/offer/{item}")
async def offer(item: str):
    price = await price_of(item)
    left = ask_them(item)
    return {"item": item, "price": price, "left": left}
