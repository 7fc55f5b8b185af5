from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()


# `ask_supplier` blocks, so this handler is a plain `def`: it runs in a worker thread, and the loop stays free.
@app.get("/stock/{item}")
def stock(item: str):
    pieces = ask_supplier(item)
    return {"item": item, "pieces": pieces}
