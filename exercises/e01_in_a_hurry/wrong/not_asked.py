# task: e01.1
# diagnosis: supplier-not-asked
import anyio

from fwlab import App

app = App()


@app.get("/stock/{item}")
async def stock(item: str):
    await anyio.sleep(0.2)
    return {"item": item, "pieces": 42}
