# task: e04.2
# diagnosis: a-few-at-a-time
# state: partly done
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    counter = asyncio.Semaphore(2)

    async def ask(item):
        async with counter:
            return await price_of(item)

    return sum(await asyncio.gather(*(ask(item) for item in items)))
