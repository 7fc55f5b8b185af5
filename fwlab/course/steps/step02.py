"""Chapter 2: the shop asks a slow service. New: ``GET /loyalty/{customer}``, and ``GET /log`` to see who waited when.

The loyalty API takes 0.2 seconds. Its client is awaited, so the handler is ``async def``: rule 1. While one customer
waits, the others are served, and the log shows it.
"""

from __future__ import annotations

from collections import deque

from pydantic import BaseModel

from fwlab import APIRouter, App
from fwlab.course.loyalty import points_of
from fwlab.course.steps import step01


class Loyalty(BaseModel):
    """What the loyalty API knows of a customer."""

    customer: str
    points: int


log: deque[str] = deque(maxlen=100)
"""What happened in the shop, the oldest first."""

shop = APIRouter()
shop.include_router(step01.shop)


@shop.get("/loyalty/{customer}")
async def loyalty(customer: str) -> Loyalty:
    """How many points a customer has."""
    log.append(f"{customer} asks")
    points = await points_of(customer)
    log.append(f"{customer} is answered")
    return Loyalty(customer=customer, points=points)


@shop.get("/log")
async def read_log() -> list[str]:
    """The last hundred lines of the log."""
    return list(log)


app = App(title="The burger shop")
app.include_router(shop)
