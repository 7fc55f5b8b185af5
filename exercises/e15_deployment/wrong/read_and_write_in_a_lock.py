# task: e15.3
# diagnosis: a-lock-in-each-worker
import asyncio

from fwlab import App

lock = asyncio.Lock()


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        async with lock:
            number = (await store.get("orders") or 0) + 1
            await store.put("orders", number)
            return number

    return app
