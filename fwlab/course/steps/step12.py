"""Chapter 12: a library of another form. New: ``GET /delivery/{courier}``, the offer of one courier, who calls back.

The old library returns at once, and calls one of two functions when it knows. A future stands between the two forms:
the callbacks fill it, and the handler awaits it. Should the customer leave, the question is called off.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from fwlab import APIRouter, App, HTTPException, Path
from fwlab.course.couriers import CourierError, ask_courier_then
from fwlab.course.steps import step11

shop = APIRouter()
shop.include_router(step11.shop)


async def offer_of(courier: str) -> int:
    """Ask one courier through the library that calls back, and return the dollars."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    call_off = ask_courier_then(courier, answer.set_result, answer.set_exception)
    try:
        return await answer
    finally:
        call_off()  # when there is an answer already, nothing is left to call off


@shop.get("/delivery/{courier}", cancel_on_disconnect=True)
async def delivery_by(courier: Annotated[str, Path(pattern="^(bike|scooter|van|drone)$")]) -> dict[str, int]:
    """What a delivery by this courier costs."""
    try:
        return {courier: await offer_of(courier)}
    except CourierError as error:
        raise HTTPException(503, str(error)) from None


app = App(title="The burger shop")
app.include_router(shop)
