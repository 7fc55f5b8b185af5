# task: e09.3
# diagnosis: blocking-inside-async-def
from fwlab import App
from fwlab.course.bank import accepts
from fwlab.course.loyalty import points_of_blocking

shop = App()


@shop.get("/cards/{card}")
async def check_card(card: str):
    return {"good": accepts(card)}


@shop.get("/loyalty/{customer}")
def loyalty(customer: str):
    return {"points": points_of_blocking(customer)}
