# task: e15.3
# diagnosis: asked-again
# state: partly done
from fwlab import App


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        await store.add("orders", 1)
        return await store.get("orders")

    return app
