# task: e04.3
# diagnosis: never-awaited
import asyncio

from fwlab.course.kitchen import price_of


async def price_tag(item: str):
    price = price_of(item)
    return f"{item}: ${price}"


async def menu_board(items: list[str]):
    return [await price_tag(item) for item in items]
