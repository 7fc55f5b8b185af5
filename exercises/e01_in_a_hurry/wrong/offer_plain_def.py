# task: e01.2
# diagnosis: never-awaited
from fwlab import App
from fwlab.course.kitchen import price_of
from fwlab.course.supplier import ask_supplier

shop = App()


def is_left(item: str):
    return ask_supplier(item) > 0


@shop.get("/offer/{item}")
def offer(item: str):
    price = price_of(item)
    left = is_left(item)
    return {"item": item, "price": price, "left": left}
