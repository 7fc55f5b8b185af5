# task: e01.1
# diagnosis: another-answer
from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stock/{item}")
def stock(item: str):
    return {"name": item, "in_stock": ask_supplier(item)}
