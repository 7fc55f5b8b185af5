# task: e05.2
# diagnosis: the-number-of-another
from fwlab.course.kitchen import grill_patty

last = 0


async def take_order(customer: str):
    global last
    last = last + 1
    await grill_patty()
    number = last
    return {"number": number, "customer": customer}
