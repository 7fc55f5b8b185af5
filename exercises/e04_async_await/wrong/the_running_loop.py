# task: e04.3
# diagnosis: loop-inside-the-loop
import asyncio

from fwlab.course.kitchen import price_of


def price_tag(item: str):
    loop = asyncio.get_running_loop()
    price = loop.run_until_complete(price_of(item))
    return f"{item}: ${price}"


async def menu_board(items: list[str]):
    return [price_tag(item) for item in items]
