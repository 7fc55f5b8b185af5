# task: e15.1
# diagnosis: lost-task
import asyncio
from contextlib import asynccontextmanager

from fwlab import App, Request
from fwlab.course.kitchen import grill_patty


async def cook(orders):
    while True:
        await orders.get()
        await grill_patty()
        orders.task_done()


@asynccontextmanager
async def kitchen(app):
    app.state.orders = asyncio.Queue()
    app.state.cooking = asyncio.create_task(cook(app.state.orders))
    yield
    await app.state.orders.join()


app = App(lifespan=kitchen)


@app.post("/orders")
async def order(request: Request):
    request.app.state.orders.put_nowait("patty")
    return "Your burger is under way."
