# task: e09.3
import asyncio
from concurrent.futures import ThreadPoolExecutor

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking

shop = App()
BANK = ThreadPoolExecutor(20)


@shop.get("/cards/{card}")
async def check_card(card: str):
    return {"good": await asyncio.get_running_loop().run_in_executor(BANK, accepts, card)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
