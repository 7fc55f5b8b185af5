"""Chapter 1: the burger shop has a menu. New: ``GET /burgers`` and ``GET /burgers/{id}``.

Both look into a dictionary and wait for nothing, so they are ``async def``: rule 3.
"""

from __future__ import annotations

from pydantic import BaseModel

from fwlab import APIRouter, App, HTTPException


class Burger(BaseModel):
    """A line of the menu; the price is in dollars."""

    id: int
    name: str
    price: int


MENU = {
    burger.id: burger
    for burger in [
        Burger(id=1, name="Classic", price=6),
        Burger(id=2, name="Cheese", price=7),
        Burger(id=3, name="Garden", price=8),
    ]
}
"""What the shop sells, by number."""

shop = APIRouter()


@shop.get("/burgers")
async def menu() -> list[Burger]:
    """All burgers."""
    return list(MENU.values())


@shop.get("/burgers/{id}")
async def burger(id: int) -> Burger:
    """One burger, by its number."""
    if id not in MENU:
        raise HTTPException(404, f"The menu ends with number {max(MENU)}.")
    return MENU[id]


app = App(title="The burger shop")
app.include_router(shop)
