# task: e15.1
# diagnosis: the-last-one-stays-on-the-grill
# state: partly done
import asyncio
from contextlib import asynccontextmanager

from fwlab import App, Request
from fwlab.course.kitchen import grill_patty


async def cook(orders):
    while True:
        await orders.get()
        await grill_patty()


@asynccontextmanager
async def kitchen(app):
    app.state.orders = asyncio.Queue()
    cooking = asyncio.create_task(cook(app.state.orders))
    yield
    while not app.state.orders.empty():
        await asyncio.sleep(0.01)
    cooking.cancel()


app = App(lifespan=kitchen)


@app.post("/orders")
async def order(request: Request):
    request.app.state.orders.put_nowait("patty")
    return "Your burger is under way."
