# task: e01.1
# diagnosis: nobody-at-the-path
from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


@app.get("/stocks/{item}")
def stock(item: str):
    return {"item": item, "pieces": ask_supplier(item)}
