# task: e04.2
# diagnosis: ordered-twice-asked-once
# state: partly done
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    prices = await asyncio.gather(*(price_of(item) for item in set(items)))
    return sum(prices)
