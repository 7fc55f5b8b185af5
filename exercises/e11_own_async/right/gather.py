# task: e11.3
import asyncio

from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery", cancel_on_disconnect=True)
async def delivery():
    bike, van = await asyncio.gather(couriers.ask_courier("bike"), couriers.ask_courier("van"))
    return {"bike": bike, "van": van}
