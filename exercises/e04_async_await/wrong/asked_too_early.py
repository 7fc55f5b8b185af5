# task: e04.3
# diagnosis: asked-before-it-was-there
import asyncio

from fwlab.course.kitchen import price_of


def price_tag(item: str):
    price = asyncio.create_task(price_of(item)).result()
    return f"{item}: ${price}"


async def menu_board(items: list[str]):
    return [price_tag(item) for item in items]
