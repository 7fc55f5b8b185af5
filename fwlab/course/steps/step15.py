"""Chapter 15: the shop in production. New: ``GET /health``, ``GET /ready``, and a step before the start, ``prepare``.

Several workers answer, so nothing that matters is kept in one of them: orders are in the file that ``SHOP_ORDERS``
names. ``prepare`` makes it, once, before the first worker starts. Whoever stands in front of the workers asks
``/ready`` before it sends customers, and ``/health`` to learn whether a worker is to be replaced.
"""

from __future__ import annotations

from pydantic import BaseModel

from fwlab import APIRouter, App, HTTPException
from fwlab.course.steps import step14
from fwlab.course.steps.step09 import orders


class Condition(BaseModel):
    """What a worker says of itself."""

    condition: str


def prepare() -> None:
    """Do what has to be done once before workers start, however many: make the file for the orders.

    Example:
        >>> prepare()
        >>> orders().prepared
        True
    """
    orders().prepare()


shop = APIRouter()
shop.include_router(step14.shop)


@shop.get("/health")
async def health() -> Condition:
    """Answer, and so say that the process is alive and its loop turns. It asks nobody else."""
    return Condition(condition="alive")


@shop.get("/ready")
def ready() -> Condition:
    """Say whether customers may come: whether the file for the orders has been prepared."""
    if not orders().prepared:
        raise HTTPException(503, "The file for the orders has not been prepared: call prepare() before the start.")
    return Condition(condition="ready")


app = App(title="The burger shop")
app.include_router(shop)
