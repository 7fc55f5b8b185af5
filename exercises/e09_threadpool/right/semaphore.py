# task: e09.3
from asyncio import Semaphore

from anyio import to_thread

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking

shop = App()
BANK = Semaphore(20)


@shop.get("/cards/{card}")
async def check_card(card: str):
    async with BANK:
        return {"good": await to_thread.run_sync(accepts, card)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
