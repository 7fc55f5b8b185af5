# task: e01.1
# diagnosis: the-loop-is-held
from concurrent.futures import ThreadPoolExecutor

from fwlab import App
from fwlab.course.supplier import ask_supplier

app = App()
threads = ThreadPoolExecutor()


@app.get("/stock/{item}")
async def stock(item: str):
    pieces = threads.submit(ask_supplier, item).result()
    return {"item": item, "pieces": pieces}
