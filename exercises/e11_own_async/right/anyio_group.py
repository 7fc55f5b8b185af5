# task: e11.3
import anyio

from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery", cancel_on_disconnect=True)
async def delivery():
    offers = {}

    async def ask(courier):
        offers[courier] = await couriers.ask_courier(courier)

    async with anyio.create_task_group() as group:
        group.start_soon(ask, "bike")
        group.start_soon(ask, "van")
    return offers
