# task: e16.6
# diagnosis: the-body-is-no-farewell
import asyncio


def attentive(application):
    async def listening(scope, receive, send):
        work = asyncio.create_task(application(scope, receive, send))
        watching = asyncio.create_task(receive())
        await asyncio.wait({work, watching}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, watching):
            task.cancel()
        await asyncio.gather(work, watching, return_exceptions=True)
        if not work.cancelled():
            work.result()

    return listening
