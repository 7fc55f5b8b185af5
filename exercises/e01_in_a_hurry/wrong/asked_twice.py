# task: e01.1
# diagnosis: the-supplier-is-asked-once-a-request
from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
def stock(item: str):
    ask_supplier(item)
    return {"item": item, "pieces": ask_supplier(item)}
