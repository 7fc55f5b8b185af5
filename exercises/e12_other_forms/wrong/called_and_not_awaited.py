# task: e12.2
# diagnosis: never-awaited
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    offers = {courier: ask_courier(courier) for courier in (one, other)}
    best = min(offers, key=str)
    return {best: offers[best]}
