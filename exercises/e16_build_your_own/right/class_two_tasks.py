# task: e16.6
import asyncio


class Attentive:
    """With asyncio alone: two tasks, and whoever is done first ends the other."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        work = asyncio.create_task(self.application(scope, receive, send))
        watch = asyncio.create_task(self.watch(receive))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, watch):
                task.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)
        if not work.cancelled():
            work.result()

    async def watch(self, receive):
        message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()


def attentive(application):
    return Attentive(application)
