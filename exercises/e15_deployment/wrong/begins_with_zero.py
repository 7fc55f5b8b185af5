# task: e15.3
# diagnosis: other-numbers
from fwlab import App


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        return await store.add("orders", 1) - 1

    return app
