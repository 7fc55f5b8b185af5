# task: e15.3
# diagnosis: each-worker-counts
import asyncio

from fwlab import App

lock = asyncio.Lock()
last = 0


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        global last
        async with lock:
            last += 1
            return last

    return app
