# task: e16.6
import asyncio


class Left(Exception):
    pass


class Done(Exception):
    pass


def attentive(application):
    async def listening(scope, receive, send):
        async def work():
            await application(scope, receive, send)
            raise Done

        async def watch():
            while (await receive())["type"] != "http.disconnect":
                pass
            raise Left

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(work())
                group.create_task(watch())
        except ExceptionGroup as several:
            raised = [one for one in several.exceptions if not isinstance(one, Left | Done)]
            if raised:
                raise raised[0] from None

    return listening
