# task: e15.1
from contextlib import asynccontextmanager

import anyio

from fwlab import App, Request
from fwlab.course.kitchen import grill_patty


@asynccontextmanager
async def kitchen(app):
    async with anyio.create_task_group() as app.state.cooks:
        yield


app = App(lifespan=kitchen)


@app.post("/orders")
async def order(request: Request):
    request.app.state.cooks.start_soon(grill_patty)
    return "Your burger is under way."
