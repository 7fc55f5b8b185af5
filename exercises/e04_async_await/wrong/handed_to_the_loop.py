# task: e04.3
# diagnosis: waits-for-its-own-loop
import asyncio

from fwlab.course.kitchen import price_of


def price_tag(item: str):
    loop = asyncio.get_running_loop()
    price = asyncio.run_coroutine_threadsafe(price_of(item), loop).result()
    return f"{item}: ${price}"


async def menu_board(items: list[str]):
    return [price_tag(item) for item in items]
