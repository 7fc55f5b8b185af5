# task: e09.3
# diagnosis: fewer-than-allowed
# state: partly done
from anyio import CapacityLimiter, to_thread

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking

shop = App()
BANK = CapacityLimiter(10)


@shop.get("/cards/{card}")
async def check_card(card: str):
    return {"good": await to_thread.run_sync(accepts, card, limiter=BANK)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
