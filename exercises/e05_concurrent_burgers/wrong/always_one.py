# task: e05.2
# diagnosis: the-number-of-another
from fwlab.course.kitchen import grill_patty


async def take_order(customer: str):
    await grill_patty()
    return {"number": 1, "customer": customer}
