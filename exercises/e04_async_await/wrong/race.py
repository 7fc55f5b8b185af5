# task: e04.2
# diagnosis: works-by-luck
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    prices = []

    async def ask(item):
        prices.append(await price_of(item))

    async def add_up():
        await asyncio.sleep(0.2)
        await asyncio.sleep(0)
        return sum(prices)

    *_, total = await asyncio.gather(*(ask(item) for item in items), add_up())
    return total
