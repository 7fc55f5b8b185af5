# task: e16.6
# diagnosis: the-exception-is-lost
# state: partly done
import asyncio


def attentive(application):
    async def listening(scope, receive, send):
        async def watch():
            while (await receive())["type"] != "http.disconnect":
                pass

        tasks = [asyncio.create_task(application(scope, receive, send)), asyncio.create_task(watch())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return listening
