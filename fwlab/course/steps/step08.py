"""Chapter 8: pictures are read in processes of their own. New: ``run_in="process"``, and ``GET /health``.

The loop goes on waiting for everybody at once, and the processor's other cores compute. ``/health`` says whether
it does.
"""

from __future__ import annotations

from fwlab import APIRouter, App
from fwlab.course.pictures import classify
from fwlab.course.steps import step07
from fwlab.course.steps.step07 import Reading, Scan

shop = APIRouter()
shop.include_router(step07.shop)


@shop.post("/pictures", run_in="process")
def read_picture(scan: Scan) -> Reading:
    """Read the number on a picture, in a worker process."""
    guess = classify(scan.pixels)
    return Reading(digit=guess.digit, votes=guess.votes)


@shop.get("/health")
async def health() -> dict[str, str]:
    """Whether the shop is open: whoever watches it asks every few seconds, and expects an answer at once."""
    return {"status": "open"}


app = App(title="The burger shop")
app.include_router(shop)
