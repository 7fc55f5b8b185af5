# task: e15.3
import asyncio

from fwlab import App


def make_numbered(store):
    app = App()
    lock = asyncio.Lock()

    @app.post("/orders")
    async def order():
        async with lock:
            return await store.add("orders", 1)

    return app
