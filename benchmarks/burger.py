"""The model of the case ``body``, for all frameworks the same."""

from pydantic import BaseModel


class Burger(BaseModel):
    """What is ordered."""

    name: str
    price: float
    toppings: list[str] = []
