# task: e09.3
# diagnosis: too-many-at-the-bank
# state: partly done
from anyio import CapacityLimiter, to_thread

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking

shop = App()
BOOKS = CapacityLimiter(20)


@shop.get("/cards/{card}")
def check_card(card: str):
    return {"good": accepts(card)}


@shop.get("/loyalty/{customer}")
async def loyalty(customer: str):
    return {"points": await to_thread.run_sync(points_of_blocking, customer, limiter=BOOKS)}
