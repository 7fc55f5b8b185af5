# task: e16.6
# diagnosis: the-watch-never-ends
import anyio


def attentive(application):
    async def listening(scope, receive, send):
        async def watch():
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        raised = []

        async def work():
            try:
                await application(scope, receive, send)
            except Exception as error:
                raised.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            group.start_soon(work)
        if raised:
            raise raised[0]

    return listening
