"""Chapter 16: what stands under every framework. New: ``/sign``, an application without one, mounted in the shop.

``sign`` is all that a server asks for: a function that is awaited with ``scope``, ``receive`` and ``send``. An app of a
framework's is one, too, and so the one can hold the other.
"""

from __future__ import annotations

from fwlab import APIRouter, App
from fwlab.course.steps import step15
from fwlab.types import Receive, Scope, Send

TEXT = b'"We are open."'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(TEXT)).encode())]

shop = APIRouter()
shop.include_router(step15.shop)


async def sign(scope: Scope, receive: Receive, send: Send) -> None:
    """The sign at the door, whatever the rest of the path says."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": TEXT})


app = App(title="The burger shop")
app.include_router(shop)
app.mount("/sign", sign)
