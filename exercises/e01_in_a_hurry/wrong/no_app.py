# task: e01.1
# diagnosis: missing-name
from fwlab import App
from fwlab.course.supplier import ask_supplier

shop = App()


@shop.get("/stock/{item}")
def stock(item: str):
    return {"item": item, "pieces": ask_supplier(item)}
