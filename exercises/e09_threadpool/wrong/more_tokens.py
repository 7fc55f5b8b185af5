# task: e09.3
# diagnosis: too-many-at-the-bank
# state: partly done
from contextlib import asynccontextmanager

from anyio import to_thread

from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking


@asynccontextmanager
async def lifespan(app):
    to_thread.current_default_thread_limiter().total_tokens = 100
    yield


shop = App(lifespan=lifespan)


@shop.get("/cards/{card}")
def check_card(card: str):
    return {"good": accepts(card)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
