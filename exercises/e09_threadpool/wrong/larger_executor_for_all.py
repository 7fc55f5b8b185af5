# task: e09.3
# diagnosis: pool-of-another-kind
import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking


@asynccontextmanager
async def lifespan(app):
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(100))
    yield


shop = App(lifespan=lifespan)


@shop.get("/cards/{card}")
def check_card(card: str):
    return {"good": accepts(card)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
