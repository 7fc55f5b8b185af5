# task: e12.2
import asyncio
from functools import partial

from fwlab.course.couriers import CourierError, ask_courier_then


def cheaper_then(one, other, done, failed):
    offers, heard = {}, []

    def note(courier, said):
        heard.append(courier)
        if not isinstance(said, CourierError):
            offers[courier] = said
        if len(heard) == 2 and not offers:
            failed(CourierError("nobody delivers"))
        elif len(heard) == 2:
            best = min(offers, key=offers.get)
            ask_courier_then(best, lambda offer: done({best: offer}), failed)

    for courier in (one, other):
        ask_courier_then(courier, partial(note, courier), partial(note, courier))


async def cheaper(one, other):
    answer = asyncio.get_running_loop().create_future()
    cheaper_then(one, other, answer.set_result, answer.set_exception)
    return await answer
