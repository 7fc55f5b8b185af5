"""Chapter 7: a customer may write the burger's number on paper. New: ``POST /pictures``, which computes.

It waits for nothing, but it computes for 20 ms, which on the loop everybody would feel. So it is plain ``def``: in a
thread. That keeps the others alive, and makes no picture quicker.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from fwlab import APIRouter, App
from fwlab.course.pictures import classify
from fwlab.course.steps import step06


class Scan(BaseModel):
    """A picture: 64 numbers, row by row, from 0 (paper) to 16 (ink)."""

    pixels: Annotated[list[Annotated[float, Field(ge=0, le=16)]], Field(min_length=64, max_length=64)]


class Reading(BaseModel):
    """The digit that a picture shows, and how many of the three nearest examples say so."""

    digit: int
    votes: int


shop = APIRouter()
shop.include_router(step06.shop)


@shop.post("/pictures")
def read_picture(scan: Scan) -> Reading:
    """Read the number on a picture."""
    guess = classify(scan.pixels)
    return Reading(digit=guess.digit, votes=guess.votes)


app = App(title="The burger shop")
app.include_router(shop)
