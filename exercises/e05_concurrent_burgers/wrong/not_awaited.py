# task: e05.3
# diagnosis: never-awaited
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    return [grill_patty() for _ in range(customers)]
