# task: e16.6
import asyncio

import anyio


def attentive(application):
    async def listening(scope, receive, send):
        with anyio.CancelScope() as work:
            watch = asyncio.ensure_future(tell_when_left(receive, work))
            try:
                await application(scope, receive, send)
            finally:
                watch.cancel()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait([watch])

    return listening


async def tell_when_left(receive, work):
    message = {}
    while message.get("type") != "http.disconnect":
        message = await receive()
    work.cancel()
