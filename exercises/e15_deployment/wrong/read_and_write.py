# task: e15.3
# diagnosis: read-then-written
from fwlab import App


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        number = (await store.get("orders") or 0) + 1
        await store.put("orders", number)
        return number

    return app
