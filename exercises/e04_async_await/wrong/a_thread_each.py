# task: e04.3
# diagnosis: a-loop-in-a-thread
import asyncio

from fwlab.course.kitchen import price_of


def price_tag(item: str):
    price = asyncio.run(price_of(item))
    return f"{item}: ${price}"


async def menu_board(items: list[str]):
    return [await asyncio.to_thread(price_tag, item) for item in items]
